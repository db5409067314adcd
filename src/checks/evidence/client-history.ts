// What the clients say happened to them: one record per call, with when it was sent and when it was
// answered, by one monotonic clock. An answer that never came is `unanswered` and may have had its
// effect. Written by the rehearsal's fans, one JSON record a line; read by the checks, which believe a
// client about what it was told and nothing else.

import type { EntryId, HoldId, OrderId } from "../../foundation/ids.ts";

export type Told =
  | { kind: "join"; index: number; known: boolean }
  /** Personal status; `position` undefined before the draw. `serving` is the frontier's, of `asOf`. */
  | { kind: "status"; position?: number; ahead?: number; serving: number; asOf: number }
  | { kind: "claim"; answer: "admitted" | "wait" | "ended"; admissionId?: string }
  | { kind: "entered" }
  | { kind: "held"; holdId: HoldId; seats: number[]; deadline: number }
  | { kind: "hold-refused"; code: string }
  /** The fan gives back the hold, or the seats named. */
  | { kind: "release"; holdId: HoldId; seats?: number[] }
  /** The server says that this hold is over. */
  | { kind: "hold-lost"; holdId: HoldId }
  | { kind: "order"; orderId: OrderId; holdId: HoldId; state: string; total: number }
  | { kind: "tickets"; orderId: OrderId; tickets: { ticketId: string; seat: number }[] }
  | { kind: "cancel"; orderId: OrderId; holdId: HoldId }
  | { kind: "leave" }
  /** An unsafe request made twice under one Idempotency-Key. `what`: the effect it named. */
  | { kind: "repeat"; sameBody: boolean; first: Effect; second: Effect }
  /** A protected route asked for without the right to it. */
  | { kind: "intrusion"; route: string; how: string; status: number }
  | { kind: "refused"; route: string; code: string; status: number }
  | { kind: "unanswered"; route: string; holdId?: HoldId; orderId?: OrderId };

export type Effect = { status: number; code?: string; what?: string };

/** `sentAt` and `answeredAt`: ms since 1970, fractions kept, from one monotonic clock. */
export type ClientRecord = Told & {
  fan: number;
  entryId: EntryId;
  sentAt: number;
  answeredAt: number;
};

/** What was published and what was durable: read in this order, so published ≤ durable must hold. */
export type ServingSample = { at: number; published: number; durable: number };

export function parseHistory(text: string): ClientRecord[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as ClientRecord);
}
