import { expect, test } from "bun:test";
import { watchingRoundMs } from "./pacer.ts";

const leaseMs = 5_000;
const halves = [0, 0.5, 0.999];

test("few gateways look every second; of many each looks more seldom, and well within a lease", () => {
  for (const few of [1, 2, 4]) {
    for (const jitter of halves) expect(watchingRoundMs(few, jitter)).toBe(1_000);
  }
  for (const many of [5, 16, 53, 1_000]) {
    const rounds = halves.map((jitter) => watchingRoundMs(many, jitter));
    for (const round of rounds) {
      expect(round).toBeGreaterThan(600);
      expect(round).toBeLessThan(leaseMs - 900);
    }
    expect(new Set(rounds).size).toBe(halves.length);
  }
});

test("together they look no more than eight times a second, up to 16 gateways", () => {
  for (let gateways = 1; gateways <= 16; gateways++) {
    expect(gateways / (watchingRoundMs(gateways, 0) / 1_000)).toBeLessThanOrEqual(8);
  }
});
