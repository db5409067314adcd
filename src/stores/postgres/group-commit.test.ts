import { describe, expect, test } from "bun:test";
import { isFault } from "../../foundation/fault.ts";
import { groupCommit } from "./group-commit.ts";

type Ask = { key: string; value: number };
const keysOf = ({ key }: Ask) => [key];

describe("group commit", () => {
  test("those who ask together share a batch, and each gets the own reply", async () => {
    const sizes: number[] = [];
    const ask = groupCommit<Ask, number>({
      name: "test",
      keysOf,
      async commit(batch) {
        sizes.push(batch.length);
        return batch.map(({ value }) => value * 2);
      },
    });
    const values = Array.from({ length: 50 }, (_, value) => value);
    const replies = await Promise.all(values.map((value) => ask({ key: `k${value}`, value })));
    expect(replies).toEqual(values.map((value) => value * 2));
    expect(sizes).toEqual([50]);
  });

  test("asks that share a key go one after the other, in order", async () => {
    const batches: number[][] = [];
    const ask = groupCommit<Ask, number>({
      name: "test",
      keysOf,
      maxAtOnce: 1,
      async commit(batch) {
        batches.push(batch.map(({ value }) => value));
        return batch.map(() => 0);
      },
    });
    await Promise.all(
      [1, 2, 3].flatMap((value) => [
        ask({ key: "a", value }),
        ask({ key: `b${value}`, value: value * 10 }),
      ]),
    );
    expect(batches).toEqual([[1, 10, 20, 30], [2], [3]]);
  });

  test("a second batch sets out beside the first only for a crowd", async () => {
    const sizes: number[] = [];
    const gates: (() => void)[] = [];
    const ask = groupCommit<Ask, number>({
      name: "test",
      keysOf,
      maxBatch: 30,
      async commit(batch) {
        sizes.push(batch.length);
        await new Promise<void>((resolve) => gates.push(resolve));
        return batch.map(() => 0);
      },
    });
    const askMany = (count: number, from: number) =>
      Array.from({ length: count }, (_, at) => ask({ key: `${from + at}`, value: 0 }));
    const begun = async (count: number) => {
      while (sizes.length < count) await Bun.sleep(1);
    };
    const asked = askMany(1, 0);
    await begun(1);
    asked.push(...askMany(10, 10));
    await Bun.sleep(5);
    expect(sizes).toEqual([1]);
    asked.push(...askMany(20, 30));
    await begun(2);
    expect(sizes).toEqual([1, 30]);
    asked.push(...askMany(3, 60));
    for (const open of gates) open();
    await begun(3);
    gates[2]?.();
    await Promise.all(asked);
    expect(sizes).toEqual([1, 30, 3]);
  });

  /** How large the batches were, and how long each waited after the one before. */
  const paced = (paceMs: number) => {
    const sizes: number[] = [];
    const waited: number[] = [];
    let begunAt = performance.now();
    const ask = groupCommit<Ask, number>({
      name: "test",
      keysOf,
      paceMs,
      async commit(batch) {
        sizes.push(batch.length);
        waited.push(performance.now() - begunAt);
        begunAt = performance.now();
        return batch.map(() => 0);
      },
    });
    const askMany = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, at) => ask({ key: `${at}`, value: 0 })));
    return { askMany, sizes, waited };
  };

  test("where commits are paced, a few wait for more", async () => {
    const { askMany, sizes, waited } = paced(100);
    await askMany(2);
    await askMany(3);
    expect(sizes).toEqual([2, 3]);
    expect(waited[1]).toBeGreaterThanOrEqual(99);
  });

  test("but not who comes after somebody alone, and not a crowd", async () => {
    const { askMany, sizes } = paced(3_600_000);
    await askMany(1);
    await askMany(2);
    await askMany(30);
    expect(sizes).toEqual([1, 2, 30]);
  });

  test("one bad ask fails alone", async () => {
    const ask = groupCommit<Ask, number>({
      name: "test",
      keysOf,
      async commit(batch) {
        if (batch.some(({ value }) => value === 3)) throw new Error("three");
        return batch.map(({ value }) => value);
      },
    });
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((v) => ask({ key: `${v}`, value: v })),
    );
    expect(results.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
  });

  test("refuses when too many wait, and goes on afterwards", async () => {
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const ask = groupCommit<Ask, number>({
      name: "test",
      keysOf,
      maxWaiting: 5,
      maxAtOnce: 1,
      async commit(batch) {
        await gate;
        return batch.map(({ value }) => value);
      },
    });
    const asked = Array.from({ length: 5 }, (_, value) => ask({ key: `${value}`, value }));
    const refused = await ask({ key: "x", value: 9 }).catch((error: unknown) => error);
    expect(isFault(refused, "test-busy") && refused.retryable).toBe(true);
    open();
    expect(await Promise.all(asked)).toEqual([0, 1, 2, 3, 4]);
    expect(await ask({ key: "y", value: 7 })).toBe(7);
  });
});
