import { describe, expect, test } from "bun:test";
import { checkPlan } from "./check-plan.ts";
import { demoArena } from "./demo-arena.ts";
import { isInside } from "./geometry/outline.ts";
import { planHash } from "./plan-hash.ts";
import { indexPlan, seatName, seatWords } from "./plan-index.ts";

const plan = demoArena();
const index = indexPlan(plan);

describe("the demo arena", () => {
  test("has exactly these places", () => {
    expect(checkPlan(plan).kind).toBe("plan");
    expect(index.seatCount).toBe(15_836);
    expect(index.total).toBe(16_436);
    const counts = plan.categories.map((_, c) => index.category.filter((of) => of === c).length);
    expect(counts).toEqual([2_424, 3_410, 4_462, 6_140]);
    expect(plan.sections.length).toBe(54);
  });

  test("is the same plan every time", () => {
    expect(planHash(demoArena())).toBe(planHash(plan));
  });

  test("has outlines that enclose their seats and no seat of another section", () => {
    for (let n = 0; n < index.seatCount; n++) {
      const at = [index.x[n] ?? 0, index.y[n] ?? 0] as const;
      const inside = plan.sections.flatMap((s, i) => (isInside(at, s.outline ?? []) ? [i] : []));
      expect(inside).toEqual([index.section[n] ?? -1]);
      expect(plan.standingAreas.some((area) => isInside(at, area.outline))).toBe(false);
    }
  });

  test("stays on its canvas, no two seats closer than a seat is wide", () => {
    const { width, height } = plan.canvas;
    const taken = new Map<string, number[]>();
    for (let n = 0; n < index.seatCount; n++) {
      const [x, y] = [index.x[n] ?? -1, index.y[n] ?? -1];
      expect(x > 5 && x < width - 5 && y > 5 && y < height - 5).toBe(true);
      const [column, line] = [Math.floor(x / 10), Math.floor(y / 10)];
      for (let c = column - 1; c <= column + 1; c++) {
        for (let l = line - 1; l <= line + 1; l++) {
          for (const other of taken.get(`${c},${l}`) ?? []) {
            const apart = Math.hypot(x - (index.x[other] ?? 0), y - (index.y[other] ?? 0));
            expect(apart).toBeGreaterThan(5.8);
          }
        }
      }
      const cell = `${column},${line}`;
      taken.set(cell, [...(taken.get(cell) ?? []), n]);
    }
  });

  test("names its places as a Korean arena does", () => {
    const section = plan.sections.findIndex((s) => s.key === "101");
    const first = index.sectionStart[section] ?? 0;
    expect(seatWords(seatName(index, first), "ko")).toBe("101구역 1열 1번");
    expect(seatWords(seatName(index, 0), "ko")).toBe("플로어 A구역 1열 1번");
    expect(seatWords(seatName(index, index.total - 1), "ko")).toBe("스탠딩 600번");
    expect(seatWords(seatName(index, first), "en")).toBe("Section 101, row 1, seat 1");
  });

  test("parts seats beside the stairs and keeps places for wheelchairs", () => {
    const parted = plan.sections
      .flatMap((s) => s.rows.flatMap((r) => r.seats))
      .filter((s) => s.apart);
    expect(parted.length).toBe(24 * 4);
    expect(index.flags.filter((bits) => bits & 1).length).toBeGreaterThan(20);
  });
});
