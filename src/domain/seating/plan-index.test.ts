import { describe, expect, test } from "bun:test";
import { isInside } from "./geometry/outline.ts";
import { canonicalJson, planHash } from "./plan-hash.ts";
import { indexPlan, isStanding, numbersOf, seatName, seatWords } from "./plan-index.ts";
import { planOverview, sectionSeats } from "./plan-view.ts";
import { countPlaces, type Point, type Section, type VenuePlan } from "./venue-plan.ts";

const plan: VenuePlan = {
  format: "usher-plan/1",
  name: { ko: "작은 극장", en: "Small theatre" },
  canvas: { width: 100, height: 100 },
  focalPoint: { x: 50, y: 0 },
  categories: [
    { key: "r", name: { ko: "R석", en: "R" }, color: "#112233" },
    { key: "s", name: { ko: "S석", en: "S" }, color: "#445566" },
  ],
  sections: [
    {
      key: "a",
      name: { ko: "가구역", en: "Section A" },
      category: "r",
      rows: [
        {
          key: "1",
          label: "1",
          seats: [
            { label: "1", x: 10, y: 10 },
            { label: "2", x: 20, y: 10 },
            { label: "3", x: 40, y: 10, apart: true, accessible: true },
          ],
        },
        { key: "2", label: "2", seats: [{ label: "1", x: 10, y: 20, category: "s" }] },
      ],
    },
    {
      key: "b",
      name: { ko: "나구역", en: "Section B" },
      category: "s",
      rows: [{ key: "1", label: "1", seats: [{ label: "7", x: 50, y: 50, obstructed: true }] }],
    },
  ],
  standingAreas: [
    {
      key: "floor",
      name: { ko: "스탠딩", en: "Standing" },
      category: "r",
      capacity: 3,
      outline: [
        [40, 0],
        [60, 0],
        [60, 10],
        [40, 10],
      ],
    },
  ],
};
const index = indexPlan(plan);

describe("numbers", () => {
  test("are dense in plan order, standing places after the seats", () => {
    expect(index.total).toBe(8);
    expect(countPlaces(plan)).toBe(8);
    expect([...index.section]).toEqual([0, 0, 0, 0, 1, 2, 2, 2]);
    expect([...index.row]).toEqual([0, 0, 0, 1, 2, -1, -1, -1]);
    expect(numbersOf(index, 1)).toEqual({ start: 4, end: 5 });
    expect(numbersOf(index, 2)).toEqual({ start: 5, end: 8 });
    expect([4, 5].map((n) => isStanding(index, n))).toEqual([false, true]);
  });

  test("neighbours stop at an aisle, a row end and in a standing area", () => {
    expect([...index.left]).toEqual([-1, 0, -1, -1, -1, -1, -1, -1]);
    expect([...index.right]).toEqual([1, -1, -1, -1, -1, -1, -1, -1]);
  });

  test("a seat inherits its section's category unless it names one", () => {
    expect([...index.category]).toEqual([0, 0, 0, 1, 1, 0, 0, 0]);
  });

  test("names are what the ticket says", () => {
    expect(seatWords(seatName(index, 3), "ko")).toBe("가구역 2열 1번");
    expect(seatWords(seatName(index, 4), "en")).toBe("Section B, row 1, seat 7");
    expect(seatWords(seatName(index, 6), "ko")).toBe("스탠딩 2번");
    expect(seatWords(seatName(index, 6), "en")).toBe("Standing, no. 2");
    expect(() => seatName(index, 8)).toThrow("no place 8");
  });
});

describe("hash", () => {
  test("does not depend on the order of keys, but on every value", () => {
    const reordered = Object.fromEntries(Object.entries(plan).reverse()) as VenuePlan;
    expect(planHash(reordered)).toBe(planHash(plan));
    expect(planHash(plan)).toMatch(/^[0-9a-f]{64}$/);
    expect(planHash({ ...plan, canvas: { width: 101, height: 100 } })).not.toBe(planHash(plan));
    expect(canonicalJson({ b: [1, { d: 1, c: 2 }], a: undefined })).toBe('{"b":[1,{"c":2,"d":1}]}');
  });
});

describe("views", () => {
  test("the overview lists sections and standing areas by their number", () => {
    const overview = planOverview(index);
    expect(overview.sections.map((s) => [s.key, s.kind, s.first, s.count, s.categories])).toEqual([
      ["a", "seated", 0, 4, [0, 1]],
      ["b", "seated", 4, 1, [1]],
      ["floor", "standing", 5, 3, [0]],
    ]);
  });

  test("a section that nobody has outlined is outlined by its seats, not by a box over its neighbours", () => {
    // Two stands behind each other, turned by 45 degrees: their boxes overlap, they do not.
    const stand = (key: string, behind: number): Section => ({
      key,
      name: { ko: key, en: key },
      category: "r",
      rows: Array.from({ length: 4 }, (_, row) => ({
        key: `${row}`,
        label: `${row}`,
        seats: Array.from({ length: 6 }, (__, nth) => ({
          label: `${nth}`,
          x: 100 + 10 * nth - 10 * (behind + row),
          y: 100 + 10 * nth + 10 * (behind + row),
        })),
      })),
    });
    const turned = indexPlan({ ...plan, sections: [stand("one", 0), stand("two", 5)] });
    const [one, two] = planOverview(turned).sections.map(({ outline }) =>
      Array.from({ length: outline.length / 2 }, (_, nth): Point => {
        return [outline[2 * nth] ?? 0, outline[2 * nth + 1] ?? 0];
      }),
    );
    for (let n = 0; n < turned.seatCount; n++) {
      const at: Point = [turned.x[n] ?? 0, turned.y[n] ?? 0];
      const inOne = turned.section[n] === 0;
      expect([isInside(at, one ?? []), isInside(at, two ?? [])]).toEqual([inOne, !inOne]);
    }
  });

  test("a section's seats are differences in tenths", () => {
    const seats = sectionSeats(index, 0);
    expect(seats.xy).toEqual([100, 100, 100, 0, 200, 0, -300, 100]);
    expect(seats.apart).toEqual([0, 2, 3]);
    expect(seats.category).toEqual([0, 0, 0, 1]);
    expect(seats.flags).toEqual([2, 1]);
    expect(seats.labels).toEqual(["1", "2", "3", "1"]);
    expect(sectionSeats(index, 1).category).toEqual([1]);
    expect(sectionSeats(index, 2)).toMatchObject({ first: 5, xy: [], labels: [] });
  });
});
