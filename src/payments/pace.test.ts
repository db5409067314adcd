import { expect, test } from "bun:test";
import { isFault } from "../foundation/fault.ts";
import { Pace } from "./pace.ts";
import { Turnstile } from "./turnstile.ts";

test("no second holds more starts of one endpoint than allowed, and endpoints do not share", async () => {
  const pace = new Pace(5);
  const starts: number[] = [];
  const others: number[] = [];
  await Promise.all([
    ...Array.from({ length: 12 }, () => pace.turn("a").then(() => starts.push(performance.now()))),
    ...Array.from({ length: 5 }, () => pace.turn("b").then(() => others.push(performance.now()))),
  ]);
  for (const [index, at] of starts.entries()) {
    const sixth = starts[index + 5];
    if (sixth !== undefined) expect(sixth - at).toBeGreaterThan(1_000);
  }
  // The other endpoint's five went at once, before this one's sixth.
  expect(Math.max(...others)).toBeLessThan(starts[5] ?? 0);
});

test("held, nobody starts for a while, and everybody after it", async () => {
  const pace = new Pace(100);
  await pace.turn("a");
  const heldAt = performance.now();
  pace.hold("a", 200);
  await Promise.all([pace.turn("a"), pace.turn("a")]);
  expect(performance.now() - heldAt).toBeGreaterThanOrEqual(199);
});

const isLineFull = (error: unknown) => isFault(error, "provider-line-full") && error.retryable;

test("whoever would wait too long is told at once, and the line of another endpoint is its own", async () => {
  const pace = new Pace(10, 500);
  const settled = await Promise.allSettled(Array.from({ length: 40 }, () => pace.turn("a")));
  const refused = settled.flatMap((one) =>
    one.status === "rejected" ? [one.reason as unknown] : [],
  );
  expect(refused.length).toBe(30);
  expect(refused.every(isLineFull)).toBe(true);
  await pace.turn("b");
  // There is room again once those who stood have gone.
  await pace.turn("a");
});

test("as many at once as fit, so many behind them, and nobody else", async () => {
  const turnstile = new Turnstile(2, 3);
  const open = Promise.withResolvers<void>();
  let inside = 0;
  let most = 0;
  const call = async () => {
    most = Math.max(most, ++inside);
    await open.promise;
    inside--;
  };
  const calls = Array.from({ length: 6 }, () => turnstile.pass(call));
  const sixth = await (calls[5] as Promise<void>).catch((error: unknown) => error);
  expect(isLineFull(sixth)).toBe(true);
  open.resolve();
  await Promise.all(calls.slice(0, 5));
  expect(most).toBe(2);
  await turnstile.pass(call);
});
