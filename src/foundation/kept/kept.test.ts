import { beforeEach, expect, test } from "bun:test";
import { type Kept, openKept } from "./kept.ts";

let at: number;
let reads: { key: string; answer: (value: string) => void; fail: (error: Error) => void }[];
let kept: Kept<string, string>;

const settled = () => Bun.sleep(0);
const open = (max = 10) =>
  openKept<string, string>({
    read: (key) =>
      new Promise((answer, fail) => {
        reads.push({ key, answer, fail });
      }),
    freshMs: 2_000,
    atMostMs: 5_000,
    max,
    now: () => at,
  });
const filled = async (value: string) => {
  const asked = kept.get("a");
  reads.at(-1)?.answer(value);
  return await asked;
};

beforeEach(() => {
  at = 1_000;
  reads = [];
  kept = open();
});

test("a thousand askers are one read", async () => {
  const asked = Array.from({ length: 1_000 }, () => kept.get("a"));
  expect(reads.length).toBe(1);
  reads[0]?.answer("one");
  expect(new Set(await Promise.all(asked))).toEqual(new Set(["one"]));
  expect(await kept.get("a")).toBe("one");
  expect(reads.length).toBe(1);
});

test("after its freshness it is handed out while one reads anew", async () => {
  await filled("old");
  at += 2_000;
  expect(await kept.get("a")).toBe("old");
  expect(await kept.get("a")).toBe("old");
  expect(reads.length).toBe(2);
  reads[1]?.answer("new");
  await settled();
  expect(await kept.get("a")).toBe("new");
});

test("five seconds after its reading began nobody gets it, however slow the filler", async () => {
  const asked = kept.get("a");
  at += 3_000; // The read itself took three seconds: what it says may be as old as that.
  reads[0]?.answer("slow");
  expect(await asked).toBe("slow");
  at += 1_999;
  expect(await kept.get("a")).toBe("slow");
  at += 1;
  const waiting = kept.get("a");
  let done = false;
  void waiting.then(() => {
    done = true;
  });
  await settled();
  expect(done).toBe(false);
  expect(reads.length).toBe(2);
  reads[1]?.answer("late");
  expect(await waiting).toBe("late");
});

test("a filler that fails is nobody's trouble for five seconds, and then everybody's", async () => {
  await filled("old");
  at += 3_000;
  expect(await kept.get("a")).toBe("old");
  reads[1]?.fail(new Error("away"));
  await settled();
  expect(await kept.get("a")).toBe("old");
  expect(reads.length).toBe(3);
  reads[2]?.fail(new Error("away"));
  await settled();
  at += 2_000;
  const asked = kept.get("a");
  reads[3]?.fail(new Error("still away"));
  expect(asked).rejects.toThrow("still away");
  await settled();
  expect(await filled("back")).toBe("back");
});

test("a first read that fails is forgotten", async () => {
  const asked = kept.get("a");
  reads[0]?.fail(new Error("away"));
  expect(asked).rejects.toThrow("away");
  await settled();
  expect(await filled("there")).toBe("there");
});

test("it never holds more than its bound", async () => {
  kept = open(2);
  for (const key of ["a", "b", "c"]) {
    const asked = kept.get(key);
    reads.at(-1)?.answer(key);
    await asked;
  }
  expect(await kept.get("c")).toBe("c");
  expect(reads.length).toBe(3);
  void kept.get("a");
  expect(reads.at(-1)?.key).toBe("a");
  expect(reads.length).toBe(4);
});
