import { describe, expect, test } from "bun:test";
import { demoArena } from "../../../domain/seating/demo-arena.ts";
import { indexPlan, isStanding } from "../../../domain/seating/plan-index.ts";
import { planOverview, sectionSeats } from "../../../domain/seating/plan-view.ts";
import {
  applyChanges,
  applySnapshot,
  availability,
  isFree,
  seatLook,
  setChosen,
  setOwn,
} from "./availability.ts";
import {
  clamp,
  fit,
  fitBesideSwitch,
  limitsFor,
  mix,
  switchCorner,
  toPlan,
  zoomAt,
} from "./camera.ts";
import { contrast, hex, standingOut } from "./drawing/look.ts";
import { addSection, placeOf, seatAt, sectionAt, sectionOf, seatPlan } from "./seat-plan.ts";

const index = indexPlan(demoArena());
const loadedPlan = () => {
  const plan = seatPlan(planOverview(index));
  for (const section of plan.sections) {
    if (section.kind === "seated") addSection(plan, sectionSeats(index, section.number));
  }
  return plan;
};

describe("the plan as the map draws it", () => {
  test("every seat arrives where the venue plan has it, to a tenth of a unit", () => {
    const plan = loadedPlan();
    let farthest = 0;
    for (let n = 0; n < index.seatCount; n++) {
      farthest = Math.max(
        farthest,
        Math.hypot((plan.x[n] ?? 0) - (index.x[n] ?? 0), (plan.y[n] ?? 0) - (index.y[n] ?? 0)),
      );
      expect(plan.category[n]).toBe(index.category[n]);
    }
    expect(farthest).toBeLessThan(0.1);
    expect(index.seatCount).toBeGreaterThan(15_000);
  });

  test("a tap on any seat finds that seat and names it as its row does", () => {
    const plan = loadedPlan();
    for (let n = 0; n < index.seatCount; n += 97) {
      expect(seatAt(plan, { x: plan.x[n] ?? 0, y: plan.y[n] ?? 0 }, 3)).toBe(n);
      const place = placeOf(plan, n);
      expect(place?.section.number).toBe(index.section[n]);
      const row = index.plan.sections[index.section[n] ?? 0]?.rows.find(
        (candidate) => candidate.label === place?.row.label,
      );
      expect(row?.seats[n - (place?.row.first ?? 0)]?.label).toBe(place?.label ?? "missing");
    }
  });

  test("nothing can be hit or drawn before its section has arrived", () => {
    const plan = seatPlan(planOverview(index));
    expect(seatAt(plan, { x: index.x[0] ?? 0, y: index.y[0] ?? 0 }, 50)).toBeUndefined();
    expect(plan.radius.every((radius) => radius === 0)).toBe(true);
    expect(placeOf(plan, 0)).toBeUndefined();
    expect(sectionOf(plan, index.total - 1)?.kind).toBe("standing");
    expect(isStanding(index, index.total - 1)).toBe(true);
  });

  test("the middle of every section lies in it", () => {
    const plan = seatPlan(planOverview(index));
    for (const section of plan.sections) {
      expect(sectionAt(plan, section.middle)?.key).toBe(section.key);
    }
  });
});

