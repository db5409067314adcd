import { expect, test } from "bun:test";
import fc from "fast-check";
import { openDraw } from "./draw.ts";
import { spokenPosition, standingOf } from "./queue.ts";

const seed = new Uint8Array(32).fill(9);

test("before the draw nobody has a number", () => {
  expect(standingOf(3, { draw: undefined, serving: 0, joined: 10 })).toEqual({
    kind: "not-drawn",
    index: 3,
    joined: 10,
  });
});

test("[Q3] latecomers stand behind the cohort in order of arrival", () => {
  const draw = openDraw(seed, 100);
  const line = { draw, serving: 40, joined: 300 };
  expect(standingOf(100, line)).toEqual({ kind: "waiting", position: 100, ahead: 60 });
  expect(standingOf(101, line)).toEqual({ kind: "waiting", position: 101, ahead: 61 });
  expect(standingOf(draw.indexAt(39), line)).toEqual({ kind: "your-turn", position: 39 });
  expect(standingOf(draw.indexAt(40), line)).toEqual({ kind: "waiting", position: 40, ahead: 0 });
  expect(spokenPosition(0)).toBe(1);
});

test("[Q2] a place never changes and people ahead never grow", () => {
  const steps = fc.array(fc.nat(400), { maxLength: 20 });
  fc.assert(
    fc.property(fc.nat(1_500), fc.nat(1_000), steps, (index, cohort, moves) => {
      const draw = openDraw(seed, cohort);
      let serving = 0;
      let before = Number.POSITIVE_INFINITY;
      for (const move of moves) {
        serving += move;
        const standing = standingOf(index, { draw, serving, joined: 2_000 });
        if (standing.kind === "not-drawn") throw new Error("drawn already");
        expect(standing.position).toBe(draw.positionOf(index));
        const ahead = standing.kind === "waiting" ? standing.ahead : -1;
        expect(ahead).toBeLessThanOrEqual(before);
        before = ahead;
      }
    }),
    { numRuns: 50 },
  );
});
