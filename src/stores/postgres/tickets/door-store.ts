// Gates, their phones, and scans. Keeps: scans of a ticket come one after the other, by a lock on its row,
// which they share with whoever hands it over (ticket-holding.ts); each is judged by the passes before it in
// time, so that what a phone kept while it had no network finds its place among what the others saw.

import { assert } from "../../../foundation/assert.ts";
import type { GateDeviceId, GateId } from "../../../foundation/after-sale-ids.ts";
import type { PerformanceId, TicketId } from "../../../foundation/ids.ts";
import type {
  DoorStore,
  GateDevice,
  ScanOutcome,
  ScanResult,
  StoredScan,
} from "../../../ports/tickets/door-store.ts";
import {
  type DoorView,
  judgePass,
  type Pass,
  type TicketPass,
} from "../../../wire/tickets/door.ts";
import { type Database, type Runner, statement } from "../database.ts";

const deviceColumns = `d.device_id as "deviceId", g.gate_id as "gateId", g.name as gate,
  g.performance_id as "performanceId", g.re_entry as "reEntry"`;
/** Somebody went through: also who was let in alone and should not have been. */
const went = `(c.let_in or c.result = 'let-out') and c.result not in ('revoked', 'other-performance')`;
const way = `case c.result when 'let-out' then 'out' else 'in' end as way`;

const sql = {
  makeGate: statement(
    "gate-make",
    `insert into gates (gate_id, performance_id, name, re_entry) values ($1, $2, $3, $4)
     on conflict (performance_id, name) do nothing returning gate_id`,
  ),
  gate: statement(
    "gate-find",
    `select performance_id as "performanceId" from gates where gate_id = $1`,
  ),
  makeDevice: statement(
    "gate-device-make",
    `insert into gate_devices (device_id, gate_id, code_hash, code_until)
     values ($1, $2, $3, now_ms() + $4::bigint) returning code_until as until`,
  ),
  signIn: statement(
    "gate-device-sign-in",
    `update gate_devices d set code_hash = null, token_hash = $2, signed_in_at = now_ms(),
       seen_at = now_ms()
     from gates g
     where d.code_hash = $1 and d.code_until > now_ms() and d.revoked_at is null
       and g.gate_id = d.gate_id
     returning ${deviceColumns}`,
  ),
  device: statement(
    "gate-device-find",
    `select ${deviceColumns} from gate_devices d join gates g on g.gate_id = d.gate_id
     where d.token_hash = $1 and d.revoked_at is null`,
  ),
  seen: statement(
    "gate-device-seen",
    `update gate_devices set seen_at = now_ms()
     where device_id = $1 and (seen_at is null or seen_at < now_ms() - 5000)`,
  ),
  revoke: statement(
    "gate-device-revoke",
    `update gate_devices set revoked_at = now_ms(), token_hash = null, code_hash = null
     where device_id = $1 and revoked_at is null returning device_id`,
  ),
  lockTicket: statement(
    "check-in-ticket",
    `select performance_id as "performanceId", seat, state from tickets
     where ticket_id = $1 for no key update`,
  ),
  add: statement(
    "check-in-add",
    `insert into check_ins (performance_id, gate_id, device_id, nonce, ticket_id, result, let_in,
       offline, scanned_at, turn)
     values ($1, $2, $3, $4, $5, $6, $7, $8::boolean, $9::bigint,
       (select count(*) from check_ins where ticket_id = $5 and result = 'let-in'))
     on conflict do nothing returning id`,
  ),
  byNonce: statement(
    "check-in-by-nonce",
    `select ticket_id as "ticketId", result, let_in as "letIn" from check_ins
     where device_id = $1 and nonce = $2`,
  ),
  byEnd: statement(
    "check-in-by-end",
    `select code from tickets where performance_id = $1 and right(code, 12) = $2 limit 2`,
  ),
  /** Never later than our own clock, whatever a phone says. */
  instant: statement(
    "check-in-instant",
    `select least(coalesce($1::bigint, now_ms()), now_ms()) as at`,
  ),
  passesOf: statement(
    "check-in-passes",
    `select g.name as gate, c.scanned_at as at, ${way}
     from check_ins c join gates g using (gate_id)
     where c.ticket_id = $1 and ${went} order by c.scanned_at, c.id`,
  ),
  passes: statement(
    "check-ins-passes",
    `select c.id, c.ticket_id as "ticketId", g.name as gate, c.scanned_at as at, ${way}
     from check_ins c join gates g using (gate_id)
     where c.performance_id = $1 and c.id > $2::bigint and c.result in ('let-in', 'let-out')
       and c.tx < pg_snapshot_xmin(pg_current_snapshot())
     order by c.id limit $3`,
  ),
  gates: statement(
    "door-gates",
    `select g.gate_id as "gateId", g.name, g.re_entry as "reEntry",
       (select count(*) from check_ins c where c.gate_id = g.gate_id and c.let_in) as "letIn",
       (select count(*) from check_ins c where c.gate_id = g.gate_id and c.result = 'let-out')
         as "letOut",
       (select count(*) from check_ins c where c.gate_id = g.gate_id and not c.let_in
         and c.result <> 'let-out') as refused,
       (select coalesce(json_agg(json_build_object('deviceId', d.device_id,
            'signedInAt', d.signed_in_at, 'seenAt', d.seen_at) order by d.created_at), '[]')
        from gate_devices d where d.gate_id = g.gate_id and d.revoked_at is null
          and (d.signed_in_at is not null or d.code_until > now_ms())) as devices
     from gates g where g.performance_id = $1 order by g.created_at, g.gate_id`,
  ),
  tickets: statement(
    "door-tickets",
    `select count(*) as tickets from tickets where performance_id = $1 and state = 'live'`,
  ),
  /** Twice in without a way out between, by time; and who was let in alone with what opens no door. */
  conflicts: statement(
    "door-conflicts",
    `with went as (
       select c.id, c.ticket_id, c.scanned_at as at, g.name as gate, ${way},
         lag(g.name) over passes as gate_before, lag(c.scanned_at) over passes as at_before,
         lag(c.result) over passes as before
       from check_ins c join gates g using (gate_id)
       where c.performance_id = $1 and ${went}
       window passes as (partition by c.ticket_id order by c.scanned_at, c.id)),
     found as (
       select id, ticket_id, 'already-in' as why, gate, at, gate_before, at_before
       from went where way = 'in' and before is not null and before <> 'let-out'
       union all
       select c.id, c.ticket_id, c.result, g.name, c.scanned_at, null, null
       from check_ins c join gates g using (gate_id)
       where c.performance_id = $1 and c.let_in and c.result in ('revoked', 'other-performance'))
     select f.id, f.ticket_id as "ticketId", t.seat, f.why,
       json_build_object('gate', f.gate, 'at', f.at) as here,
       case when f.gate_before is not null
         then json_build_object('gate', f.gate_before, 'at', f.at_before) end as first
     from found f join tickets t using (ticket_id) order by f.id desc limit $2`,
  ),
};

