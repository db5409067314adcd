// Is this a venue plan? For anything that came from outside: a file, an upload, a request body.
// Keeps: what passes fits the limits, names only categories it has, and labels no two seats of a
// row alike, so indexPlan never meets a surprise. Every problem names its place in the plan
// (`sections[3].rows[2].seats[7].x`).

import { describeKind, type Members, type Problem, Problems } from "./problems.ts";
import { planFormat, planLimits, type VenuePlan } from "./venue-plan.ts";

export type PlanCheck =
  | { readonly kind: "plan"; readonly plan: VenuePlan }
  | { readonly kind: "problems"; readonly problems: readonly Problem[]; readonly more: number };

export function checkPlan(value: unknown): PlanCheck {
  const check = new PlanProblems();
  checkRoot(check, value);
  if (check.count === 0) return { kind: "plan", plan: value as VenuePlan };
  const { problems, count } = check;
  return { kind: "problems", problems, more: count - problems.length };
}

class PlanProblems extends Problems {
  categories: ReadonlySet<string> = new Set();

  wording(path: string, value: unknown): void {
    const wording = this.members(path, value);
    if (!wording) return;
    this.text(`${path}.ko`, wording.ko, planLimits.wordLength);
    this.text(`${path}.en`, wording.en, planLimits.wordLength);
  }

  category(path: string, value: unknown): void {
    const key = this.text(path, value, planLimits.keyLength);
    if (key && !this.categories.has(key)) this.problem(path, `no category has the key "${key}"`);
  }

  outline(path: string, value: unknown): void {
    const points = this.list(path, value, { min: 3, max: planLimits.outlinePoints });
    for (const [i, point] of points.entries()) {
      const pair: readonly unknown[] = Array.isArray(point) ? point : [];
      this.number(`${path}[${i}][0]`, pair[0], onCanvas);
      this.number(`${path}[${i}][1]`, pair[1], onCanvas);
    }
  }
}

const onCanvas = { min: -planLimits.canvas, max: planLimits.canvas };

function checkRoot(check: PlanProblems, value: unknown): void {
  const plan = check.members("", value);
  if (!plan) return;
  if (plan.format !== planFormat) {
    check.problem("format", `must be "${planFormat}", is ${describeKind(plan.format)}`);
  }
  check.wording("name", plan.name);
  const canvas = check.members("canvas", plan.canvas);
  if (canvas) {
    check.number("canvas.width", canvas.width, { min: 1, max: planLimits.canvas });
    check.number("canvas.height", canvas.height, { min: 1, max: planLimits.canvas });
  }
  if (plan.focalPoint !== undefined) {
    const focal = check.members("focalPoint", plan.focalPoint);
    if (focal) {
      check.number("focalPoint.x", focal.x, onCanvas);
      check.number("focalPoint.y", focal.y, onCanvas);
    }
  }
  checkCategories(check, plan.categories);
  if (plan.landmarks !== undefined) checkLandmarks(check, plan.landmarks);
  const places = checkSections(check, plan) + checkStandingAreas(check, plan);
  if (places > planLimits.places) {
    check.problem("", `has ${places} places, at most ${planLimits.places} are allowed`);
  }
  if (places === 0) check.problem("", "has no seat and no standing place");
}

function checkCategories(check: PlanProblems, value: unknown): void {
  const seen = new Map<string, string>();
  const categories = check.list("categories", value, { min: 1, max: planLimits.categories });
  for (const [i, item] of categories.entries()) {
    const path = `categories[${i}]`;
    const category = check.members(path, item);
    if (!category) continue;
    const key = check.text(`${path}.key`, category.key, planLimits.keyLength);
    check.unique(seen, `${path}.key`, key);
    check.wording(`${path}.name`, category.name);
    if (typeof category.color !== "string" || !/^#[0-9a-f]{6}$/i.test(category.color)) {
      check.problem(`${path}.color`, `must be like "#7c3aed", is ${describeKind(category.color)}`);
    }
  }
  check.categories = new Set(seen.keys());
}

