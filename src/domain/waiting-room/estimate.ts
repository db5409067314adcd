// The estimated wait, honestly: a range from the speeds seen lately, and "unknown" instead of a guess
// (Q9). The pacer samples (at, serving) about once a second and puts the pace into the frontier; every
// fan's range is then arithmetic on the people ahead, made by the page or the gateway with this file.
// The low and high pace are the slowest and fastest of several look-backs, and always at least a tenth
// apart from the middle: a steady line still has a range, an unsteady one has a wide one.
//
// A shop that fills up lets in more than it can keep letting in: from then on somebody comes in when
// somebody leaves. So the low pace is never above what leaving alone would allow, and while nobody has
// left yet nothing is told. (Without it two of ten ranges were too short: `usher simulate-pacing`.)

/**
 * @property at ms since 1970. @property serving the serving position at that instant.
 * @property flow turns given by then, as far as counted, and fans inside; undefined: not known.
 */
export type ServingSample = {
  readonly at: number;
  readonly serving: number;
  readonly flow?: { readonly given: number; readonly inside: number };
};
/** Oldest first, at most `maxSamples`. */
export type ServingHistory = readonly ServingSample[];
/** Positions a minute. */
export type ServingPace = { readonly low: number; readonly high: number };
export type WaitRange = { readonly lowMs: number; readonly highMs: number };

const maxSamples = 96;
const sampleEveryMs = 5_000; // ticks of a second leave one in four: 96 × 4 s cover the longest look-back
const lookBacksMs = [30_000, 60_000, 120_000, 300_000];
const leastSpanMs = 10_000;
const leastSpread = 0.1;
const leavingMs = 60_000;

/** Adds a sample. Within five seconds of the last one only the newest is kept, so memory is bounded. */
export function addSample(history: ServingHistory, sample: ServingSample): ServingHistory {
  const last = history.at(-1);
  if (last !== undefined && sample.at <= last.at) return history;
  const beforeLast = history.at(-2);
  const crowded = beforeLast !== undefined && sample.at - beforeLast.at < sampleEveryMs;
  const kept = crowded ? history.slice(0, -1) : history;
  return [...kept.slice(-(maxSamples - 1)), sample];
}

/** The recent pace, or undefined while there is too little to say (under 10 s) or nothing moves. */
export function paceOf(history: ServingHistory): ServingPace | undefined {
  const newest = history.at(-1);
  if (newest === undefined) return undefined;
  const speeds: number[] = [];
  for (const lookBackMs of lookBacksMs) {
    const from = history.find(({ at }) => at >= newest.at - lookBackMs);
    if (from === undefined || newest.at - from.at < leastSpanMs) continue;
    speeds.push(((newest.serving - from.serving) / (newest.at - from.at)) * 60_000);
  }
  if (speeds.length === 0) return undefined;
  const slowest = Math.min(...speeds);
  const fastest = Math.max(...speeds);
  // A line that stands still over any look-back is not predicted at all: "unknown" is the truth.
  if (slowest <= 0) return undefined;
  const middle = (slowest + fastest) / 2;
  const leaving = paceOfLeaving(history, newest);
  if (leaving <= 0) return undefined;
  return {
    low: Math.min(slowest, leaving, middle * (1 - leastSpread)),
    high: Math.max(fastest, middle * (1 + leastSpread)),
  };
}

/** Positions a minute that leaving makes room for; no bound where the flow is not known. */
function paceOfLeaving(history: ServingHistory, newest: ServingSample): number {
  const from = history.find(({ at, flow }) => flow && at >= newest.at - leavingMs);
  if (!from?.flow || !newest.flow || newest.at <= from.at) return Number.POSITIVE_INFINITY;
  const given = newest.flow.given - from.flow.given;
  const left = given - (newest.flow.inside - from.flow.inside);
  if (given <= 0) return Number.POSITIVE_INFINITY;
  // Absent fans are passed: a turn moves the line by more than one position.
  const perTurn = (newest.serving - from.serving) / given;
  return ((left * perTurn) / (newest.at - from.at)) * 60_000;
}

/** The wait as a person may be told it: rounded outwards, so that the range stays true. */
export function waitRange(
  ahead: number,
  pacePerMin: ServingPace | undefined,
): WaitRange | undefined {
  if (pacePerMin === undefined || pacePerMin.low <= 0) return undefined;
  const places = ahead + 1; // the own place must be called too
  const lowMs = (places / pacePerMin.high) * 60_000;
  const highMs = (places / pacePerMin.low) * 60_000;
  const step = roundingMs(highMs);
  return { lowMs: Math.floor(lowMs / step) * step, highMs: Math.ceil(highMs / step) * step };
}

/** Finer than this nobody plans: ten seconds under two minutes, then 1, 5 and 15 minutes. */
function roundingMs(highMs: number): number {
  if (highMs < 120_000) return 10_000;
  if (highMs < 3_600_000) return 60_000;
  if (highMs < 10_800_000) return 300_000;
  return 900_000;
}

/** The frontier's hints: at `near` people ahead or fewer every `nearMs`, from then on rarer, up to `farMs`. */
export type PollHints = { readonly near: number; readonly nearMs: number; readonly farMs: number };

/**
 * When to ask again. Between near and far the interval grows with the distance (half as far: twice as
 * often), so nobody oversleeps the turn, and each fan takes a jitter of ± 20 % so that they never come together.
 * @param ahead undefined before the draw: then `farMs`. @param jitter uniform in [0, 1).
 */
export function nextPollMs(ahead: number | undefined, hints: PollHints, jitter: number): number {
  const distance = ahead === undefined ? Number.POSITIVE_INFINITY : ahead;
  const grown = hints.nearMs * Math.max(1, distance / Math.max(1, hints.near));
  return Math.round(Math.min(grown, Math.max(hints.farMs, hints.nearMs)) * (0.8 + 0.4 * jitter));
}