type TicketRow = { performanceId: PerformanceId; seat: number; state: "live" | "revoked" };
type ConflictRow = Awaited<ReturnType<DoorStore["conflicts"]>>[number];

export function openDoorStore(database: Database): DoorStore {
  return {
    async makeGate({ gateId, performanceId, name, reEntry = false }) {
      const values = [gateId, performanceId, name, reEntry];
      return (await database.rows(sql.makeGate, values)).length > 0;
    },
    async gate(gateId: GateId) {
      return (await database.rows<{ performanceId: PerformanceId }>(sql.gate, [gateId]))[0];
    },
    async makeDevice({ deviceId, gateId, codeHash, codeMs }) {
      const values = [deviceId, gateId, codeHash, codeMs];
      const [made] = await database.rows<{ until: number }>(sql.makeDevice, values);
      assert(made !== undefined, "a device was made");
      return made;
    },
    async signIn(codeHash, tokenHash) {
      return (await database.rows<GateDevice>(sql.signIn, [codeHash, tokenHash]))[0];
    },
    async device(tokenHash) {
      const [device] = await database.rows<GateDevice>(sql.device, [tokenHash]);
      if (device !== undefined) await database.rows(sql.seen, [device.deviceId]);
      return device;
    },
    async revokeDevice(deviceId: GateDeviceId) {
      return (await database.rows(sql.revoke, [deviceId])).length > 0;
    },
    async codeByEnd(performanceId, end) {
      const rows = await database.rows<{ code: string }>(sql.byEnd, [performanceId, end]);
      return rows.length === 1 ? rows[0]?.code : undefined;
    },
    scan: (device, scan) => database.transaction((tx) => addScan(tx, device, scan)),
    passes: (performanceId, since, limit) =>
      database.rows<TicketPass>(sql.passes, [performanceId, since, limit]),
    async counts(performanceId) {
      const gates = await database.rows<DoorView["gates"][number]>(sql.gates, [performanceId]);
      const [all] = await database.rows<{ tickets: number }>(sql.tickets, [performanceId]);
      return { gates, tickets: all?.tickets ?? 0 };
    },
    async conflicts(performanceId, limit) {
      const rows = await database.rows<ConflictRow>(sql.conflicts, [performanceId, limit]);
      return rows.map((row) => ({ ...row, first: row.first ?? undefined }));
    },
  };
}

