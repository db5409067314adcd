import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { testOnVenue } from "../../../../test/support/shared-venues.ts";
import { bestAvailable } from "../best-available.ts";
import { demoArena } from "../demo-arena.ts";
import { isInside } from "../geometry/outline.ts";
import { planHash } from "../plan-hash.ts";
import { indexPlan } from "../plan-index.ts";
import { importVenue } from "./detect.ts";
import type { ImportOutcome } from "./outcome.ts";

type Imported = ImportOutcome & { kind: "imported" };

function imported(files: { name: string; text: string }[]): Imported {
  const outcome = importVenue(files);
  if (outcome.kind === "refused") throw new Error(JSON.stringify(outcome.problems));
  return outcome;
}

const refusal = (name: string, text: string) => {
  const outcome = importVenue([{ name, text }]);
  return outcome.kind === "imported"
    ? ["imported"]
    : outcome.problems.map(({ path, message }) => `${path}: ${message}`);
};

const warningsOf = (outcome: Imported) => outcome.notes.filter((n) => n.level === "warning");
const rowsOf = ({ plan }: Imported) => plan.sections.flatMap((section) => section.rows);

const filesIn = (path: string) =>
  readdirSync(path).map((name) => ({ name, text: readFileSync(join(path, name), "utf8") }));

function onVenue(folder: string, name: string, body: (outcome: Imported, path: string) => void) {
  testOnVenue(name, [folder], (path) => body(imported(filesIn(path)), path));
}

describe("the traced stadium", () => {
  onVenue("stadium-16054", "16,054 seats in are 16,054 seats out", (outcome) => {
    const index = indexPlan(outcome.plan);
    expect(outcome.format).toBe("traced-stadium");
    expect(index.total).toBe(16_054);
    expect(outcome.plan.sections.length).toBe(60);
    expect(rowsOf(outcome).length).toBe(1_462);
  });

  onVenue("stadium-16054", "each seat keeps its own place on the drawing", (outcome, path) => {
    const source: Record<string, { x: number; y: number }> = JSON.parse(
      readFileSync(join(path, "allSeats.json"), "utf8"),
    );
    const shapes = (points: { x: number; y: number }[]) => {
      const left = Math.min(...points.map((p) => p.x));
      const top = Math.min(...points.map((p) => p.y));
      return points.map((p) => `${thousandths(p.x - left)},${thousandths(p.y - top)}`).sort();
    };
    const thousandths = (length: number) => Math.round(length * 1000);
    const made = outcome.plan.sections.flatMap((s) => s.rows.flatMap((row) => row.seats));
    const [drawn, traced] = [shapes(made), shapes(Object.values(source))];
    expect(drawn.filter((place, i) => place !== traced[i])).toEqual([]);
  });

  onVenue("stadium-16054", "warns of the ten stacked seats with both ids", (outcome) => {
    const warnings = warningsOf(outcome);
    expect(warnings.length).toBe(10);
    for (const { place } of warnings) {
      expect(place).toMatch(/^allSeats\["\d+"\] and allSeats\["\d+"\]$/);
    }
  });

  onVenue("stadium-16054", "outlines enclose the seats of their section", ({ plan }) => {
    let outside = 0;
    for (const { rows, outline } of plan.sections) {
      for (const { seats } of rows) {
        outside += seats.filter((seat) => !isInside([seat.x, seat.y], outline ?? [])).length;
      }
    }
    expect(outside).toBe(0);
  });

  onVenue("stadium-16054", "best available stays together on it", ({ plan }) => {
    const index = indexPlan(plan);
    const outcome = bestAvailable(index, { count: 4, isFree: () => true });
    expect(outcome).toMatchObject({ kind: "found", together: "row" });
  });
});

describe("the ballpark", () => {
  onVenue("ballpark-taoyuan", "keeps its seats and parts them at pillars", (outcome) => {
    const index = indexPlan(outcome.plan);
    expect(index.total).toBe(10_504);
    expect(outcome.plan.sections.length).toBe(52);
    expect(rowsOf(outcome).length).toBe(801);
    expect(outcome.parted).toEqual({ aisles: 0, pillars: 92, gaps: 0 });
    for (const { rows, outline } of outcome.plan.sections) {
      for (const { seats } of rows) {
        for (const seat of seats) expect(isInside([seat.x, seat.y], outline ?? [])).toBe(true);
      }
    }
  });
});

