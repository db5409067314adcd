// When fans come and what they want, after two real sales: the curve of one that sold out in 13 s
// (reservations per second) and the baskets of another. The shape is scaled, the mix is kept.
// Source: emfcamp/Website, issue 1901 and its load test.

import type { Random } from "../../../foundation/random.ts";

/** Reservations per second from the opening on; the last ones came when nothing was left. */
export const realCurve = [
  7, 18, 52, 72, 131, 134, 108, 120, 125, 100, 39, 8, 14, 10, 17, 4, 8,
] as const;

/** One ticket, one with parking, two, two with parking, family: as seats 1, 1, 2, 2, 4. */
const baskets = [
  { weight: 60, seats: 1 },
  { weight: 25, seats: 1 },
  { weight: 20, seats: 2 },
  { weight: 20, seats: 2 },
  { weight: 10, seats: 4 },
] as const;

const allWeights = baskets.reduce((total, { weight }) => total + weight, 0);

/** 1.52: how many seats a fan wants on average. */
export const meanBasket =
  baskets.reduce((total, { weight, seats }) => total + weight * seats, 0) / allWeights;

export function basketOf(random: Random): number {
  let left = random.next() * allWeights;
  for (const { weight, seats } of baskets) {
    left -= weight;
    if (left < 0) return seats;
  }
  return 1;
}

/** After the opening, as a share of the curve's whole length: 0 at the opening, 1 at its end. */
export function curveMoment(random: Random): number {
  const all = realCurve.reduce((total, count) => total + count, 0);
  let left = random.next() * all;
  for (const [second, count] of realCurve.entries()) {
    if (left < count) return (second + left / count) / realCurve.length;
    left -= count;
  }
  return 1;
}

export type ArrivalTimes = {
  /** From here until the opening the early ones come, evenly. */
  preQueueAt: number;
  opensAt: number;
  /** How long the curve is stretched after the opening. */
  spreadMs: number;
  /** Share of fans who come before the opening. */
  earlyShare: number;
};

export function arrivalOf(times: ArrivalTimes, random: Random): number {
  const { preQueueAt, opensAt, spreadMs, earlyShare } = times;
  if (random.next() < earlyShare) return preQueueAt + random.next() * (opensAt - preQueueAt);
  return opensAt + curveMoment(random) * spreadMs;
}