async function addScan(tx: Runner, device: GateDevice, scan: StoredScan): Promise<ScanOutcome> {
  const { ticketId, nonce, offline } = scan;
  // Locking it also gives this transaction its number before the row gets its id (see `passes`).
  const [ticket] = await tx.rows<TicketRow>(sql.lockTicket, [ticketId]);
  if (ticket === undefined) return { kind: "unknown-ticket" };
  const { deviceId, gateId, performanceId } = device;
  const known = await scanBefore(tx, deviceId, nonce);
  if (known !== undefined && known.ticketId !== ticketId) return { kind: "nonce-reused" };
  const [instant] = await tx.rows<{ at: number }>(sql.instant, [offline ? scan.at : null]);
  assert(instant !== undefined, "the database knows what time it is");
  const passes = await tx.rows<Pass>(sql.passesOf, [ticketId]);
  const before = passes.findLast((pass) => pass.at <= instant.at);
  const { seat } = ticket;

  // It was answered, the answer was lost, and the gate went on alone: what was refused then happened.
  const went = known === undefined || wentThrough(known);
  if (known !== undefined && (went || !offline)) {
    return { kind: "scanned", result: known.result, seat, before, conflict: isConflict(known) };
  }
  const refused = refusalOf(ticket, performanceId);
  const judged = refused ?? judgedAs(before, scan);
  const letIn = scan.way === "in" && (offline || judged === "let-in");
  const name = known === undefined ? nonce : `${nonce}+`;
  const values = [performanceId, gateId, deviceId, name, ticketId, judged, letIn, offline];
  const added = await tx.rows(sql.add, [...values, instant.at]);
  if (added.length === 0) {
    // Merged before under that name; or, at this instant, the nonce became another ticket's.
    const same = await scanBefore(tx, deviceId, name);
    if (same?.ticketId !== ticketId) return { kind: "nonce-reused" };
  }
  // In at once with somebody who is merged already and came later: the other one is the second.
  const next = passes.find((pass) => pass.at > instant.at);
  const isDouble = judged === "let-in" && next?.way === "in";
  const conflict = isConflict({ result: judged, letIn }) || isDouble;
  return { kind: "scanned", result: judged, seat, before, conflict };
}

/** A way out that a phone saw alone has happened, whatever is known of the way in. */
function judgedAs(before: Pass | undefined, { way, offline }: StoredScan): ScanResult {
  if (way === "out" && offline) return "let-out";
  return judgePass(before, way, 0).kind as ScanResult;
}

type Judged = { result: ScanResult; letIn: boolean };
const wentThrough = ({ result, letIn }: Judged) => letIn || result === "let-out";
const isConflict = ({ result, letIn }: Judged) => letIn && result !== "let-in";

function refusalOf(ticket: TicketRow, at: PerformanceId): ScanResult | undefined {
  if (ticket.performanceId !== at) return "other-performance";
  return ticket.state === "live" ? undefined : "revoked";
}

async function scanBefore(tx: Runner, deviceId: GateDeviceId, nonce: string) {
  type Before = Judged & { ticketId: TicketId };
  return (await tx.rows<Before>(sql.byNonce, [deviceId, nonce]))[0];
}
