import { expect, test } from "bun:test";
import fc from "fast-check";
import { seededRandom } from "../../foundation/random.ts";
import { addSample, nextPollMs, paceOf, type ServingHistory, waitRange } from "./estimate.ts";

const historyOf = (perSecond: (second: number) => number, seconds: number): ServingHistory => {
  let history: ServingHistory = [];
  let serving = 0;
  for (let second = 0; second <= seconds; second++) {
    history = addSample(history, { at: second * 1_000, serving: Math.floor(serving) });
    serving += perSecond(second);
  }
  return history;
};

test("unknown is said, not guessed", () => {
  expect(paceOf([])).toBeUndefined();
  expect(paceOf(historyOf(() => 100, 9))).toBeUndefined();
  expect(paceOf(historyOf(() => 0, 60))).toBeUndefined();
  expect(paceOf(historyOf((second) => (second < 100 ? 50 : 0), 150))).toBeUndefined();
  expect(waitRange(100, undefined)).toBeUndefined();
});

test("a steady line gives a range around the truth, rounded outwards", () => {
  const pace = paceOf(historyOf(() => 100, 120));
  expect(pace?.low).toBeCloseTo(5_400, 5);
  expect(pace?.high).toBeCloseTo(6_600, 5);
  expect(waitRange(59_999, pace)).toEqual({ lowMs: 540_000, highMs: 720_000 }); // truth: 600 s
  expect(waitRange(499, pace)).toEqual({ lowMs: 0, highMs: 10_000 });
});

test("an unsteady line gives a wider range", () => {
  const steady = paceOf(historyOf(() => 100, 300));
  const slowing = paceOf(historyOf((second) => (second < 240 ? 100 : 20), 300));
  if (steady === undefined || slowing === undefined) throw new Error("both are known");
  expect(slowing.high / slowing.low).toBeGreaterThan(2 * (steady.high / steady.low));
});

test("the history stays bounded and covers the longest look-back", () => {
  const history = historyOf(() => 1, 2_000);
  expect(history.length).toBeLessThanOrEqual(96);
  const [first, last] = [history[0], history.at(-1)];
  expect((last?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(300_000);
});

test("[Q9] in a noisy line the range covers the true wait in most cases", () => {
  const random = seededRandom(7);
  let covered = 0;
  const runs = 200;
  for (let run = 0; run < runs; run++) {
    const speed = 20 + random.below(200);
    const noisy = () => speed * (0.5 + random.next());
    const pace = paceOf(historyOf(noisy, 180));
    const ahead = speed * (60 + random.below(600));
    let left = ahead;
    let seconds = 0;
    for (; left >= 0; seconds++) left -= noisy();
    const wait = waitRange(ahead, pace);
    if (wait !== undefined && wait.lowMs <= seconds * 1000 && seconds * 1000 <= wait.highMs)
      covered++;
  }
  expect(covered / runs).toBeGreaterThan(0.9);
});

test("near fans ask often, far ones rarely, and never together", () => {
  const hints = { near: 500, nearMs: 2_000, farMs: 30_000 };
  expect(nextPollMs(0, hints, 0.5)).toBe(2_000);
  expect(nextPollMs(500, hints, 0.5)).toBe(2_000);
  expect(nextPollMs(2_000, hints, 0.5)).toBe(8_000);
  expect(nextPollMs(900_000, hints, 0.5)).toBe(30_000);
  expect(nextPollMs(undefined, hints, 0)).toBe(24_000);
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.nat(1_000_000), (one, other) => {
      const [near, far] = [Math.min(one, other), Math.max(one, other)];
      expect(nextPollMs(near, hints, 0.3)).toBeLessThanOrEqual(nextPollMs(far, hints, 0.3));
    }),
  );
});
