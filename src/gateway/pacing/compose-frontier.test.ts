// Q10 for those who poll: whatever a sale does within its rate and limits, nobody hears of its end late.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { nextPollMs } from "../../domain/waiting-room/estimate.ts";
import type { OnSale } from "../../ports/catalog.ts";
import type { Checkpoint } from "../../ports/line-records.ts";
import { composeFrontier } from "./compose-frontier.ts";

const tickMs = 1_000;
const promisedMs = 5_000;

type Sale = { seats: number; ratePerSec: number; seatsPerFan: number; greed: number[] };

/** The poll hints of every second until nothing is left; each second the fans inside buy as `greed` says. */
function hintsOf({ seats, ratePerSec, seatsPerFan, greed }: Sale) {
  let [left, inside] = [seats, 0];
  const hints = [];
  for (let second = 0; left > 0 && second < 600; second++) {
    inside += ratePerSec;
    const buyers = Math.round(inside * (greed[second % greed.length] ?? 1));
    hints.push(frontier({ left, inside, ratePerSec, seatsPerFan }).poll);
    inside -= buyers;
    left = Math.max(0, left - buyers * seatsPerFan);
  }
  return { hints, soldOut: left === 0 };
}

function frontier(at: { left: number; inside: number; ratePerSec: number; seatsPerFan: number }) {
  const { ratePerSec, seatsPerFan } = at;
  const settings = { ratePerSec, seatsPerFan, showSeatsLeft: false };
  return composeFrontier({
    onSale: { phase: "open", settings } as OnSale,
    checkpoint: { serving: 0 } as Checkpoint,
    counts: { joined: 1e6, waiting: 1e6, returned: 0, turns: 0, shoppers: at.inside },
    seats: { free: at.left, held: 0, total: at.left },
    pacePerMin: undefined,
    now: 0,
  });
}

test("[Q10] whoever polls learns within five seconds that it is sold out, however fast the end comes", () => {
  const sale = fc.record({
    seats: fc.integer({ min: 1, max: 40_000 }),
    ratePerSec: fc.integer({ min: 1, max: 500 }),
    seatsPerFan: fc.integer({ min: 1, max: 8 }),
    greed: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }),
  });
  fc.assert(
    fc.property(sale, fc.double({ min: 0, max: 0.999, noNaN: true }), (one, jitter) => {
      const { hints, soldOut } = hintsOf(one);
      fc.pre(soldOut);
      const endMs = hints.length * tickMs;
      // Polls of somebody a million places back, from any second on.
      for (const start of [0, 7, 13]) {
        let at = start * tickMs;
        while (at < endMs) {
          const hint = hints[Math.floor(at / tickMs)];
          if (hint === undefined) break;
          at += nextPollMs(1e6, hint, jitter);
        }
        // The document may be a tick old.
        if (start * tickMs < endMs) expect(at - endMs + tickMs).toBeLessThanOrEqual(promisedMs);
      }
    }),
    { numRuns: 500 },
  );
});

test("far from the end those far back ask seldom", () => {
  const calm = frontier({ left: 40_000, inside: 100, ratePerSec: 50, seatsPerFan: 4 });
  expect(nextPollMs(1e6, calm.poll, 0.5)).toBe(20_000);
});