function checkLandmarks(check: PlanProblems, value: unknown): void {
  const landmarks = check.list("landmarks", value, { min: 0, max: planLimits.landmarks });
  for (const [i, item] of landmarks.entries()) {
    const path = `landmarks[${i}]`;
    const landmark = check.members(path, item);
    if (!landmark) continue;
    if (!["stage", "floor", "field"].includes(String(landmark.kind))) {
      check.problem(
        `${path}.kind`,
        `must be stage, floor or field, is ${describeKind(landmark.kind)}`,
      );
    }
    if (landmark.name !== undefined) check.wording(`${path}.name`, landmark.name);
    check.outline(`${path}.outline`, landmark.outline);
  }
}

function checkSections(check: PlanProblems, plan: Members): number {
  const seen = new Map<string, string>();
  let places = 0;
  const sections = check.list("sections", plan.sections, { min: 0, max: planLimits.sections });
  for (const [i, item] of sections.entries()) {
    const path = `sections[${i}]`;
    const section = check.members(path, item);
    if (!section) continue;
    check.unique(seen, `${path}.key`, check.text(`${path}.key`, section.key, planLimits.keyLength));
    check.wording(`${path}.name`, section.name);
    check.category(`${path}.category`, section.category);
    if (section.outline !== undefined) check.outline(`${path}.outline`, section.outline);
    if (section.entrance !== undefined) check.wording(`${path}.entrance`, section.entrance);
    places += checkRows(check, `${path}.rows`, section.rows);
  }
  return places;
}

function checkRows(check: PlanProblems, path: string, value: unknown): number {
  const keys = new Map<string, string>();
  const labels = new Map<string, string>();
  let seats = 0;
  const rows = check.list(path, value, { min: 1, max: planLimits.rowsPerSection });
  for (const [i, item] of rows.entries()) {
    const at = `${path}[${i}]`;
    const row = check.members(at, item);
    if (!row) continue;
    check.unique(keys, `${at}.key`, check.text(`${at}.key`, row.key, planLimits.keyLength));
    const label = check.text(`${at}.label`, row.label, planLimits.labelLength);
    check.unique(labels, `${at}.label`, label);
    seats += checkSeats(check, `${at}.seats`, row.seats);
  }
  return seats;
}

function checkSeats(check: PlanProblems, path: string, value: unknown): number {
  const labels = new Map<string, string>();
  const seats = check.list(path, value, { min: 1, max: planLimits.seatsPerRow });
  for (const [i, item] of seats.entries()) {
    const at = `${path}[${i}]`;
    const seat = check.members(at, item);
    if (!seat) continue;
    const label = check.text(`${at}.label`, seat.label, planLimits.labelLength);
    check.unique(labels, `${at}.label`, label);
    check.number(`${at}.x`, seat.x, onCanvas);
    check.number(`${at}.y`, seat.y, onCanvas);
    if (seat.category !== undefined) check.category(`${at}.category`, seat.category);
    for (const flag of ["apart", "accessible", "companion", "obstructed"]) {
      if (seat[flag] !== undefined && seat[flag] !== true) {
        check.problem(`${at}.${flag}`, `must be true or left out, is ${describeKind(seat[flag])}`);
      }
    }
  }
  return seats.length;
}

function checkStandingAreas(check: PlanProblems, plan: Members): number {
  const size = { min: 0, max: planLimits.standingAreas };
  const seen = new Map<string, string>();
  let places = 0;
  for (const [i, item] of check.list("standingAreas", plan.standingAreas, size).entries()) {
    const path = `standingAreas[${i}]`;
    const area = check.members(path, item);
    if (!area) continue;
    check.unique(seen, `${path}.key`, check.text(`${path}.key`, area.key, planLimits.keyLength));
    check.wording(`${path}.name`, area.name);
    check.category(`${path}.category`, area.category);
    check.outline(`${path}.outline`, area.outline);
    if (area.entrance !== undefined) check.wording(`${path}.entrance`, area.entrance);
    const range = { min: 1, max: planLimits.places };
    const capacity = check.number(`${path}.capacity`, area.capacity, range);
    if (!Number.isInteger(capacity)) {
      check.problem(`${path}.capacity`, `must be a whole number, is ${capacity}`);
    }
    places += Math.max(0, Math.floor(capacity));
  }
  return places;
}
