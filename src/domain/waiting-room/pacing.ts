// Pacing: how many turns the admission tick may give. A pure function; the pacer calls it about once
// a second with what it measured and hands `take` to the store.
//
// Keeps Q4: turns and shoppers never exceed `maxCapacity`, and any window of W seconds gives at most
// burst + rate × W turns (a token bucket whose depth is `burst`). Keeps Q8: while there is room, a
// seat to buy, somebody waiting and a rate of at least one turn per two ticks, every second tick takes
// at least one: the soft brakes slow down to one a tick (seats, payments) or to half the inflow (latency), never stop.
// `reason` is the binding brake, for the desk: an operator must see why the line is slow.
// Source of the size: (maxCapacity − active) × 0.1 a second, at least 1 (mission.md).

import { assert } from "../../foundation/assert.ts";
import type { Phase } from "./frontier.ts";

/**
 * @property ratePerSec turns a second, at most. @property burst depth of the bucket, turns, ≥ 1; below
 *   ratePerSec × tick it also bounds a single tick. `defaultBurst` is one second's worth.
 * @property maxCapacity shoppers and open turns together, at most. @property active how many are now.
 * @property waiting how many can be called (`callable`).
 * @property freeSeats free now. @property heldSeats held and not yet sold.
 * @property paymentBacklog orders waiting for their payment. @property latencyP99Ms of the shop.
 * @property elapsedMs since the last tick. @property carry what the last tick returned; 0 at first.
 */
export type PaceInput = {
  readonly ratePerSec: number;
  readonly burst: number;
  readonly maxCapacity: number;
  readonly active: number;
  readonly waiting: number;
  readonly freeSeats: number;
  readonly heldSeats: number;
  readonly paymentBacklog?: number;
  readonly latencyP99Ms?: number;
  readonly phase: Phase;
  readonly paused: boolean;
  readonly elapsedMs: number;
  readonly carry: number;
  readonly tuning?: PaceTuning;
};

/**
 * How many can be called: those who have not been yet, there or not, and those who were while absent and are
 * back. Who was called and is still absent waits too, but nobody keeps them waiting.
 * @param serving undefined: nobody knows how far the calling is, and whoever waits may be one of them.
 */
export function callable(
  { joined, waiting, returned }: { joined: number; waiting: number; returned: number },
  serving: number | undefined,
): number {
  if (serving === undefined) return waiting;
  return Math.min(waiting, Math.max(0, joined - serving) + returned);
}

/** What stops (first line) or limits a tick; `waiting` means that everybody who can be called is taken. */
export type PaceReason =
  | ("not-open" | "paused" | "no-capacity" | "no-seats" | "nobody-waiting")
  | ("rate" | "capacity-share" | "few-seats" | "payments" | "latency" | "waiting");

/** @property carry turns left in the bucket, for the next tick. */
export type Pace = { readonly take: number; readonly reason: PaceReason; readonly carry: number };

export type PaceTuning = {
  /** Share of the free capacity that one second may fill. */
  readonly capacityShare: number;
  /** Seats a shopper takes on average, those who leave with none included. */
  readonly seatsPerShopper: number;
  /** Share of what can be bought that one second may always call shoppers for. */
  readonly leastSeatShare: number;
  /** Share of held seats that come back, because holds lapse or payments fail. */
  readonly lapseShare: number;
  /** From here on the brake bites; at twice the limit it is full. */
  readonly paymentBacklogLimit: number;
  readonly latencyLimitMs: number;
  /** What is left of the inflow however slow the shop is. */
  readonly leastLatencyShare: number;
};

export const paceTuning: PaceTuning = {
  capacityShare: 0.1,
  seatsPerShopper: 2,
  // Who walks away without a word looks like somebody who still chooses, until the session ends: in a
  // rehearsal five in a hundred such ghosts kept the last thousand seats from 2,000 waiting fans. Higher calls
  // more fans in vain: at 0.15 half of the last seats may be offered once too often in ten seconds.
  leastSeatShare: 0.15,
  lapseShare: 0.2,
  paymentBacklogLimit: 2_000,
  latencyLimitMs: 500, // the platform's own promise for P99
  // A slow answer is old news by ten seconds and may be the doing of those who wait. Braked to one a tick,
  // a rehearsal emptied its shop and filled it in turns, and sold a third as much.
  leastLatencyShare: 0.5,
};