describe("the pretix hall", () => {
  onVenue("hall-738", "adds up positions and tells blocks of the same labels apart", (outcome) => {
    expect(indexPlan(outcome.plan).total).toBe(738);
    expect(outcome.plan.categories.length).toBe(5);
    expect(outcome.plan.sections.length).toBe(15);
    expect(warningsOf(outcome).map(({ place }) => place)).toContain("zones[0]");
  });
});

const pretix = (change: (plan: Record<string, never>) => void = () => {}) => {
  const seat = (n: number, x: number) => ({
    seat_number: `${n}`,
    seat_guid: `${n}`,
    position: { x, y: 0 },
    category: "Front",
  });
  const plan = {
    name: "Small",
    size: { width: 300, height: 200 },
    categories: [{ name: "Front", color: "#AA0000" }],
    zones: [
      {
        name: "Hall",
        position: { x: 100, y: 50 },
        rows: [
          {
            position: { x: 10, y: 20 },
            row_number: "A",
            seats: [seat(1, 0), seat(2, 10), seat(3, 20), seat(4, 60), seat(4, 70)],
          },
        ],
        areas: [
          {
            shape: "rectangle",
            position: { x: 0, y: 0 },
            rectangle: { width: 80, height: 10 },
            text: { text: "Stage" },
          },
        ],
      },
    ],
  };
  change(plan as never);
  return JSON.stringify(plan);
};

describe("pretix", () => {
  test("positions are zone + row + seat; a gap parts neighbours; a label stays unique", () => {
    const outcome = imported([{ name: "plan.json", text: pretix() }]);
    const seats = rowsOf(outcome)[0]?.seats ?? [];
    const stage = outcome.plan.landmarks?.[0]?.outline[0] ?? [0, 0];
    expect(seats.map((seat) => [seat.x - stage[0], seat.y - stage[1]])).toEqual([
      [10, 20],
      [20, 20],
      [30, 20],
      [70, 20],
      [80, 20],
    ]);
    expect(seats.map((seat) => seat.label)).toEqual(["1", "2", "3", "4", "4-2"]);
    expect(outcome.parted.gaps).toBe(1);
    expect(seats[3]?.apart).toBe(true);
    expect(outcome.plan.focalPoint).toBeDefined();
    expect(warningsOf(outcome)[0]?.place).toBe("zones[0].rows[0].seats[4].seat_number");
  });

  test("names the place of what is missing or wrong", () => {
    const at = "zones[0].rows[0].seats[2]";
    const seatOf = (plan: never) =>
      (plan as { zones: { rows: { seats: Record<string, unknown>[] }[] }[] }).zones[0]?.rows[0]
        ?.seats[2] ?? {};
    const after = (edit: (seat: Record<string, unknown>) => void) =>
      refusal(
        "plan.json",
        pretix((plan) => edit(seatOf(plan as never))),
      );
    expect(after((seat) => delete seat.seat_number)).toEqual([
      `${at}.seat_number: must be a text, is missing`,
    ]);
    expect(after((seat) => Object.assign(seat, { position: { x: "1", y: 0 } }))).toEqual([
      `${at}.position.x: must be a number, is "1"`,
    ]);
    expect(after((seat) => Object.assign(seat, { category: "Gold" }))).toEqual([
      `${at}.category: "Gold" is not among the categories`,
    ]);
  });

  test("half a file: line and column, wherever it was cut", () => {
    const text = JSON.stringify(JSON.parse(pretix()), null, 2);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: text.length - 1 }), (length) => {
        const lines = text.slice(0, length).split("\n");
        expect(refusal("plan.json", text.slice(0, length))[0]).toStartWith(
          `plan.json, line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}: `,
        );
      }),
    );
    expect(refusal("plan.json", '{\n  "zones": [1,,2]\n}')).toEqual([
      "plan.json, line 2, column 15: expected a value",
    ]);
  });
});

