import { describe, expect, test } from "bun:test";
import { checkPlan } from "./check-plan.ts";
import { demoArena } from "./demo-arena.ts";
import { planLimits } from "./venue-plan.ts";

type Editable = {
  [key: string]: unknown;
  sections: {
    key: string;
    rows: { label: string; seats: Record<string, unknown>[] }[];
    [key: string]: unknown;
  }[];
  standingAreas: Record<string, unknown>[];
};
const text = JSON.stringify(demoArena());
const fresh = () => JSON.parse(text) as Editable;

function problemsAfter(edit: (plan: Editable) => unknown): string[] {
  const plan = fresh();
  edit(plan);
  const check = checkPlan(plan);
  return check.kind === "plan" ? [] : check.problems.map((p) => `${p.path}: ${p.message}`);
}

const seat = (plan: Editable) => plan.sections[3]?.rows[2]?.seats[7] ?? {};

describe("checkPlan", () => {
  test("lets a plan through that was written and read again", () => {
    expect(checkPlan(fresh()).kind).toBe("plan");
  });

  const at = "sections[3].rows[2].seats[7]";
  const cases: [string, (plan: Editable) => unknown, string][] = [
    ["a missing coordinate", (p) => delete seat(p).x, `${at}.x: must be a number, is missing`],
    ["a text for a number", (p) => (seat(p).y = "9"), `${at}.y: must be a number, is "9"`],
    ["a label used twice", (p) => (seat(p).label = "1"), `already at sections[3].rows[2].seats[0]`],
    ["an unknown category", (p) => (seat(p).category = "q"), `${at}.category: no category has`],
    ["a flag that is false", (p) => (seat(p).apart = false), `${at}.apart: must be true or left`],
    ["a very long label", (p) => (seat(p).label = "9".repeat(17)), `has 17 characters`],
    [
      "two sections of one key",
      (p) => (p.sections[1] = p.sections[0] as never),
      `sections[1].key:`,
    ],
    ["another format", (p) => (p.format = "x"), `format: must be "usher-plan/1", is "x"`],
    ["half a place", (p) => ((p.standingAreas[0] ?? {}).capacity = 1.5), `must be a whole number`],
    [
      "no sections",
      (p) => Object.assign(p.sections[0] ?? {}, { rows: undefined }),
      `sections[0].rows: must be a list, is missing`,
    ],
    [
      "an outline of two points",
      (p) => ((p.sections[0] ?? ({} as never)).outline = []),
      "at least 3",
    ],
  ];
  for (const [name, edit, expected] of cases) {
    test(`names the place of ${name}`, () => {
      expect(problemsAfter(edit).join("\n")).toContain(expected);
    });
  }

  test("refuses what is not a plan at all", () => {
    for (const value of [null, 7, "plan", [], {}]) expect(checkPlan(value).kind).toBe("problems");
    expect(checkPlan(null)).toMatchObject({
      problems: [{ path: "plan", message: "must be an object, is null" }],
    });
  });

  test("lists 20 problems and counts the others", () => {
    const plan = fresh();
    for (const row of plan.sections[0]?.rows ?? []) for (const s of row.seats) s.x = null;
    const check = checkPlan(plan);
    expect(check.kind === "problems" && check.problems.length).toBe(20);
    const seats = plan.sections[0]?.rows.reduce((sum, row) => sum + row.seats.length, 0) ?? 0;
    expect(check.kind === "problems" && check.more).toBe(seats - 20);
  });

  test("bounds sections and places", () => {
    const section = fresh().sections[0];
    const many = Array.from({ length: planLimits.sections + 1 }, () => section);
    expect(problemsAfter((p) => (p.sections = many as never)).join()).toContain("at most 500");
    expect(problemsAfter((p) => ((p.standingAreas[0] ?? {}).capacity = 90_000)).join()).toContain(
      "at most 100000 are allowed",
    );
  });
});
