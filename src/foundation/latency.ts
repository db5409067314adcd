// How slow a process has answered lately: the 99th percentile over the last ten to twenty seconds, from
// counts in steps of a fifth. Not exact, and constant in memory however many ask: it is a brake for the
// pacer (domain/waiting-room/pacing.ts) and a number for the desk, not a benchmark.

import type { Clock } from "./clock.ts";

const spanMs = 10_000;
const step = 1.2;
/** The last step is everything beyond a minute. */
const steps = Math.ceil(Math.log(60_000) / Math.log(step)) + 1;
/** Of fewer answers the slowest one says nothing. */
const leastAnswers = 50;

export type Latency = {
  note(tookMs: number): void;
  /** undefined: too few answers to say. */
  p99Ms(): number | undefined;
};

export function openLatency(clock: Clock): Latency {
  let since = clock.now();
  let young = new Uint32Array(steps);
  let elder = new Uint32Array(steps);
  const turn = () => {
    const age = clock.now() - since;
    if (age >= 0 && age < spanMs) return;
    elder = age >= spanMs && age < 2 * spanMs ? young : new Uint32Array(steps);
    young = new Uint32Array(steps);
    since = clock.now();
  };
  return {
    note(tookMs) {
      turn();
      const at = Math.ceil(Math.log(Math.max(1, tookMs)) / Math.log(step));
      const index = Math.min(steps - 1, at);
      young[index] = (young[index] ?? 0) + 1;
    },
    p99Ms() {
      turn();
      const counts = young.map((count, at) => count + (elder[at] ?? 0));
      const all = counts.reduce((sum, count) => sum + count, 0);
      if (all < leastAnswers) return undefined;
      let slower = 0;
      for (let at = steps - 1; at >= 0; at--) {
        slower += counts[at] ?? 0;
        if (slower > all / 100) return Math.round(step ** at);
      }
      return 1;
    },
  };
}
