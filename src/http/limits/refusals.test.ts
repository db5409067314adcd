import { expect, test } from "bun:test";
import { openRefusals } from "./refusals.ts";

const usual = { refuseAfterMs: 30, mostPerSec: 1_000, atLatestMs: 60_000, mostRefusing: 100 };
/** Those of one tick of 25 ms. */
const perTick = 25;

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
async function countOf(told: { count: number }, wanted: number): Promise<number> {
  while (told.count < wanted) await soon();
  return told.count;
}

function ask(times: typeof usual, number: number, now: () => number) {
  const refusals = openRefusals(times, now);
  const told = { count: 0 };
  for (let nth = 0; nth < number; nth++) {
    void Promise.resolve(refusals.refuse("en")).then(() => told.count++);
  }
  return { refusals, told };
}

test("a refusal takes its time, and beyond so many of them no more", async () => {
  const now = () => performance.now();
  const refusals = openRefusals({ ...usual, mostRefusing: 1 }, now);
  const askedAt = now();
  const later = refusals.refuse("en");
  expect(refusals.waiting).toEqual({ size: 1, limit: 1 });
  expect(refusals.refuse("en")).toBeInstanceOf(Response);
  expect((await later).status).toBe(503);
  expect(now() - askedAt).toBeGreaterThanOrEqual(29);
  expect(refusals.waiting.size).toBe(0);
});

test("no more are told at a time than the rate allows, first come first", async () => {
  let nowMs = 0;
  const { refusals, told } = ask(usual, 3 * perTick, () => nowMs);
  nowMs = usual.refuseAfterMs;
  expect(await countOf(told, 1)).toBe(perTick);
  expect(refusals.waiting.size).toBe(2 * perTick);
  expect(await countOf(told, perTick + 1)).toBe(2 * perTick);
  expect(await countOf(told, 2 * perTick + 1)).toBe(3 * perTick);
});

test("nobody waits longer than the longest wait, whatever the rate", async () => {
  let nowMs = 0;
  const { refusals, told } = ask(usual, 3 * perTick, () => nowMs);
  nowMs = usual.atLatestMs;
  expect(await countOf(told, 1)).toBe(3 * perTick);
  expect(refusals.waiting.size).toBe(0);
});
