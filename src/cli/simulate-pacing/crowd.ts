// The crowd of a simulated on-sale: who is there when called, who takes the turn, how long somebody
// chooses and pays. Numbers are guesses of a reasonable size, not measurements; the point is what the
// pacer makes of them. Everything is drawn from a seed, so a run can be repeated.

import type { Random } from "../../foundation/random.ts";

export type Assumptions = {
  fans: number;
  seats: number;
  ratePerSec: number;
  maxCapacity: number;
  claimWindowSec: number;
  shopSec: number;
  holdSec: number;
  seatsPerFan: number;
  /** Shares of 1. Away: not there when called, half of them come back later. */
  awayShare: number;
  /** Called, and lets the turn lapse. */
  noShowShare: number;
  /** Enters, and only looks, for as long as it is allowed. */
  ghostShare: number;
  /** Of holds that are paid for: the payment fails and the seats come back. */
  failShare: number;
  chooseSec: number;
  checkoutSec: number;
  /** What the provider takes; the rest waits as backlog. */
  paymentsPerSec: number;
  /** Shop actions a second from which answers get slow. */
  actionsPerSec: number;
  seed: number;
};

export const usualAssumptions: Assumptions = {
  fans: 100_000,
  seats: 16_054,
  ratePerSec: 100,
  maxCapacity: 4_000,
  claimWindowSec: 120,
  shopSec: 600,
  holdSec: 300,
  seatsPerFan: 4,
  awayShare: 0.3,
  noShowShare: 0.1,
  ghostShare: 0.05,
  failShare: 0.08,
  chooseSec: 40,
  checkoutSec: 60,
  paymentsPerSec: 80,
  actionsPerSec: 400,
  seed: 1,
};

/** What one called fan will do. Seconds from the call. */
export type Visit =
  | { kind: "no-show" }
  | { kind: "ghost"; enterSec: number }
  | {
      kind: "buyer";
      enterSec: number;
      chooseSec: number;
      checkoutSec: number;
      seats: number;
      fails: boolean;
    };

export function visitOf(random: Random, crowd: Assumptions): Visit {
  const enterSec = 1 + random.below(8);
  const fate = random.next();
  if (fate < crowd.noShowShare) return { kind: "no-show" };
  if (fate < crowd.noShowShare + crowd.ghostShare) return { kind: "ghost", enterSec };
  return {
    kind: "buyer",
    enterSec,
    chooseSec: about(random, crowd.chooseSec),
    checkoutSec: about(random, crowd.checkoutSec),
    seats: 1 + random.below(crowd.seatsPerFan),
    fails: random.next() < crowd.failShare,
  };
}

/** Exponential: most are quick, some take long. */
export function about(random: Random, meanSec: number): number {
  return 1 + Math.round(-Math.log(1 - random.next()) * meanSec);
}
