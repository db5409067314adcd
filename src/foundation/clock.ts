// Time as an argument. Rules never read a clock; stores use their own unless `now` is given;
// everything else takes a Clock, so that tests move time instead of sleeping.

export type Clock = { now(): number };

export const systemClock: Clock = { now: () => Date.now() };

export type ManualClock = Clock & { advance(ms: number): void; set(now: number): void };

export function manualClock(start = 1_800_000_000_000): ManualClock {
  let now = start;
  return {
    now: () => now,
    advance(ms) {
      now += ms;
    },
    set(to) {
      now = to;
    },
  };
}
