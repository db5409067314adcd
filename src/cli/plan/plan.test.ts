import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benches } from "../../../bench/benches.ts";
import { type Measured, planOf, sources, usualAssumptions } from "./capacity.ts";
import { run } from "./command.ts";
import { readMeasured } from "./measured.ts";
import { reportLines } from "./report.ts";

const ask = { fans: 1_200_000, seats: 15_000, minutes: 5 };
const figures: Record<string, number> = {
  "p4.joins": 10_000,
  "p3.serverBytes": 8_192,
  "redis-line.joins": 200_000,
  "redis-line.bytes": 128,
  "p5.refused": 50_000,
  "p6.granted": 100,
};
const from =
  (known: Record<string, number>): Measured =>
  ({ id, figure }) => {
    const value = known[`${id}.${figure}`];
    return value === undefined
      ? undefined
      : { value, file: `${id}.json`, at: "2026-11-24", machine: "2 cores, 24 GiB" };
  };
const plan = (known = figures) => planOf(ask, usualAssumptions, from(known));
const resultOf = (name: string, known = figures) =>
  plan(known).rows.find((row) => row.name === name)?.result;

describe("the plan", () => {
  test("counts processes by the part of a capacity that may be used", () => {
    // 1,200,000 in a minute are 20,000/s; one process does 10,000, of which 60 %.
    expect(resultOf("joins")).toBe(4);
    expect(resultOf("joins", { ...figures, "p4.joins": 5_000 })).toBe(7);
  });

  test("counts gateways by what needs most of them", () => {
    // 1,200,000 × 8 KiB = 9,375 MiB, 1,024 a pod.
    expect(plan().processes.gateway).toEqual({ count: 10, because: "streams" });
  });

  test("gives no gateway more streams than one holds", () => {
    expect(resultOf("streams", { ...figures, "p3.serverBytes": 1_024 })).toBe(8);
  });

  test("tells what all processes share as a part of its ceiling, the fullest first", () => {
    expect(resultOf("line")).toBeCloseTo(0.1);
    // 15,000 seats in 300 s, two an order: 25 a second.
    expect(plan().firstLimit).toMatchObject({ name: "claims", need: 25, result: 0.25 });
    const slower = { ...figures, "redis-line.joins": 20_000 };
    expect(plan(slower).firstLimit?.name).toBe("line");
  });

  test("multiplies the memory of a place", () => {
    expect(plan().redisBytes).toBe(1_200_000 * 128);
  });

  test("names what was not measured, and makes nothing up for it", () => {
    expect(plan().missing.map(({ name }) => name)).toEqual([
      "status",
      "holds",
      "orders",
      "traffic",
    ]);
    const nothing = plan({});
    expect(nothing.processes).toEqual({});
    expect(nothing.firstLimit).toBeUndefined();
    expect(nothing.rows.every(({ result }) => result === undefined)).toBe(true);
  });
});

test("asks the benchmarks for figures that they take", () => {
  const asked = Object.values(sources).flatMap(({ id, figure }) => {
    const bench = benches.find((each) => each.id === id);
    return bench === undefined ? [] : [{ id, figure, isTaken: figure in bench.figures }];
  });
  expect(asked.length).toBeGreaterThanOrEqual(3);
  expect(asked.filter(({ isTaken }) => !isTaken)).toEqual([]);
});

test("the report shows each figure's source and what is missing, in both languages", () => {
  const english = reportLines(plan(), "en").join("\n");
  expect(english).toContain("p4.json, 2026-11-24, 2 cores, 24 GiB");
  expect(english).toContain("p7.json: orders");
  expect(english).toContain("worker: unknown");
  expect(english).toContain("--use-percent 60");
  const korean = reportLines(plan(), "ko").join("\n");
  expect(korean).toContain("완전하지 않습니다");
  expect(korean).not.toContain("incomplete");
});

test("figures come from the files of the benchmarks; half a file is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-plan-"));
  try {
    const machine = { cores: 2, memoryGiB: 24 };
    const write = (id: string, rest: object) =>
      writeFileSync(
        join(folder, `${id}.json`),
        JSON.stringify({ id, at: "2026-11-24T04:00:00Z", machine, ...rest }),
      );
    write("p5", { medians: { refused: 47_817 } });
    write("p3", { serverBytes: 6_000 });
    const measured = readMeasured(folder);
    expect(measured(sources.refusals)).toMatchObject({ value: 47_817, file: "p5.json" });
    expect(measured(sources.streams)?.value).toBe(6_000);
    expect(measured(sources.orders)).toBeUndefined();
    writeFileSync(join(folder, "p7.json"), "{");
    expect(() => measured(sources.orders)).toThrow("is no result of a benchmark");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.each([
  [["--fans", "many", "--seats", "3"], "--fans takes a whole number"],
  [["--fans", "3"], "--fans and --seats are needed"],
  [["--fans", "3", "--seats", "3", "--lang", "de"], "--lang is en or ko"],
  [["--fans", "3", "--seats", "3", "--results", "/nowhere/x"], "there is no such folder"],
])("%p is refused in words", async (args, says) => {
  await expect(run(args)).rejects.toThrow(says);
});