const header =
  "field,zone,name,spaceType,version,colNumber,rowNumber,positionColNumber,positionRowNumber";
const grid = (...lines: string[]) => [header, ...lines].join("\n");
const seatLine = (row: number, column: number, at = column) =>
  `F,Z,,seat,1,${column},${row},${at},${row}`;

describe("ballpark grid", () => {
  test("an aisle, a pillar and an empty cell part neighbours", () => {
    const text = grid(
      ...[1, 2, 4, 6, 8].map((at, i) => seatLine(1, i + 1, at)),
      "F,Z,,aisle,1,,,3,1",
      "F,Z,,pillar,1,,,5,1",
      "F,Z,Box,group,1,,,2,2",
    );
    const outcome = imported([{ name: "spaces.csv", text }]);
    expect(outcome.parted).toEqual({ aisles: 1, pillars: 1, gaps: 1 });
    expect([...indexPlan(outcome.plan).left]).toEqual([-1, 0, -1, -1, -1]);
    expect(warningsOf(outcome)[0]?.place).toBe('zone "Z"');
  });

  test("names line and column", () => {
    expect(refusal("a.csv", grid(seatLine(1, 1), "F,Z,,chair,1,2,1,2,1"))).toEqual([
      'line 3, column 4 (spaceType): must be one of seat, aisle, pillar, group, is "chair"',
    ]);
    expect(refusal("a.csv", grid("F,Z,,seat,1,2,1,x,1"))[0]).toStartWith(
      "line 2, column 8 (positionColNumber): must be a whole number",
    );
    expect(refusal("a.csv", grid(seatLine(1, 1), "F,Z,,se"))).toEqual([
      "line 3: has 4 of 9 cells; is the file cut off?",
    ]);
    expect(refusal("a.csv", header.replace("zone,", ""))).toContain(
      'line 1: the column "zone" is missing',
    );
    expect(refusal("a.csv", grid('F,"Z,,seat,1,2,1,1,1'))).toEqual([
      "line 2: a quote is not closed or stands inside a cell",
    ]);
  });

  test("as many seats come out as went in, on any grid", () => {
    const cells = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(20)), {
      minLength: 1,
      maxLength: 80,
      selector: ([row, column]) => `${row}/${column}`,
    });
    fc.assert(
      fc.property(cells, (seats) => {
        const text = grid(...seats.map(([row, column]) => seatLine(row, column)));
        const index = indexPlan(imported([{ name: "a.csv", text }]).plan);
        expect(index.total).toBe(seats.length);
        const there = new Set(seats.map(([row, column]) => `${row}/${column}`));
        const pairs = seats.filter(([row, column]) => there.has(`${row}/${column + 1}`)).length;
        expect(index.right.filter((right) => right !== -1).length).toBe(pairs);
      }),
    );
  });
});

describe("anything", () => {
  test("an usher plan comes back as itself", () => {
    const plan = demoArena();
    const outcome = imported([{ name: "plan.json", text: JSON.stringify(plan) }]);
    expect(planHash(outcome.plan)).toBe(planHash(plan));
  });

  test("a seat whose row no section has is a problem, not a lost seat", () => {
    const seat = { id: "7", rid: "9", sid: "0", x: 1, y: 2 };
    const outcome = importVenue([
      { name: "allSeats.json", text: JSON.stringify({ 7: seat }) },
      { name: "allSections.json", text: JSON.stringify({ 0: { id: "0", rows: [], d: "" } }) },
    ]);
    expect(outcome).toEqual({
      kind: "refused",
      problems: [
        { path: 'allSeats["7"].rid', message: 'no section lists row "9", which has 1 seats' },
      ],
      more: 0,
    });
  });

  test("is answered, never thrown at", () => {
    const junk = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constant(pretix()).map((t) => t.slice(3)),
    );
    fc.assert(
      fc.property(junk, (text) => {
        for (const name of ["plan.json", "allSeats.json", "spaces.csv"]) {
          expect(importVenue([{ name, text }]).kind).toBe("refused");
        }
      }),
    );
    expect(importVenue([]).kind).toBe("refused");
    expect(refusal("deep.json", "[".repeat(100_000))[0]).toContain("line 1, column 100001");
  });
});
