import { expect, test } from "bun:test";
import { outlookOf } from "./outlook.ts";

const base = {
  ratePerSec: 50,
  maxCapacity: 30_000,
  shopMs: 600_000,
  waiting: 6_000,
  active: 0,
  seatsLeft: 15_000,
};

test("a shop that never fills moves at the rate", () => {
  const outlook = outlookOf(base);
  expect(outlook).toEqual({
    perMin: { low: 3_000, high: 3_000 },
    lineMs: { low: 120_000, high: 120_000 },
    notes: [],
  });
});

test("a small shop is limited by its capacity, at worst", () => {
  const outlook = outlookOf({ ...base, maxCapacity: 3_000 });
  expect(outlook.perMin).toEqual({ low: 300, high: 3_000 });
  // 3,000 come in at 50 a second (60 s), the other 3,000 at 5 a second (600 s).
  expect(outlook.lineMs).toEqual({ low: 120_000, high: 660_000 });
  expect(outlook.notes).toEqual(["capacity-limits"]);
});

test("a capacity below those inside is told", () => {
  expect(outlookOf({ ...base, maxCapacity: 100, active: 100 }).notes).toContain("over-capacity");
});

test("seats that cannot suffice are told, and an empty line takes no time", () => {
  expect(outlookOf({ ...base, seatsLeft: 5_999 }).notes).toEqual(["seats-run-out"]);
  expect(outlookOf({ ...base, waiting: 0 }).lineMs).toBeUndefined();
});
