// The seats of one performance, as the box office needs them: the fast filter and the fast "no" in
// front of PostgreSQL, which has the last word (seat-claims.ts).
//
// Keeps: all or none per request; a seat held by another is never given, an expired one is free at
// once; a deadline is data compared with the store's clock, never a key expiry; limits are counted
// when held; `apply` never lets an older fence overwrite a newer one. A missing or different epoch
// answers `stale-epoch` and writes nothing. Repeating a call with the same requestId gives the same
// reply and no second effect.
// Read next: src/domain/seating/hold.ts (the rules), seat-claims.ts (the truth).

import type { EntryId, HoldId, OrderId, PerformanceId, SeatNumber } from "../foundation/ids.ts";
import type { At, StaleEpoch } from "./queue-store.ts";

export type SeatScope = { performanceId: PerformanceId; epoch: number };

/** As a map shows it; `paying` looks like `held` to other fans. */
export type SeatState = "free" | "held" | "paying" | "sold" | "withheld";

/** Any `count` free places of the numbers first…last, for a standing area. */
export type AreaRequest = { first: SeatNumber; last: SeatNumber; count: number };

export type HoldRequest = {
  requestId: string;
  owner: EntryId;
  /** Proposed by the caller; an owner with a running hold keeps that one's id, and adds to it. */
  holdId: HoldId;
  seats: readonly SeatNumber[];
  areas?: readonly AreaRequest[];
  /** Wished length of the hold; with a running hold all of its seats get the new deadline. */
  holdMs: number;
  /** Bound on the whole life of a hold, from its first seat. */
  maxHoldMs: number;
  /** Seats one owner may have in all: held, paying and sold. */
  limit: number;
};

export type Hold = {
  holdId: HoldId;
  owner: EntryId;
  seats: SeatNumber[];
  /** First seat taken at, ms since 1970. */
  heldAt: number;
  deadline: number;
};

export type HoldReply =
  | StaleEpoch
  /** `hold` is the whole hold; `added` what this request brought. */
  | { kind: "held"; hold: Hold; added: SeatNumber[] }
  /** Nothing was written. Which of the seats asked for cannot be had; areas by their first number. */
  | { kind: "taken"; seats: SeatNumber[]; areas: SeatNumber[]; has: number }
  /** Comes before `taken`: other seats would not help. `has` is without what was asked for. */
  | { kind: "over-limit"; limit: number; has: number }
  /** The running hold is being paid for; it cannot grow. Comes before everything else. */
  | { kind: "paying" };

export type HoldChangeReply =
  | StaleEpoch
  | { kind: "held"; hold: Hold }
  /** `seats`: what was freed. */
  | { kind: "released"; seats: SeatNumber[] }
  | { kind: "no-hold" }
  | { kind: "paying" };

/** Truth from PostgreSQL on its way to the hot store. */
export type SeatTruth = {
  seat: SeatNumber;
  state: SeatState;
  fence: number;
  owner?: EntryId;
  holdId?: HoldId;
  orderId?: OrderId;
  heldAt?: number;
  deadline?: number;
};

/**
 * Two bits a seat, low bits first: 0 free, 1 held or paying, 2 sold, 3 withheld.
 * `version` counts visible changes, one each, and jumps at a restore.
 */
export type AvailabilitySnapshot = { version: number; seatCount: number; bits: Uint8Array };

export type SeatCounts = {
  free: number;
  held: number;
  paying: number;
  sold: number;
  withheld: number;
  /** Holds (not seats) running, and how many of them have less than a fifth of their time left. */
  holds: number;
  holdsNearDeadline: number;
};

export type SeatStore = {
  hold(scope: SeatScope, request: HoldRequest, options?: At): Promise<HoldReply>;

  /** Sets the deadline to now + holdMs, bounded by maxHoldMs from the first seat; never shortens it. */
  extend(
    scope: SeatScope,
    request: { owner: EntryId; holdId: HoldId; holdMs: number; maxHoldMs: number },
    options?: At,
  ): Promise<HoldChangeReply>;

  /** Gives back all seats of the owner's hold, or those named. */
  release(
    scope: SeatScope,
    request: { owner: EntryId; holdId: HoldId; seats?: readonly SeatNumber[] },
    options?: At,
  ): Promise<HoldChangeReply>;

  /** The owner's running hold, if any. */
  holdOf(
    scope: SeatScope,
    owner: EntryId,
    options?: At,
  ): Promise<StaleEpoch | { kind: "held"; hold: Hold; paying: boolean } | { kind: "no-hold" }>;

  /**
   * Brings PostgreSQL's word in: seat by seat, unless a newer fence is already known. With the fence
   * already known it replaces what the store thought since (that takes back a hold that was refused).
   */
  apply(scope: SeatScope, truths: readonly SeatTruth[]): Promise<StaleEpoch | { kind: "applied" }>;

  /**
   * Tidies up at most `limit` expired holds and says which seats became free. Each expired hold is
   * told once, also where a seat of it has been taken by another since.
   */
  expire(
    scope: SeatScope,
    options: At & { limit: number },
  ): Promise<
    | StaleEpoch
    | { kind: "expired"; holds: { holdId: HoldId; owner: EntryId; seats: SeatNumber[] }[] }
  >;

  availability(
    scope: SeatScope,
    options?: At,
  ): Promise<StaleEpoch | ({ kind: "ok" } & AvailabilitySnapshot)>;

  counts(scope: SeatScope, options?: At): Promise<StaleEpoch | ({ kind: "ok" } & SeatCounts)>;

  /** The rebuilder's, as QueueStore.restore. Makes every reader fetch a new snapshot. */
  restore(
    scope: SeatScope,
    truth: { seatCount: number; claims: readonly SeatTruth[] },
  ): Promise<void>;
};
