// What a gate's phone asks: sign in, who am I, the list to go on alone with, seat names, and scans, one
// at a time or many that were kept while there was no network. A scan carries the ticket's code, which
// is verified here again; it is written down by the ticket's id, and the code nowhere.

import { z } from "zod";
import { seatName } from "../../domain/seating/plan-index.ts";
import type { Bound, Bounds } from "../../foundation/bounds.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Mounted } from "../../http/mount.ts";
import { readJson } from "../../http/read-body.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { Catalog } from "../../ports/catalog.ts";
import type { GateDevice, ScanOutcome } from "../../ports/tickets/door-store.ts";
import type { Words } from "../../wire/contract.ts";
import {
  codeEndLength,
  type GateList,
  type GateSeats,
  type GateSession,
  type Scan,
  type ScanReplies,
  type ScanReply,
  type Verdict,
} from "../../wire/tickets/door.ts";
import { readTicketCode, type TicketKey } from "../../wire/tickets/ticket-code.ts";
import type { Sales } from "../sales.ts";
import type { Revocations } from "../tickets/ticket-routes.ts";
import { type GateGuardDeps, openGateGuard } from "./gate-guard.ts";

export type GateRoutesDeps = GateGuardDeps & {
  catalog: Pick<Catalog, "performance">;
  sales: Pick<Sales, "index">;
  keys: () => readonly TicketKey[];
  revocations: Revocations;
};

const maxScans = 100;
const listPage = 5_000;
const scanBody = z.object({
  scans: z
    .array(
      z.object({
        nonce: z.string().regex(/^[0-9A-Za-z_-]{16,64}$/),
        code: z.string().max(512),
        at: z.number().int().min(0).max(4_102_444_800_000),
        offline: z.boolean(),
        way: z.enum(["in", "out"]).default("in"),
      }),
    )
    .min(1)
    .max(maxScans),
});

export function gateRoutes(deps: GateRoutesDeps): { routes: Mounted; bounds: Bounds } {
  const { door, clock } = deps;
  const guard = openGateGuard(deps);
  const rate = openScanRate(clock);
  const sessionOf = async (device: GateDevice): Promise<GateSession> => {
    const { deviceId, gateId, gate, reEntry } = device;
    const { performanceId, name, venue, startsAt, timeZone } = await performanceOf(deps, device);
    const performance = { performanceId, name, venue, startsAt, timeZone };
    return { deviceId, gateId, gate, reEntry, performance, now: clock.now() };
  };
  const routes: Mounted = {
    gateSignIn: { POST: (call) => guard.signIn(call, sessionOf) },
    gateSession: {
      GET: guard.at(async ({ device }) => json(await sessionOf(device))),
      DELETE: guard.at(async ({ device }) => {
        await door.revokeDevice(device.deviceId);
        return guard.signOut();
      }),
    },
    gateList: {
      GET: guard.at(async ({ device: { performanceId }, request }) => {
        const asked = new URL(request.url).searchParams.get("since") ?? "0";
        if (!/^\d{1,15}$/.test(asked)) throw new Refusal("bad-request");
        const passes = await door.passes(performanceId, Number(asked), listPage);
        const list: GateList = {
          keys: deps.keys().map(({ kid, x }) => ({ kid, x })),
          revocations: await deps.revocations.of(performanceId),
          passes,
          more: passes.length === listPage,
          now: clock.now(),
        };
        return json(list);
      }),
    },
    gateSeats: { GET: guard.at(async ({ device }) => json(await seatsOf(deps, device))) },
    gateScans: {
      POST: guard.at(async ({ device, request }) => {
        const { scans } = await readJson(request, scanBody, 64 * 1024);
        if (!device.reEntry && scans.some(({ way }) => way === "out")) {
          throw new Refusal("gate-without-way-out");
        }
        rate.count(device, scans.length);
        const replies: ScanReply[] = [];
        for (const scan of scans) replies.push(await scanOnce(deps, device, scan));
        return json({ replies, now: clock.now() } satisfies ScanReplies);
      }),
    },
  };
  return { routes, bounds: () => ({ gate_devices_scanning: rate.bound }) };
}

async function scanOnce(deps: GateRoutesDeps, device: GateDevice, scan: Scan): Promise<ScanReply> {
  const { nonce, code, at, offline, way = "in" } = scan;
  const notOurs: ScanReply = { nonce, verdict: { kind: "not-ours" }, conflict: false };
  const whole =
    code.length === codeEndLength ? await deps.door.codeByEnd(device.performanceId, code) : code;
  const reading = await readTicketCode(deps.keys(), whole);
  if (reading.kind !== "valid") return notOurs;
  const { ticketId } = reading.ticket;
  const outcome = await deps.door.scan(device, { nonce, ticketId, at, offline, way });
  if (outcome.kind === "nonce-reused") throw new Refusal("idempotency-key-reused");
  if (outcome.kind === "unknown-ticket") return notOurs;
  return { nonce, verdict: verdictOf(outcome), conflict: outcome.conflict };
}

function verdictOf({ result, seat, before }: ScanOutcome & { kind: "scanned" }): Verdict {
  switch (result) {
    case "let-in":
    case "let-out":
    case "not-in":
      return { kind: result, seat };
    case "already-in":
      return before === undefined
        ? { kind: "revoked" }
        : { kind: result, seat, gate: before.gate, at: before.at };
    case "revoked":
    case "other-performance":
      return { kind: result };
  }
}

async function performanceOf({ catalog }: GateRoutesDeps, { performanceId }: GateDevice) {
  const performance = await catalog.performance(performanceId);
  if (performance === undefined) throw new Refusal("not-found");
  return performance;
}

async function seatsOf(deps: GateRoutesDeps, device: GateDevice): Promise<GateSeats> {
  const index = await deps.sales.index((await performanceOf(deps, device)).planHash);
  if (index === undefined) throw new Refusal("not-found");
  const sections: Words[] = [];
  const seats: GateSeats["seats"] = [];
  for (let seat = 0; seat < index.total; seat++) {
    const { section, row, seat: label } = seatName(index, seat);
    if (sections.at(-1) !== section) sections.push(section);
    seats.push([sections.length - 1, row ?? "", label]);
  }
  return { sections, seats };
}

const windowMs = 10_000;
/** Twenty a second of one phone, and a whole queue of kept ones at once. */
const scansAWindow = 200;
const maxKept = 10_000;

type ScanRate = { count(device: GateDevice, scans: number): void; readonly bound: Bound };

function openScanRate({ now }: Clock): ScanRate {
  let began = now();
  let counts = new Map<string, number>();
  const add: ScanRate["count"] = ({ deviceId }, scans) => {
    if (now() - began >= windowMs || counts.size >= maxKept) {
      began = now();
      counts = new Map();
    }
    const count = (counts.get(deviceId) ?? 0) + scans;
    if (count > scansAWindow) {
      throw new Refusal("rate-limited", { retryAfterMs: windowMs - (now() - began) });
    }
    counts.set(deviceId, count);
  };
  return {
    count: add,
    get bound() {
      return { size: counts.size, limit: maxKept };
    },
  };
}
