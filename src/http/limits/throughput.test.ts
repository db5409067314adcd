import { expect, test } from "bun:test";
import { openThroughput } from "./throughput.ts";

const enough = 100;

/** Work that is always at hand, finished at this rate. */
function busyAt(perSec: number, seconds: number, at: { ms: number }, underWay = enough) {
  const throughput = openThroughput(enough, 4_000, () => at.ms);
  for (let nth = 0; nth < perSec * seconds; nth++) {
    at.ms += 1_000 / perSec;
    throughput.begun(underWay + 1);
    throughput.finished(underWay);
  }
  return throughput;
}

test("a busy process is believed what it finishes, within two seconds", () => {
  for (const perSec of [200, 1_000, 20_000]) {
    const { perSec: told } = busyAt(perSec, 3, { ms: 0 });
    expect(Math.abs(told - perSec) / perSec).toBeLessThan(0.05);
  }
});

test("having little to do is not being slow", () => {
  const { perSec } = busyAt(10, 10, { ms: 0 }, enough - 1);
  expect(perSec).toBe(openThroughput(enough, 4_000).perSec);
});

test("nothing finished for a second is a stall, and says nothing of what is carried after it", () => {
  const at = { ms: 0 };
  const throughput = busyAt(1_000, 3, at);
  const before = throughput.perSec;
  expect(throughput.isStalled).toBe(false);
  at.ms += 3_000;
  expect(throughput.isStalled).toBe(true);
  throughput.finished(enough);
  expect([throughput.isStalled, throughput.perSec]).toEqual([false, before]);
});

test("a process that had nothing to do has not stalled when it gets something", () => {
  const at = { ms: 0 };
  const throughput = openThroughput(enough, 4_000, () => at.ms);
  at.ms += 60_000;
  throughput.begun(1);
  expect(throughput.isStalled).toBe(false);
});
