// The admission rate as a mean over the last seconds. Where the pacer's ticks are seen, turns are
// divided by the time of exactly those ticks, so a tick that was missed is a tick not seen, not a
// slower rate. Elsewhere the rate is how fast people leave the line (those whose turn lapsed come
// back into it, so it may be a little low).

const windowMs = 10_000;
const usualTickMs = 1_000;
/** Fewer seconds than this are a guess, and a guess is not judged. */
const enoughMs = 4_000;

type Step = { at: number; people: number; ms: number };

export type RateMeter = {
  countTick(at: number, turns: number): void;
  /** @param gone how many have left the line so far. */
  countGone(at: number, gone: number): void;
  perSec(now: number): number | undefined;
};

export function openRateMeter(): RateMeter {
  const steps: Step[] = [];
  let lastTickAt: number | undefined;
  let lastGone: { at: number; gone: number } | undefined;
  return {
    countTick(at, turns) {
      if (lastTickAt !== undefined && at <= lastTickAt) return;
      const sinceMs = lastTickAt === undefined ? usualTickMs : at - lastTickAt;
      steps.push({ at, people: turns, ms: sinceMs < 2 * usualTickMs ? sinceMs : usualTickMs });
      lastTickAt = at;
      lastGone = undefined;
    },
    countGone(at, gone) {
      if (lastGone !== undefined && at > lastGone.at) {
        steps.push({ at, people: Math.max(0, gone - lastGone.gone), ms: at - lastGone.at });
      }
      lastGone = { at, gone };
    },
    perSec(now) {
      while (steps[0] !== undefined && now - steps[0].at > windowMs) steps.shift();
      const ms = steps.reduce((sum, step) => sum + step.ms, 0);
      if (ms < enoughMs) return undefined;
      return (steps.reduce((sum, step) => sum + step.people, 0) * 1_000) / ms;
    },
  };
}
