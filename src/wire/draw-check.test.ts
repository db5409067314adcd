import { expect, test } from "bun:test";
import fc from "fast-check";
import { commitmentOf, openDraw } from "../domain/waiting-room/draw.ts";
import { checkDraw, openDrawCheck } from "./draw-check.ts";
import vectors from "./draw-vectors.json";

// The vectors were computed by a third implementation, from docs/draw.md alone.
for (const { seed, commitment, cohort, positions } of vectors) {
  test(`golden vectors: ${cohort} entries`, async () => {
    const bytes = Buffer.from(seed, "hex");
    expect(commitmentOf(bytes)).toBe(commitment);
    const draw = openDraw(bytes, cohort);
    const checker = await openDrawCheck({ seed, commitment, cohort });
    expect(positions.length).toBeGreaterThan(1);
    for (const [index, position] of positions as [number, number][]) {
      expect(draw.positionOf(index)).toBe(position);
      expect(draw.indexAt(position)).toBe(index);
      expect(await checker.check(index)).toEqual({ kind: "holds", position });
    }
  });
}

test("both implementations agree on any draw", async () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const size = fc.oneof(fc.nat(300), fc.nat(2_000_000));
  await fc.assert(
    fc.asyncProperty(bytes, size, fc.nat(2_000_000), async (seedBytes, cohort, index) => {
      const seed = Buffer.from(seedBytes).toString("hex");
      const published = { seed, commitment: commitmentOf(seedBytes), cohort };
      const position = openDraw(seedBytes, cohort).positionOf(index);
      expect(await checkDraw(published, index)).toEqual({ kind: "holds", position });
    }),
    { numRuns: 40 },
  );
});

test("a seed that was not promised, or no draw at all, is said so", async () => {
  const [first] = vectors;
  if (first === undefined) throw new Error("no vectors");
  const promised = { seed: first.seed, commitment: first.commitment, cohort: 5 };
  const swapped = { ...promised, seed: "11".repeat(32) };
  expect(await checkDraw(swapped, 0)).toEqual({ kind: "broken-promise" });
  const halfSeed = { ...promised, seed: first.seed.slice(2) };
  for (const broken of [
    halfSeed,
    { ...promised, seed: "zz".repeat(32) },
    { ...promised, cohort: -1 },
    { ...promised, cohort: 1.5 },
    { ...promised, cohort: 2 ** 32 },
  ]) {
    expect(await checkDraw(broken, 0)).toEqual({ kind: "malformed" });
  }
  expect(await checkDraw(promised, -1)).toEqual({ kind: "malformed" });
});
