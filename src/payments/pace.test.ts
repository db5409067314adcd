import { expect, test } from "bun:test";
import { Pace } from "./pace.ts";

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
