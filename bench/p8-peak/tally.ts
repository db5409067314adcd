// What became of the requests of one kind: how many were answered as they should be, how many in time,
// how many were refused in words, and how long the answered ones took, in steps of a fiftieth.

const step = Math.log(1.02);
/** From a tenth of a millisecond to more than a minute. */
const steps = 700;
const smallestMs = 0.1;

export type Tally = {
  done: number;
  /** Of them, within the time that the run calls good. */
  inTime: number;
  refused: number;
  failed: number;
  /** No connection was free before the fan gave up. */
  unsent: number;
  /** Nobody was there to ask it: an order needs a hold that was granted before. */
  idle: number;
  latencies: number[];
};
export type Outcome = "done" | "refused" | "failed" | "unsent" | "idle";

export const emptyTally = (): Tally => ({
  done: 0,
  inTime: 0,
  refused: 0,
  failed: 0,
  unsent: 0,
  idle: 0,
  latencies: Array<number>(steps).fill(0),
});

export function note(tally: Tally, outcome: Outcome, tookMs: number, goodMs: number): void {
  tally[outcome]++;
  if (outcome !== "done") return;
  if (tookMs <= goodMs) tally.inTime++;
  const at = Math.floor(Math.log(Math.max(1, tookMs / smallestMs)) / step);
  const index = Math.min(steps - 1, at);
  tally.latencies[index] = (tally.latencies[index] ?? 0) + 1;
}

export function sum(tallies: readonly Tally[]): Tally {
  const all = emptyTally();
  for (const tally of tallies) {
    for (const name of ["done", "inTime", "refused", "failed", "unsent", "idle"] as const) {
      all[name] += tally[name];
    }
    for (const [at, count] of tally.latencies.entries()) {
      all.latencies[at] = (all.latencies[at] ?? 0) + count;
    }
  }
  return all;
}

/** The upper end of the step that the percentile falls into, in ms. */
export function percentile({ latencies, done }: Tally, share: number): number {
  let slower = done * (1 - share);
  for (let at = steps - 1; at >= 0; at--) {
    slower -= latencies[at] ?? 0;
    if (slower < 0) return smallestMs * Math.exp(step * (at + 1));
  }
  return 0;
}

export const asked = ({ done, refused, failed, unsent }: Tally): number =>
  done + refused + failed + unsent;
