import { expect, test } from "bun:test";
import fc from "fast-check";
import { callable, defaultBurst, giveBack, type PaceInput, paceTick } from "./pacing.ts";

const calm: PaceInput = {
  ratePerSec: 300,
  burst: 300,
  maxCapacity: 2_000,
  active: 0,
  waiting: 100_000,
  freeSeats: 15_000,
  heldSeats: 0,
  phase: "open",
  paused: false,
  elapsedMs: 1_000,
  carry: 0,
};

test("the default size is a tenth of the free capacity", () => {
  expect(paceTick(calm)).toEqual({ take: 200, reason: "capacity-share", carry: 100 });
  expect(paceTick({ ...calm, active: 1_000 })).toMatchObject({ take: 100 });
  expect(paceTick({ ...calm, active: 1_997 })).toMatchObject({ take: 1 });
});

test("each brake says its name", () => {
  const cases: [Partial<PaceInput>, number, string][] = [
    [{ phase: "pre-queue" }, 0, "not-open"],
    [{ phase: "sold-out" }, 0, "not-open"],
    [{ paused: true }, 0, "paused"],
    [{ active: 2_000 }, 0, "no-capacity"],
    [{ active: 2_400 }, 0, "no-capacity"],
    [{ freeSeats: 0, heldSeats: 0 }, 0, "no-seats"],
    [{ freeSeats: 0, heldSeats: 4 }, 0, "no-seats"],
    [{ waiting: 0 }, 0, "nobody-waiting"],
    [{ waiting: 7 }, 7, "waiting"],
    [{ ratePerSec: 50, burst: 50 }, 50, "rate"],
    [{ ratePerSec: 0.5, burst: 1 }, 0, "rate"],
    [{ freeSeats: 60 }, 30, "few-seats"],
    [{ freeSeats: 60, active: 500 }, 4, "few-seats"],
    [{ freeSeats: 0, heldSeats: 50 }, 5, "few-seats"],
    // Five hundred who may have walked away do not keep a thousand seats from those who wait.
    [{ freeSeats: 1_000, active: 500 }, 75, "few-seats"],
    [{ paymentBacklog: 3_000 }, 100, "payments"],
    [{ paymentBacklog: 90_000 }, 1, "payments"],
    [{ latencyP99Ms: 750 }, 100, "latency"],
    [{ latencyP99Ms: 60_000 }, 100, "latency"],
    [{ latencyP99Ms: 60_000, ratePerSec: 50, burst: 50 }, 25, "latency"],
    // The few whom the last seats call do not make a shop slow.
    [{ latencyP99Ms: 60_000, freeSeats: 60 }, 30, "few-seats"],
    [{ latencyP99Ms: 60_000, waiting: 7 }, 7, "waiting"],
    [{ elapsedMs: 250, carry: 300 }, 50, "capacity-share"],
  ];
  for (const [change, take, reason] of cases) {
    const pace = paceTick({ ...calm, ...change });
    expect({ change, take: pace.take, reason: pace.reason }).toEqual({
      change,
      take,
      reason: reason as typeof pace.reason,
    });
  }
});

test("what the store could not give goes back, and never beyond the burst", () => {
  expect(giveBack(10, 5, 300)).toBe(15);
  expect(giveBack(10, 500, 300)).toBe(300);
  expect(defaultBurst(0.2)).toBe(1);
});

/** A shop in which anything may happen between ticks, except that the pacer is asked. */
const weather = fc.array(
  fc.record({
    elapsedMs: fc.integer({ min: 0, max: 5_000 }),
    leaving: fc.double({ min: 0, max: 1, noNaN: true }),
    waiting: fc.nat(5_000),
    freeSeats: fc.nat(300),
    heldSeats: fc.nat(300),
    paymentBacklog: fc.option(fc.nat(8_000), { nil: undefined }),
    latencyP99Ms: fc.option(fc.nat(5_000), { nil: undefined }),
    paused: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);
const settings = fc.record({
  ratePerSec: fc.double({ min: 0, max: 500, noNaN: true }),
  burst: fc.integer({ min: 1, max: 500 }),
  maxCapacity: fc.nat(3_000),
});

test("[Q4] never above capacity, and no window above burst + rate × window", () => {
  fc.assert(
    fc.property(settings, weather, (set, ticks) => {
      let active = 0;
      let carry = 0;
      let at = 0;
      const taken: { at: number; take: number }[] = [];
      for (const { leaving, ...tick } of ticks) {
        active -= Math.floor(active * leaving);
        const pace = paceTick({ ...calm, ...set, ...tick, active, carry });
        at += tick.elapsedMs;
        active += pace.take;
        carry = pace.carry;
        taken.push({ at, take: pace.take });
        expect(Number.isInteger(pace.take) && pace.take >= 0).toBe(true);
        expect(active).toBeLessThanOrEqual(set.maxCapacity);
        expect(pace.take).toBeLessThanOrEqual(tick.waiting);
      }
      taken.forEach((first, from) => {
        let inWindow = 0;
        for (const { at: until, take } of taken.slice(from)) {
          inWindow += take;
          const allowed = set.burst + (set.ratePerSec * (until - first.at)) / 1000;
          expect(inWindow).toBeLessThanOrEqual(allowed + 1e-6);
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("[Q8] where there is room and somebody waits, the second tick takes at least one", () => {
  const pressed = fc.record({
    ratePerSec: fc.double({ min: 0.5, max: 500, noNaN: true }),
    burst: fc.integer({ min: 1, max: 500 }),
    active: fc.nat(1_999),
    waiting: fc.integer({ min: 1, max: 5_000 }),
    freeSeats: fc.integer({ min: 1, max: 300 }),
    heldSeats: fc.nat(300),
    paymentBacklog: fc.nat(80_000),
    latencyP99Ms: fc.nat(50_000),
  });
  fc.assert(
    fc.property(pressed, (set) => {
      const first = paceTick({ ...calm, ...set });
      const second = paceTick({ ...calm, ...set, carry: first.carry });
      expect(first.take + second.take).toBeGreaterThanOrEqual(1);
    }),
  );
});

test("who can be called: those not called yet, and those who are back; never more than wait", () => {
  const line = { joined: 10, waiting: 6, returned: 0 };
  expect(callable(line, 7)).toBe(3);
  expect(callable(line, 10)).toBe(0);
  expect(callable({ ...line, returned: 2 }, 10)).toBe(2);
  // A line that was rebuilt counts on above numbers that nobody has.
  expect(callable({ ...line, joined: 5_000 }, 7)).toBe(6);
  expect(callable(line, undefined)).toBe(6);
});
