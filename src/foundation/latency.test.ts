import { expect, test } from "bun:test";
import { openLatency } from "./latency.ts";

test("the slowest hundredth decides, within a fifth; too few answers say nothing; old ones are forgotten", () => {
  let now = 0;
  const latency = openLatency({ now: () => now });
  for (let nth = 0; nth < 49; nth++) latency.note(900);
  expect(latency.p99Ms()).toBeUndefined();
  now = 100_000;
  for (let nth = 0; nth < 980; nth++) latency.note(20);
  for (let nth = 0; nth < 20; nth++) latency.note(700);
  expect(latency.p99Ms()).toBeWithin(700, 841);
  now += 12_000;
  for (let nth = 0; nth < 1_100; nth++) latency.note(20);
  expect(latency.p99Ms()).toBeWithin(20, 25);
  now += 12_000;
  for (let nth = 0; nth < 100; nth++) latency.note(1e9);
  expect(latency.p99Ms()).toBeGreaterThan(60_000);
  now += 40_000;
  expect(latency.p99Ms()).toBeUndefined();
});