/** One second's worth of the rate: the pacer may tick once a second without losing any of it. */
export function defaultBurst(ratePerSec: number): number {
  return Math.max(1, ratePerSec);
}

/** The size of one admission tick, assuming that all of `take` is given; else see `giveBack`. */
export function paceTick(input: PaceInput): Pace {
  const { ratePerSec, burst, maxCapacity, active, elapsedMs } = input;
  assert(ratePerSec >= 0 && burst >= 1, `pacing: rate ${ratePerSec}, burst ${burst}`);
  assert(elapsedMs >= 0 && input.carry >= 0, `pacing: elapsed ${elapsedMs}, carry ${input.carry}`);
  const bucket = Math.min(burst, input.carry + (ratePerSec * elapsedMs) / 1000);
  const stop = stopReason(input);
  if (stop !== undefined) return { take: 0, reason: stop, carry: bucket };

  const room = maxCapacity - active;
  let take = input.waiting;
  let reason: PaceReason = "waiting";
  const limit = (to: number, why: PaceReason) => {
    const whole = Math.max(1, Math.floor(to));
    if (whole < take) {
      take = whole;
      reason = why;
    }
  };
  const tuning = input.tuning ?? paceTuning;
  const share = room * tuning.capacityShare * Math.min(1, elapsedMs / 1000);
  limit(share, "capacity-share");
  limit(seatLimit(input, tuning), "few-seats");
  limit(take * ease(input.paymentBacklog, tuning.paymentBacklogLimit), "payments");
  // Of what may come in all, not of the few whom the last seats call: those make no shop slow.
  const inflow = Math.min(share, (ratePerSec * elapsedMs) / 1000);
  const latencyEase = ease(input.latencyP99Ms, tuning.latencyLimitMs);
  if (latencyEase < 1) limit(inflow * Math.max(tuning.leastLatencyShare, latencyEase), "latency");
  // Last, and without the floor of one: capacity (a whole number ≥ 1 here) and rate are promises.
  if (room < take) take = Math.floor(room);
  if (bucket < take) {
    take = Math.floor(bucket);
    reason = "rate";
  }
  return { take, reason, carry: bucket - take };
}

/** Puts turns that the store could not give (nobody was present) back into the bucket. */
export function giveBack(carry: number, unused: number, burst: number): number {
  return Math.min(burst, carry + unused);
}

function stopReason(input: PaceInput): PaceReason | undefined {
  if (input.phase !== "open") return "not-open";
  if (input.paused) return "paused";
  if (input.maxCapacity - input.active < 1) return "no-capacity";
  if (buyable(input, input.tuning ?? paceTuning) < 1) return "no-seats";
  if (input.waiting < 1) return "nobody-waiting";
  return undefined;
}

/** Free seats, and those of the held that will likely come back. Below one, nobody is called in vain. */
function buyable({ freeSeats, heldSeats }: PaceInput, tuning: PaceTuning): number {
  return freeSeats + heldSeats * tuning.lapseShare;
}

/** Further shoppers that the seats suffice for, once those inside have filled their baskets. */
function seatLimit(input: PaceInput, tuning: PaceTuning): number {
  const stillWanted = Math.max(0, input.active * tuning.seatsPerShopper - input.heldSeats);
  const seats = buyable(input, tuning);
  const least = seats * tuning.leastSeatShare * Math.min(1, input.elapsedMs / 1000);
  return Math.max(least, seats - stillWanted) / tuning.seatsPerShopper;
}

/** 1 up to the limit, falling to 0 at twice the limit; 1 where nothing was measured. */
function ease(measured: number | undefined, limit: number): number {
  if (measured === undefined || measured <= limit) return 1;
  return Math.max(0, 2 - measured / limit);
}
