import { describe, expect, test } from "bun:test";
import {
  hasLine,
  type HealthMeasures,
  type HealthPointName,
  healthOf,
  worstLevel,
} from "./health.ts";

const calm: HealthMeasures = {
  waiting: 10,
  admittedPerSec: 400,
  hasLine: true,
  setPerSec: 2_000,
  holds: 10,
  holdsNearDeadline: 0,
  pool: { inUse: 0, max: 100 },
  memory: { usedBytes: 0, limitBytes: 100 },
};
const levelOf = (name: HealthPointName, change: Partial<HealthMeasures>) =>
  healthOf({ ...calm, ...change }).find((point) => point.name === name)?.level;

describe("each threshold", () => {
  test("queue size: below 100,000 fine, to 500,000 warn, above danger", () => {
    const level = (waiting: number) => levelOf("queue-size", { waiting });
    expect([99_999, 100_000, 500_000, 500_001].map(level)).toEqual([
      "fine",
      "warn",
      "warn",
      "danger",
    ]);
  });
  test("admission rate: above 300 fine, 100 to 300 warn, below danger", () => {
    const level = (admittedPerSec: number) => levelOf("admission-rate", { admittedPerSec });
    expect([300.1, 300, 100, 99.9, 0].map(level)).toEqual([
      "fine",
      "warn",
      "warn",
      "danger",
      "danger",
    ]);
  });
  test("holds near their deadline: below 50 % fine, to 80 % warn, above danger", () => {
    const level = (near: number) =>
      levelOf("holds-near-deadline", { holds: 1_000, holdsNearDeadline: near });
    expect([499, 500, 800, 801].map(level)).toEqual(["fine", "warn", "warn", "danger"]);
  });
  test("database pool: below 70 % fine, to 90 % warn, above danger", () => {
    const level = (inUse: number) => levelOf("database-pool", { pool: { inUse, max: 100 } });
    expect([69, 70, 90, 91].map(level)).toEqual(["fine", "warn", "warn", "danger"]);
  });
  test("hot-store memory: below 60 % fine, to 80 % warn, above danger", () => {
    const level = (usedBytes: number) =>
      levelOf("hot-store-memory", { memory: { usedBytes, limitBytes: 1_000 } });
    expect([599, 600, 800, 801].map(level)).toEqual(["fine", "warn", "warn", "danger"]);
  });
});

describe("the admission rate is judged only while there is something to judge", () => {
  const slow = { admittedPerSec: 0 };
  test("nothing open, or paused", () =>
    expect(levelOf("admission-rate", { ...slow, hasLine: false })).toBe("idle"));
  test("nobody waits", () => {
    const line = { joined: 10, waiting: 0, returned: 0 };
    expect(hasLine({ phase: "open", paused: false, line, serving: 6, admittedPerSec: 0 })).toBe(
      false,
    );
  });
  test("open and people wait", () => expect(levelOf("admission-rate", slow)).toBe("danger"));
});

describe("no sale is judged by more than was set for it", () => {
  const at = (setPerSec: number, admittedPerSec: number) =>
    levelOf("admission-rate", { setPerSec, admittedPerSec });
  test("from 500 a second on as promised", () => {
    expect([300.1, 300, 99.9].map((rate) => at(500, rate))).toEqual(["fine", "warn", "danger"]);
  });
  test("below: three fifths and one fifth of it, and the point says where they lie", () => {
    expect([50, 30.1, 30, 10, 9.9].map((rate) => at(50, rate))).toEqual([
      "fine",
      "fine",
      "warn",
      "warn",
      "danger",
    ]);
    for (const isJudged of [true, false]) {
      const points = healthOf({ ...calm, hasLine: isJudged, setPerSec: 50 });
      const { warnAt, dangerAt } = points.find(({ name }) => name === "admission-rate") ?? {};
      expect([warnAt, dangerAt]).toEqual([30, 10]);
    }
  });
  test("nobody admitted is danger, however slow it was set", () => expect(at(1, 0)).toBe("danger"));
});

describe("a line stands before a sale", () => {
  const line = { joined: 10, waiting: 4, returned: 0 };
  const sale = { phase: "open", paused: false, line, serving: 6, admittedPerSec: 0 } as const;
  test("while some have not been called", () => expect(hasLine(sale)).toBe(true));
  test("who comes back after being called while absent", () =>
    expect(hasLine({ ...sale, serving: 10, line: { ...line, returned: 1 } })).toBe(true));
  test("whoever waits, where nobody knows how far the calling is", () =>
    expect(hasLine({ ...sale, serving: undefined })).toBe(true));
  test("nobody while all who wait were called and are absent", () =>
    expect(hasLine({ ...sale, serving: 10 })).toBe(false));
  test("not while whoever comes goes in within two seconds; the same few, not admitted, are one", () => {
    const at = (admittedPerSec: number | undefined) => hasLine({ ...sale, admittedPerSec });
    expect([5, 2, 1.9, 0, undefined].map(at)).toEqual([false, false, true, true, true]);
  });
  test("nobody while paused, before the opening, and where nobody waits", () => {
    expect(hasLine({ ...sale, paused: true })).toBe(false);
    expect(hasLine({ ...sale, phase: "pre-queue" })).toBe(false);
    expect(hasLine({ ...sale, line: { ...line, waiting: 0 } })).toBe(false);
  });
});

test("what nobody measured is unknown, never fine", () => {
  const nothing: HealthMeasures = {
    waiting: undefined,
    admittedPerSec: undefined,
    hasLine: true,
    setPerSec: undefined,
    holds: undefined,
    holdsNearDeadline: undefined,
    pool: undefined,
    memory: undefined,
  };
  expect(healthOf(nothing).map(({ level }) => level)).toEqual(Array(5).fill("unknown"));
});

test("no holds at all are fine", () =>
  expect(levelOf("holds-near-deadline", { holds: 0, holdsNearDeadline: 0 })).toBe("fine"));

test("the worst counts; idle and unknown do not", () => {
  expect(worstLevel([{ level: "fine" }, { level: "danger" }, { level: "warn" }])).toBe("danger");
  expect(worstLevel([{ level: "warn" }, { level: "idle" }])).toBe("warn");
  expect(worstLevel([{ level: "unknown" }, { level: "idle" }])).toBe("fine");
});
