// What goes between a gate's phone, the box office and the desk: shapes, and the judgement that a phone
// makes alone while it has no network. Keeps: what is judged offline is said to be so, because a phone
// cannot know what other gates saw since its last list.

import type { GateDeviceId, GateId } from "../../foundation/after-sale-ids.ts";
import type { PerformanceId, TicketId } from "../../foundation/ids.ts";
import type { Words } from "../contract.ts";
import type { RevocationList, SignedRevocationList } from "./revocation-list.ts";
import { readTicketCode, type TicketKey } from "./ticket-code.ts";

export type GateSession = {
  deviceId: GateDeviceId;
  gateId: GateId;
  gate: string;
  /** Whether people may be scanned out here, to come in again. */
  reEntry: boolean;
  performance: {
    performanceId: PerformanceId;
    name: Words;
    venue: Words;
    startsAt: number;
    timeZone: string;
  };
  now: number;
};
export type GateSignInBody = { code: string };

/** `at` is when the gate saw it. Offline scans are those that the gate has let in already. */
export type Scan = {
  nonce: string;
  code: string;
  at: number;
  offline: boolean;
  /** Left out: in. */
  way?: Way;
};
export type Way = "in" | "out";
/** Somebody went through a gate with a ticket. Who is inside is whose last pass was one in. */
export type Pass = { gate: string; at: number; way: Way };
export type ScanBody = { scans: Scan[] };
export type Verdict =
  | { kind: "let-in" | "let-out"; seat: number }
  /** To be scanned out one must have been scanned in. */
  | { kind: "not-in"; seat: number }
  /** By whom and when the holder was let in before. */
  | { kind: "already-in"; seat: number; gate: string; at: number }
  | { kind: "revoked" | "other-performance" | "not-ours" };
/** `conflict`: the gate let in who should not have been; people must hear of it. */
export type ScanReply = { nonce: string; verdict: Verdict; conflict: boolean };
export type ScanReplies = { replies: ScanReply[]; now: number };

export type TicketPass = Pass & { id: number; ticketId: TicketId };
/** Everything that a phone needs to go on alone; `passes` are those after `since`, in pages. */
export type GateList = {
  keys: TicketKey[];
  revocations: SignedRevocationList;
  passes: TicketPass[];
  more: boolean;
  now: number;
};
/** Of seat n: number of its section, row, label. */
export type GateSeats = { sections: Words[]; seats: [number, string, string][] };

export type DoorView = {
  gates: {
    gateId: GateId;
    name: string;
    /** The gate lets people out who come in again. */
    reEntry: boolean;
    letIn: number;
    letOut: number;
    refused: number;
    devices: { deviceId: GateDeviceId; signedInAt: number | null; seenAt: number | null }[];
  }[];
  tickets: number;
  conflicts: {
    id: number;
    ticketId: TicketId;
    seat: Words;
    why: "already-in" | "revoked" | "other-performance";
    here: { gate: string; at: number };
    first: { gate: string; at: number } | undefined;
  }[];
  now: number;
};
export type DeviceCode = { code: string; until: number };

/** Of the characters that are printed under a code, for typing. */
export const codeEndLength = 12;

/** What a phone knows by itself. */
export type Known = {
  performanceId: PerformanceId;
  keys: readonly TicketKey[];
  revocations: RevocationList;
  /** The last pass of each ticket. */
  passes: ReadonlyMap<TicketId, Pass>;
};

/** What a scan of a ticket that counts comes to, after the last pass of it. The rule of every gate. */
export function judgePass(before: Pass | undefined, way: Way, seat: number): Verdict {
  const isInside = before?.way === "in";
  if (way === "out") return { kind: isInside ? "let-out" : "not-in", seat };
  if (!isInside) return { kind: "let-in", seat };
  return { kind: "already-in", seat, gate: before.gate, at: before.at };
}

export async function judgeOffline(
  known: Known,
  code: string,
  way: Way = "in",
): Promise<{ verdict: Verdict; ticketId: TicketId | undefined }> {
  const reading = await readTicketCode(known.keys, code);
  if (reading.kind !== "valid") return { verdict: { kind: "not-ours" }, ticketId: undefined };
  const { ticketId, performanceId, seat } = reading.ticket;
  if (performanceId !== known.performanceId) {
    return { verdict: { kind: "other-performance" }, ticketId };
  }
  if (known.revocations.revoked.includes(ticketId))
    return { verdict: { kind: "revoked" }, ticketId };
  return { verdict: judgePass(known.passes.get(ticketId), way, seat), ticketId };
}
