import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { seededRandom } from "../../foundation/random.ts";
import { bestAvailable } from "./best-available.ts";
import { demoArena } from "./demo-arena.ts";
import { leavesOrphan, nearestEqual, orphansOf } from "./nearest-equal.ts";
import { indexPlan, numbersOf, type PlanIndex, seatFlag } from "./plan-index.ts";
import type { Row, VenuePlan } from "./venue-plan.ts";

/** Rows as words: "o" a seat, "|" an aisle; one section, focal point above the middle. */
function hall(...rows: string[]): PlanIndex {
  const plan: VenuePlan = {
    format: "usher-plan/1",
    name: { ko: "홀", en: "Hall" },
    canvas: { width: 100, height: 100 },
    focalPoint: { x: 5, y: -5 },
    categories: [{ key: "a", name: { ko: "A", en: "A" }, color: "#000000" }],
    sections: [{ key: "s", name: { ko: "s", en: "s" }, category: "a", rows: rows.map(rowFrom) }],
    standingAreas: [],
  };
  return indexPlan(plan);
}

function rowFrom(word: string, y: number): Row {
  const seats = [...word].flatMap((c, x) =>
    c === "o"
      ? [{ label: `${x}`, x, y, ...(word[x - 1] === "|" ? { apart: true as const } : {}) }]
      : [],
  );
  return { key: `${y}`, label: `${y}`, seats };
}

const free =
  (...taken: number[]) =>
  (seat: number) =>
    !taken.includes(seat);
const arena = indexPlan(demoArena());

