// Whole sales with the pacer's own rules: what it promises holds in each, whatever the crowd does.

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Assumptions, usualAssumptions } from "./crowd.ts";
import { curveLines } from "./curve.ts";
import { type Simulation, simulate } from "./simulate.ts";

const whole = (min: number, max: number) => fc.integer({ min, max });
const share = (max: number) => fc.double({ min: 0, max, noNaN: true });
const crowds: fc.Arbitrary<Assumptions> = fc
  .record({
    fans: whole(1, 20_000),
    seats: whole(1, 8_000),
    ratePerSec: whole(1, 200),
    maxCapacity: whole(1, 3_000),
    seatsPerFan: whole(1, 6),
    awayShare: share(0.9),
    noShowShare: share(0.6),
    ghostShare: share(0.3),
    failShare: share(0.5),
    paymentsPerSec: whole(1, 100),
    actionsPerSec: whole(1, 400),
    seed: whole(1, 1e6),
  })
  .map((some) => ({ ...usualAssumptions, ...some }));

describe("a simulated sale", () => {
  test("[Q4, Q8] never above capacity or rate, and never at rest while there is room and a fan", () => {
    fc.assert(
      fc.property(crowds, (crowd) => {
        const { seconds } = simulate(crowd);
        let window = 0;
        let rest = 0;
        seconds.forEach(({ turns, inside, uncalled, reason }, at) => {
          expect(inside).toBeLessThanOrEqual(crowd.maxCapacity);
          window += turns - (seconds[at - 10]?.turns ?? 0);
          expect(window).toBeLessThanOrEqual(crowd.ratePerSec * 11);
          // Where a brake stops the line it is the shop that is full, or that has no seat for anybody.
          const may =
            uncalled > 0 && !["no-capacity", "no-seats", "nobody-waiting"].includes(reason);
          rest = may && turns === 0 && crowd.awayShare < 0.5 ? rest + 1 : 0;
          expect(rest).toBeLessThanOrEqual(2);
        });
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test("[Q10] sold out: whoever polls has heard it within five seconds", () => {
    fc.assert(
      fc.property(crowds, (crowd) => {
        const { worstNewsMs } = simulate(crowd);
        if (worstNewsMs !== undefined) expect(worstNewsMs).toBeLessThanOrEqual(5_000);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test("no-shows cost time and no seat: the hall is sold all the same", () => {
    const calm = simulate({ ...usualAssumptions, fans: 40_000 });
    const rude = simulate({ ...usualAssumptions, fans: 40_000, noShowShare: 0.5 });
    expect([calm.soldOut, rude.soldOut]).toEqual([true, true]);
    expect(rude.seconds.length).toBeGreaterThan(calm.seconds.length);
  });

  test("a provider that is slow slows the line before payments pile up", () => {
    const slow = { ...usualAssumptions, seats: 100_000, maxCapacity: 20_000, paymentsPerSec: 20 };
    const { seconds } = simulate(slow);
    const reasons = new Set(seconds.map(({ reason }) => reason));
    expect(reasons.has("payments")).toBe(true);
    const unbraked = 0.8 * slow.ratePerSec * 600;
    expect(Math.max(...seconds.map(({ backlog }) => backlog))).toBeLessThan(unbraked / 4);
  });

  test("[Q9] nine of ten told ranges hold the true wait, in sales of several kinds", () => {
    const kinds: Partial<Assumptions>[] = [
      { fans: 30_000, seats: 60_000, ratePerSec: 50 },
      { fans: 60_000, seats: 200_000 },
      { fans: 20_000 },
      { fans: 100_000, seats: 400_000, maxCapacity: 20_000 },
      { fans: 30_000, seats: 60_000, ratePerSec: 50, awayShare: 0.7 },
    ];
    const sum = { covered: 0, all: 0 };
    for (const kind of kinds) {
      for (const seed of [1, 2, 3]) {
        const { covered, early, late } = simulate({ ...usualAssumptions, ...kind, seed }).told;
        sum.covered += covered;
        sum.all += covered + early + late;
      }
    }
    expect(sum.all).toBeGreaterThan(20_000);
    expect(sum.covered / sum.all).toBeGreaterThan(0.9);
  }, 60_000);

  test("it is drawn with one line for each number and a letter for each brake", () => {
    const simulation: Simulation = simulate({ ...usualAssumptions, fans: 5_000, seats: 3_000 });
    const lines = curveLines(simulation, 40);
    const [turns = "", inside = ""] = lines;
    expect(turns).toMatch(/^turns\/s {7}[ ▁▂▃▄▅▆▇█]{40} \d/);
    expect(inside).toMatch(/^inside/);
    expect(lines.find((line) => line.startsWith("brake"))).toMatch(/^brake {9}[a-zA-Z.-]{40}$/);
  });

  test("the same seed is the same sale", () => {
    const crowd = { ...usualAssumptions, fans: 2_000, seats: 1_000, seed: 9 };
    expect(simulate(crowd)).toEqual(simulate(crowd));
  });
});
