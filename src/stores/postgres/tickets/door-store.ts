// Gates, their phones, and scans. Keeps: one `let-in` a ticket, by a unique index that two scanners of
// the same instant both run into; a scan shares a lock on the ticket's row with nobody who hands it
// over (ticket-holding.ts), so a ticket is scanned before or after that, never during.

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
import type { DoorView, LetIn } from "../../../wire/tickets/door.ts";
import { type Database, type Runner, statement } from "../database.ts";

const deviceColumns = `d.device_id as "deviceId", g.gate_id as "gateId", g.name as gate,
  g.performance_id as "performanceId"`;

const sql = {
  makeGate: statement(
    "gate-make",
    `insert into gates (gate_id, performance_id, name) values ($1, $2, $3)
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
     where ticket_id = $1 for share`,
  ),
  add: statement(
    "check-in-add",
    `insert into check_ins (performance_id, gate_id, device_id, nonce, ticket_id, result, let_in,
       offline, scanned_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8::boolean,
       case when $8::boolean then least($9::bigint, now_ms()) else now_ms() end)
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
  first: statement(
    "check-in-first",
    `select g.name as gate, c.scanned_at as at from check_ins c join gates g using (gate_id)
     where c.ticket_id = $1 and c.result = 'let-in'`,
  ),
  letIn: statement(
    "check-ins-let-in",
    `select c.id, c.ticket_id as "ticketId", g.name as gate, c.scanned_at as at
     from check_ins c join gates g using (gate_id)
     where c.performance_id = $1 and c.id > $2::bigint and c.result = 'let-in'
       and c.tx < pg_snapshot_xmin(pg_current_snapshot())
     order by c.id limit $3`,
  ),
  gates: statement(
    "door-gates",
    `select g.gate_id as "gateId", g.name,
       (select count(*) from check_ins c where c.gate_id = g.gate_id and c.let_in) as "letIn",
       (select count(*) from check_ins c where c.gate_id = g.gate_id and not c.let_in) as refused,
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
  conflicts: statement(
    "door-conflicts",
    `select c.id, c.ticket_id as "ticketId", t.seat, c.result as why,
       json_build_object('gate', g.name, 'at', c.scanned_at) as here,
       (select json_build_object('gate', fg.name, 'at', f.scanned_at)
        from check_ins f join gates fg using (gate_id)
        where f.ticket_id = c.ticket_id and f.result = 'let-in') as first
     from check_ins c join gates g using (gate_id) join tickets t using (ticket_id)
     where c.performance_id = $1 and c.let_in and c.result <> 'let-in'
     order by c.id desc limit $2`,
  ),
};

type TicketRow = { performanceId: PerformanceId; seat: number; state: "live" | "revoked" };
type ConflictRow = Awaited<ReturnType<DoorStore["conflicts"]>>[number];

export function openDoorStore(database: Database): DoorStore {
  return {
    async makeGate({ gateId, performanceId, name }) {
      return (await database.rows(sql.makeGate, [gateId, performanceId, name])).length > 0;
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
    letIn: (performanceId, since, limit) =>
      database.rows<LetIn>(sql.letIn, [performanceId, since, limit]),
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
  const { ticketId, nonce, offline, at } = scan;
  // Locking it also gives this transaction its number before the row gets its id (see `letIn`).
  const [ticket] = await tx.rows<TicketRow>(sql.lockTicket, [ticketId]);
  if (ticket === undefined) return { kind: "unknown-ticket" };
  const { deviceId, gateId, performanceId } = device;
  const add = async (result: ScanResult, letIn: boolean): Promise<boolean> => {
    const values = [performanceId, gateId, deviceId, nonce, ticketId, result, letIn, offline, at];
    return (await tx.rows(sql.add, values)).length > 0;
  };
  const answer = async (result: ScanResult, letIn: boolean): Promise<ScanOutcome> => {
    const [first] = await tx.rows<{ gate: string; at: number }>(sql.first, [ticketId]);
    return { kind: "scanned", result, letIn, seat: ticket.seat, first };
  };
  const refused = refusalOf(ticket, performanceId);
  if (refused === undefined && (await add("let-in", true))) return await answer("let-in", true);
  // An offline scan has let its holder in already: that cannot be undone here, only told.
  const result = refused ?? "already-in";
  const before = await scanBefore(tx, deviceId, nonce);
  if (before === undefined && (await add(result, offline))) return await answer(result, offline);
  const same = before ?? (await scanBefore(tx, deviceId, nonce));
  assert(same !== undefined, "a scan that is not added was there before");
  if (same.ticketId !== ticketId) return { kind: "nonce-reused" };
  // It was refused, the answer was lost, and the gate let in on its own: that is told as well.
  if (offline && !same.letIn) {
    const values = [performanceId, gateId, deviceId, `${nonce}+`, ticketId];
    await tx.rows(sql.add, [...values, same.result, true, offline, at]);
    return await answer(same.result, true);
  }
  return await answer(same.result, same.letIn);
}

function refusalOf(ticket: TicketRow, at: PerformanceId): ScanResult | undefined {
  if (ticket.performanceId !== at) return "other-performance";
  return ticket.state === "live" ? undefined : "revoked";
}

async function scanBefore(tx: Runner, deviceId: GateDeviceId, nonce: string) {
  type Before = { ticketId: TicketId; result: ScanResult; letIn: boolean };
  return (await tx.rows<Before>(sql.byNonce, [deviceId, nonce]))[0];
}
