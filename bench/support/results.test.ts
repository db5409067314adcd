import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { benches } from "../benches.ts";
import { type Bench, judge, median, mediansOf } from "./bench.ts";
import { readResults } from "./results.ts";
import { runBench } from "./rounds.ts";
import { page, pageWith } from "./table.ts";

const results = readResults();

test("the page says what the results say", () => {
  const text = readFileSync(page, "utf8");
  expect(results.length).toBeGreaterThan(0);
  expect(text).toBe(pageWith(text, benches, results));
});

test("medians and goals of every result follow from its raw rounds, and from the goals in force", () => {
  for (const result of results) {
    const rounds = result.rounds.map(({ figures }) => figures);
    const bench = benches.find(({ id }) => id === result.id);
    expect(rounds.length).toBeGreaterThanOrEqual(bench?.once ? 1 : 5);
    expect(result.medians).toEqual(mediansOf(rounds));
    expect(bench?.figures).toEqual({ ...result.figures });
    expect([...result.goals]).toEqual((bench?.goals ?? []).map((goal) => judge(goal, rounds)));
  }
});

test("ids are unique, and every goal is about figures that the benchmark takes", () => {
  expect(new Set(benches.map(({ id }) => id)).size).toBe(benches.length);
  for (const { goals, figures } of benches) {
    for (const { of, over = of, atLeast, atMost } of goals) {
      expect(Object.keys(figures)).toContain(of);
      expect(Object.keys(figures)).toContain(over);
      expect((atLeast === undefined) !== (atMost === undefined)).toBe(true);
    }
  }
});

const trial = (own: readonly number[], order: string[] = []): Bench => {
  let round = -1;
  return {
    id: "trial",
    what: "a trial",
    figures: { own: "own", bare: "bare" },
    goals: [{ what: "own ÷ bare", of: "own", over: "bare", atLeast: 0.5 }],
    open: async () => ({
      sides: [
        async () => {
          order.push("own");
          round++;
          return { own: own[round] ?? Number.NaN };
        },
        async () => {
          order.push("bare");
          return { bare: 100 };
        },
      ],
      close: async () => void order.push("closed"),
    }),
  };
};

test("sides take turns, the first round does not count, and a missed goal is missed", async () => {
  const order: string[] = [];
  const bench = trial([999, 40, 60, 30], order);
  const { result } = await runBench(bench, { rounds: 3, tell: () => undefined });
  expect(order.join(" ")).toBe("own bare own bare own bare own bare closed");
  expect(result.medians).toEqual({ own: 40, bare: 100 });
  expect(result.goals[0]).toMatchObject({ value: 0.4, isMet: false });
});

test("a figure that is no number fails the run and closes what was opened", async () => {
  const order: string[] = [];
  const run = runBench(trial([1], order), { rounds: 1, tell: () => undefined });
  await expect(run).rejects.toThrow("own is NaN");
  expect(order.at(-1)).toBe("closed");
});

test("the median of an even number of rounds lies between the middle two", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});

test("a table that is out of date is seen", () => {
  const text = readFileSync(page, "utf8");
  const changed = results.map((result) => ({ ...result, what: `${result.what}, changed` }));
  expect(pageWith(text, benches, changed)).not.toBe(text);
  expect(existsSync(join(import.meta.dir, "..", "results"))).toBe(true);
});
