// The durable truth about seats: one row per seat that was ever claimed (primary key performance,
// seat). A claim takes a seat only if it is free, expired, or the owner's own, and raises the fence.
// Nothing is acknowledged to a fan before its row is committed (S13); the history of every row is
// kept by a trigger, so that S2, S3, S11 and S12 can be checked afterwards.

import type { EntryId, HoldId, PerformanceId, SeatNumber } from "../foundation/ids.ts";
import type { Hold, SeatTruth } from "./seat-store.ts";

export type SeatClaim = {
  performanceId: PerformanceId;
  owner: EntryId;
  holdId: HoldId;
  /** All seats of the hold, those already owned too: all get the deadline, or none. */
  seats: readonly SeatNumber[];
  heldAt: number;
  deadline: number;
  /** Seats one owner may have in all (held, paying, sold): PostgreSQL counts too. */
  limit: number;
  /** The fan's own name for the request: done once, whichever processes are asked (M1). */
  request?: { key: string; bodyHash: string };
};

export type AnsweredHold = { bodyHash: string; hold: Hold };

export type SeatClaimReply =
  | { kind: "claimed"; truths: SeatTruth[] }
  /** The hot store was wrong. `truths` tells what PostgreSQL knows of all the seats asked for. */
  | { kind: "taken"; seats: SeatNumber[]; truths: SeatTruth[] }
  | { kind: "over-limit"; limit: number; has: number; truths: SeatTruth[] }
  /** The request was done before: what it was answered then. Nothing is claimed now. */
  | { kind: "repeated"; hold: Hold; truths: SeatTruth[] }
  /** The request's key was used for something else. Nothing is claimed. */
  | { kind: "key-reused"; truths: SeatTruth[] };

export type SeatClaims = {
  /** Many callers at once are committed in groups; each gets its own reply. All or none per claim. */
  claim(claim: SeatClaim): Promise<SeatClaimReply>;
  /** What a request was answered that took seats; undefined: it took none. */
  answered(owner: EntryId, key: string): Promise<AnsweredHold | undefined>;
  /** Extends every seat of the hold that is still held by the owner; all or none. */
  extend(request: {
    performanceId: PerformanceId;
    owner: EntryId;
    holdId: HoldId;
    deadline: number;
  }): Promise<{ kind: "held"; truths: SeatTruth[] } | { kind: "no-hold" } | { kind: "paying" }>;
  /** Frees held seats of the owner's hold (never paying or sold ones). */
  release(request: {
    performanceId: PerformanceId;
    owner: EntryId;
    holdId: HoldId;
    seats?: readonly SeatNumber[];
  }): Promise<{ kind: "released"; truths: SeatTruth[] }>;
  /** Marks held rows past their deadline as free, at most `limit`. For tidiness: a claim ignores them anyway. */
  sweep(request: {
    performanceId: PerformanceId;
    limit: number;
    now?: number;
  }): Promise<SeatTruth[]>;
  /** Every row of a performance, in pages of at most 5,000, for the rebuilder and the checks. */
  pages(performanceId: PerformanceId): AsyncIterable<SeatTruth[]>;
  withhold(performanceId: PerformanceId, seats: readonly SeatNumber[]): Promise<SeatTruth[]>;
};