describe("availability", () => {
  const bits = new Uint8Array(Math.ceil(index.total / 4));
  const fresh = () => {
    const seats = availability(loadedPlan());
    applySnapshot(seats, { version: 7, seatCount: index.total, bits });
    return seats;
  };

  test("counts of sections and categories follow snapshot and changes", () => {
    const seats = fresh();
    expect(seats.freeBySection.reduce((a, b) => a + b)).toBe(index.total);
    expect(
      applyChanges(seats, {
        version: 10,
        changes: [
          [0, 2],
          [1, 1],
          [index.seatCount, 1],
        ],
      }),
    ).toEqual({ kind: "applied", lost: [] });
    expect(seats.freeBySection.reduce((a, b) => a + b)).toBe(index.total - 3);
    expect(seats.freeByCategory.reduce((a, b) => a + b)).toBe(index.total - 3);
    applyChanges(seats, { version: 11, changes: [[1, 0]] });
    expect(seats.freeByCategory.reduce((a, b) => a + b)).toBe(index.total - 2);
    expect(isFree(seats, 1)).toBe(true);
  });

  test("a missing version is a gap and changes nothing; a known one is ignored", () => {
    const seats = fresh();
    expect(applyChanges(seats, { version: 9, changes: [[0, 2]] }).kind).toBe("gap");
    expect(seats.states[0]).toBe(0);
    expect(applyChanges(seats, { version: 7, changes: [[0, 2]] }).kind).toBe("known");
    expect(seats.states[0]).toBe(0);
    // 7 → 9 with one change known already: only the later one is new.
    applyChanges(seats, { version: 8, changes: [[0, 1]] });
    const late: [number, number][] = [
      [0, 0],
      [3, 2],
    ];
    expect(applyChanges(seats, { version: 9, changes: late }).kind).toBe("applied");
    expect([seats.states[0], seats.states[3]]).toEqual([1, 2]);
  });

  test("a snapshot of another plan is refused", () => {
    const seats = availability(loadedPlan());
    expect(applySnapshot(seats, { version: 1, seatCount: 12, bits })).toBe(false);
    expect(seats.version).toBe(-1);
  });

  test("a chosen seat that another takes is told as lost; an own one never is", () => {
    const seats = fresh();
    setChosen(seats, new Set([4, 5]));
    setOwn(seats, new Set([6]));
    expect([4, 5, 6].map((n) => seats.looks[n])).toEqual([
      seatLook.chosen,
      seatLook.chosen,
      seatLook.own,
    ]);
    const reply = applyChanges(seats, {
      version: 9,
      changes: [
        [5, 1],
        [6, 1],
      ],
    });
    expect(reply).toEqual({ kind: "applied", lost: [5] });
    setChosen(seats, new Set([4]));
    expect([4, 5, 6].map((n) => seats.looks[n])).toEqual([seatLook.chosen, 1, seatLook.own]);
  });
});

describe("camera", () => {
  const plan = seatPlan(planOverview(index));
  const view = { width: 390, height: 520 };
  const limits = limitsFor(plan.world, view, plan.pitch);

  test("zooming keeps the point under the finger", () => {
    const camera = { x: 720, y: 700, scale: 2 };
    const pixel = { x: 250, y: 300 };
    const before = toPlan(camera, view, pixel);
    const after = toPlan(zoomAt(camera, pixel, 1.7, { view, limits }), view, pixel);
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
  });

  test("the plan cannot be lost: at any scale some of it stays on the screen", () => {
    for (const scale of [0, limits.minScale, 1, 1e6]) {
      const camera = clamp({ x: 1e9, y: -1e9, scale }, view, limits);
      expect(camera.scale).toBeGreaterThanOrEqual(limits.minScale);
      expect(camera.scale).toBeLessThanOrEqual(limits.maxScale);
      expect(camera.x).toBeLessThanOrEqual(plan.world.x1);
      expect(camera.y).toBeGreaterThanOrEqual(plan.world.y0);
    }
  });

  test("the switch to the list lies over no section; where none is there, nothing moves", () => {
    const desk = { width: 888, height: 737 };
    const world = { x0: 0, y0: 0, x1: 800, y1: 700 };
    const frame = { view: desk, limits: limitsFor(world, desk, 4) };
    const everywhere = ({ x, y }: { x: number; y: number }) => x >= 0 && y >= 0;
    const camera = fitBesideSwitch(world, frame, everywhere);
    const { y } = toPlan(camera, desk, { x: 0, y: switchCorner.height });
    expect(y).toBeLessThanOrEqual(0);
    const end = toPlan(camera, desk, { x: desk.width, y: desk.height });
    expect([end.x > 800, end.y > 700]).toEqual([true, true]);
    const round = ({ x, y }: { x: number; y: number }) => Math.hypot(x - 400, y - 350) < 400;
    expect(fitBesideSwitch(world, frame, round)).toEqual(fit(world, desk, frame.limits));
  });

  test("a glide starts and ends where it should", () => {
    const [from, to] = [fit(plan.world, view, limits), { x: 700, y: 900, scale: 4 }];
    expect(mix(from, to, 0)).toEqual(from);
    const end = mix(from, to, 1);
    expect(end.x).toBeCloseTo(to.x, 6);
    expect(end.scale).toBeCloseTo(to.scale, 6);
  });
});

test("category colours stand out from the ground, light or dark", () => {
  for (const ground of ["#f4f5f7", "#0e1014"]) {
    for (const category of ["#7c3aed", "#db2777", "#0284c7", "#0d9488", "#ffff00", "#000000"]) {
      expect(contrast(standingOut(hex(category), hex(ground)), hex(ground))).toBeGreaterThanOrEqual(
        3,
      );
    }
  }
});