describe("best available", () => {
  test("takes the seats nearest to what everybody looks at", () => {
    const index = hall("ooooooooooo", "ooooooooooo");
    expect(bestAvailable(index, { count: 1, isFree: free() })).toMatchObject({ seats: [5] });
    expect(bestAvailable(index, { count: 3, isFree: free() })).toMatchObject({ seats: [4, 5, 6] });
  });

  test("leaves nobody a single seat while it can, and says so when it cannot", () => {
    const index = hall("oooo");
    expect(bestAvailable(index, { count: 3, isFree: free() })).toMatchObject({
      together: "row-leaving-single",
    });
    expect(bestAvailable(hall("oooo", "ooo"), { count: 3, isFree: free() })).toEqual({
      kind: "found",
      seats: [4, 5, 6],
      together: "row",
    });
  });

  test("never crosses an aisle; then splits over two rows, then anywhere in the section", () => {
    const split = bestAvailable(hall("oo|oo", "oo|oo"), { count: 4, isFree: free() });
    expect(split).toMatchObject({ together: "two-rows", seats: [2, 3, 6, 7] });
    const scattered = bestAvailable(hall("o|o|o"), { count: 3, isFree: free() });
    expect(scattered).toEqual({ kind: "found", seats: [0, 1, 2], together: "section" });
    expect(bestAvailable(hall("o|o|o"), { count: 4, isFree: free() })).toEqual({ kind: "none" });
  });

  test("tells concurrent fans different blocks that do not overlap", () => {
    const told = new Set<string>();
    for (let spread = 0; spread < 200; spread++) {
      const outcome = bestAvailable(arena, { count: 2, isFree: () => true, spread });
      told.add(outcome.kind === "found" ? outcome.seats.join() : "none");
    }
    expect(told.size).toBe(200);
    const seats = [...told].flatMap((block) => block.split(","));
    expect(new Set(seats).size).toBe(400);
  });

  test("keeps wheelchair places for who asks for them", () => {
    const kept = seatFlag.accessible | seatFlag.companion;
    const isFree = (n: number) => ((arena.flags[n] ?? 0) & kept) !== 0;
    expect(bestAvailable(arena, { count: 2, isFree })).toEqual({ kind: "none" });
    expect(bestAvailable(arena, { count: 2, isFree, wheelchair: true })).toMatchObject({
      together: "row",
    });
  });

  test("finds any free places of a standing area, and never more than it has", () => {
    const section = arena.plan.sections.length;
    const { start, end } = numbersOf(arena, section);
    const last = bestAvailable(arena, {
      count: 2,
      section,
      isFree: (n) => n >= end - 2,
      spread: 7,
    });
    expect(last).toEqual({ kind: "found", seats: [end - 2, end - 1], together: "standing" });
    const isFree = (n: number) => n === start;
    expect(bestAvailable(arena, { count: 2, section, isFree })).toEqual({ kind: "none" });
  });

  const request = fc.record({
    seed: fc.nat(),
    fill: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 8 }),
    category: fc.option(fc.nat(3), { nil: undefined }),
    spread: fc.option(fc.nat(5000), { nil: undefined }),
  });

  test("names only free seats of the category, as close together as it claims", () => {
    fc.assert(
      fc.property(request, ({ seed, fill, count, category, spread }) => {
        const random = seededRandom(seed);
        const taken = Uint8Array.from({ length: arena.total }, () =>
          random.next() < fill ? 1 : 0,
        );
        const isFree = (n: number) => taken[n] === 0;
        const ask = {
          count,
          isFree,
          ...(category === undefined ? {} : { category }),
          ...(spread === undefined ? {} : { spread }),
        };
        const outcome = bestAvailable(arena, ask);
        expect(bestAvailable(arena, ask)).toEqual(outcome);
        if (outcome.kind === "none") {
          for (let s = 0; s < arena.plan.sections.length; s++) {
            const { start, end } = numbersOf(arena, s);
            let left = 0;
            for (let n = start; n < end; n++) {
              const kept = (arena.flags[n] ?? 0) & 3;
              if (isFree(n) && !kept && (category ?? arena.category[n]) === arena.category[n])
                left++;
            }
            expect(left).toBeLessThan(count);
          }
          return;
        }
        const { seats, together } = outcome;
        expect(new Set(seats).size).toBe(count);
        for (const seat of seats) {
          expect(isFree(seat)).toBe(true);
          if (category !== undefined) expect(arena.category[seat]).toBe(category);
        }
        expect(new Set(seats.map((seat) => arena.section[seat])).size).toBe(1);
        const parted = seats.slice(1).filter((seat, i) => arena.left[seat] !== seats[i]).length;
        if (together.startsWith("row")) expect(parted).toBe(0);
        if (together === "row") expect(leavesOrphan(arena, seats, isFree)).toBe(false);
        if (together === "two-rows") expect(parted).toBe(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe("neighbours of any plan", () => {
  test("are symmetric and stay in their row", () => {
    const words = fc.array(fc.stringMatching(/^[o|]{0,12}o$/), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(words, (rows) => {
        const index = hall(...rows);
        const pairs = rows.join("\n").match(/o(?=o)/g)?.length ?? 0;
        let seen = 0;
        for (let n = 0; n < index.total; n++) {
          const right = index.right[n] ?? -1;
          if (right === -1) continue;
          seen++;
          expect(index.left[right]).toBe(n);
          expect(index.row[right]).toBe(index.row[n] ?? -1);
        }
        expect(seen).toBe(pairs);
      }),
    );
  });
});

describe("help for who picks by hand", () => {
  test("offers the nearest free seat of the same category", () => {
    const index = hall("ooooo", "ooooo");
    expect(nearestEqual(index, 2, free(1, 2))).toBe(3);
    expect(nearestEqual(index, 2, free(0, 1, 2, 3, 4))).toBe(7);
    expect(nearestEqual(index, 2, () => false)).toBeUndefined();
    const lost = arena.total - 1;
    expect(nearestEqual(arena, lost, () => true)).toBeGreaterThanOrEqual(arena.seatCount);
    const offered = nearestEqual(arena, 0, free(0)) ?? -1;
    expect(arena.category[offered]).toBe(arena.category[0] ?? -1);
    expect(arena.section[offered]).toBe(0);
  });

  test("names the seats a choice would leave alone", () => {
    const index = hall("ooooo|o");
    expect(orphansOf(index, [1], free())).toEqual([0]);
    expect(orphansOf(index, [1, 3], free())).toEqual([0, 2, 4]);
    expect(orphansOf(index, [0, 1], free())).toEqual([]);
    expect(orphansOf(index, [4], free())).toEqual([]);
  });
});
