import { expect, test } from "bun:test";
import { openRateMeter } from "./rate-meter.ts";

test("a mean over ticks; a tick seen twice counts once, a missed one not at all", () => {
  const meter = openRateMeter();
  for (const at of [1_000, 2_000, 2_000, 3_000, 4_000, 7_000]) meter.countTick(at, 50);
  expect(meter.perSec(7_000)).toBe(50);
});

test("too few seconds say nothing, and old ones are forgotten", () => {
  const meter = openRateMeter();
  for (const at of [1_000, 2_000, 3_000]) meter.countTick(at, 50);
  expect(meter.perSec(3_000)).toBeUndefined();
  for (const at of [4_000, 5_000]) meter.countTick(at, 50);
  expect(meter.perSec(5_000)).toBe(50);
  expect(meter.perSec(30_000)).toBeUndefined();
});

test("without a pacer, by how fast the line is left", () => {
  const meter = openRateMeter();
  [0, 10, 20, 30, 40, 50].forEach((gone, i) => meter.countGone(1_000 + i * 1_000, gone));
  expect(meter.perSec(6_000)).toBe(10);
});
