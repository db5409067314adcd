// A ballpark as a grid per zone (spaces.csv): a cell is a seat, an aisle, a pillar or a group (a
// table or a box with a name). Seats are neighbours only in cells side by side. Zones have no common
// coordinates, so they are laid out like boxes on shelves, in the order of the file.

import { Problems } from "../problems.ts";
import { type Point, planFormat, planLimits, type Row, type Section } from "../venue-plan.ts";
import type { CsvRecord } from "./csv-text.ts";
import {
  accepted,
  type ImportNote,
  type ImportOutcome,
  type PartedBy,
  refused,
} from "./outcome.ts";
import * as tidyUp from "./tidy-up.ts";

const columns = [
  "field",
  "zone",
  "name",
  "spaceType",
  "version",
  "colNumber",
  "rowNumber",
  "positionColNumber",
  "positionRowNumber",
] as const;
type Column = (typeof columns)[number];
const needed: readonly Column[] = [
  "zone",
  "spaceType",
  "colNumber",
  "rowNumber",
  "positionColNumber",
  "positionRowNumber",
];

export function looksLikeBallpark(records: readonly CsvRecord[]): boolean {
  return records[0]?.cells.includes("spaceType") ?? false;
}

const kinds = ["seat", "aisle", "pillar", "group"] as const;
type Cell = {
  readonly line: number;
  readonly kind: (typeof kinds)[number];
  readonly row: string;
  readonly seat: string;
  readonly column: number;
  readonly rank: number;
};
type Zone = { readonly name: string; readonly cells: Cell[] };

/** Grid coordinates beyond this are a typing error that would make a canvas of nothing. */
const largestGrid = 1_000;

export function importBallpark(records: readonly CsvRecord[]): ImportOutcome {
  const problems = new Problems();
  const notes: ImportNote[] = [];
  const { zones, field } = readZones(problems, records);
  if (problems.count > 0) return refused(problems);
  const parted = { aisles: 0, pillars: 0, gaps: 0 };
  const lines: number[] = [];
  const making = { parted, lines, notes };
  const drawn = zones.flatMap((zone, z) => zoneSection(zone, z, making));
  const { sections, canvas } = layOut(drawn);
  notes.push(...tidyUp.stackedSeats(sections, (number) => `line ${lines[number]}`));
  notes.push(
    { level: "note", place: "zones", message: "have no common coordinates: laid out as boxes" },
    { level: "note", place: "seats", message: 'have no categories: all are in "Standard"' },
  );
  const plan = {
    format: planFormat,
    name: { ko: field, en: field },
    canvas,
    categories: [tidyUp.standardCategory],
    sections,
    standingAreas: [],
  } as const;
  return accepted("ballpark-grid", { plan, parted, notes });
}

function readZones(problems: Problems, records: readonly CsvRecord[]) {
  const zones = new Map<string, Zone>();
  const [header, ...rows] = records;
  const at = new Map(columns.map((name) => [name, header?.cells.indexOf(name) ?? -1]));
  for (const name of needed) {
    if (at.get(name) === -1) problems.problem("line 1", `the column "${name}" is missing`);
  }
  const largest = planLimits.places * 3;
  if (rows.length > largest) {
    problems.problem("file", `has ${rows.length} cells, at most ${largest} are allowed`);
  }
  let field = "";
  if (problems.count > 0) return { zones: [], field };
  for (const { line, cells } of rows) {
    if (cells.length !== header?.cells.length) {
      const message = `has ${cells.length} of ${header?.cells.length} cells; is the file cut off?`;
      problems.problem(`line ${line}`, message);
      continue;
    }
    const value = (name: Column) => cells[at.get(name) ?? -1]?.trim() ?? "";
    const place = (name: Column) => `line ${line}, column ${(at.get(name) ?? 0) + 1} (${name})`;
    const name = problems.text(place("zone"), value("zone"), planLimits.wordLength);
    const cell = readCell(problems, line, value, place);
    if (cell === undefined) continue;
    field ||= value("field").slice(0, planLimits.wordLength);
    const zone = zones.get(name) ?? { name, cells: [] };
    zones.set(name, zone);
    zone.cells.push(cell);
  }
  if (rows.length === 0) problems.problem("file", "has a header and no cells");
  return { zones: [...zones.values()], field: field || "Ballpark" };
}

function readCell(
  problems: Problems,
  line: number,
  value: (name: Column) => string,
  place: (name: Column) => string,
): Cell | undefined {
  const kind = kinds.find((known) => known === value("spaceType"));
  if (kind === undefined) {
    const message = `must be one of ${kinds.join(", ")}, is ${JSON.stringify(value("spaceType"))}`;
    problems.problem(place("spaceType"), message);
    return undefined;
  }
  const whole = (name: Column) => {
    const text = value(name);
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= 0 && number <= largestGrid) return number;
    const message = `must be a whole number up to ${largestGrid}, is ${JSON.stringify(text)}`;
    problems.problem(place(name), message);
    return 0;
  };
  const isSeat = kind === "seat";
  const label = (name: Column) =>
    isSeat ? problems.text(place(name), value(name), planLimits.labelLength) : "";
  return {
    line,
    kind,
    row: label("rowNumber"),
    seat: label("colNumber"),
    column: whole("positionColNumber"),
    rank: whole("positionRowNumber"),
  };
}

type Making = {
  readonly parted: { -readonly [Kind in keyof PartedBy]: number };
  /** The source line of each seat in plan order. */
  readonly lines: number[];
  readonly notes: ImportNote[];
};

/** With coordinates in cells of the zone's own grid; layOut moves it to its place. */
function zoneSection(zone: Zone, position: number, making: Making): Section[] {
  const place = `zone "${zone.name}"`;
  const groups = zone.cells.filter((cell) => cell.kind === "group").length;
  if (groups > 0) {
    const message = `${groups} group cells (tables or boxes) are not seats: left out`;
    making.notes.push({ level: "warning", place, message });
  }
  const rows = new Map<string, Cell[]>();
  for (const cell of zone.cells.filter(({ kind }) => kind === "seat")) {
    const key = `${cell.rank}/${cell.row}`;
    rows.set(key, [...(rows.get(key) ?? []), cell]);
  }
  if (rows.size === 0) {
    making.notes.push({ level: "warning", place, message: "has no seat: left out" });
    return [];
  }
  const between = partsOf(zone.cells);
  const ordered = [...rows.values()].sort((a, b) => (a[0]?.rank ?? 0) - (b[0]?.rank ?? 0));
  const labels = tidyUp.uniqueLabels(ordered.map(([first]) => first?.row ?? ""));
  return [
    {
      key: String(position + 1),
      name: { ko: zone.name, en: zone.name },
      category: tidyUp.standardCategory.key,
      rows: ordered.map((cells, r) => rowFrom(cells, labels[r] ?? "", { between, place, making })),
    },
  ];
}

type Part = "aisle" | "pillar" | "group" | "gap";
type Between = (rank: number, from: number, to: number) => Part;

/** What lies in a row between two columns: the aisle before the pillar, the pillar before a gap. */
function partsOf(cells: readonly Cell[]): Between {
  const at = new Map(cells.map((cell) => [`${cell.rank}/${cell.column}`, cell.kind]));
  return (rank, from, to) => {
    const found = new Set<string | undefined>();
    for (let column = from + 1; column < to; column++) found.add(at.get(`${rank}/${column}`));
    if (found.has("aisle")) return "aisle";
    return found.has("pillar") ? "pillar" : "gap";
  };
}

function rowFrom(
  unordered: readonly Cell[],
  label: string,
  context: { between: Between; place: string; making: Making },
): Row {
  const { between, place, making } = context;
  const cells = [...unordered].sort((a, b) => a.column - b.column);
  if (label !== cells[0]?.row) {
    const message = `row "${cells[0]?.row}" occurs at two heights: this one is called "${label}"`;
    making.notes.push({ level: "warning", place: `${place}, line ${cells[0]?.line}`, message });
  }
  const labels = tidyUp.uniqueLabels(cells.map((cell) => cell.seat));
  const seats = cells.map((cell, i) => {
    making.lines.push(cell.line);
    const seat = labels[i] ?? cell.seat;
    if (seat !== cell.seat) {
      const message = `row "${label}" has a seat "${cell.seat}" already: called "${seat}"`;
      making.notes.push({ level: "warning", place: `line ${cell.line}`, message });
    }
    const before = cells[i - 1];
    const apart = before !== undefined && cell.column > before.column + 1;
    if (apart) {
      const part = between(cell.rank, before.column, cell.column);
      if (part === "aisle") making.parted.aisles++;
      else if (part === "pillar") making.parted.pillars++;
      else making.parted.gaps++;
    }
    return {
      label: seat,
      x: cell.column,
      y: cell.rank,
      ...(apart ? { apart: true as const } : {}),
    };
  });
  return { key: label, label, seats };
}

const cellSize = 10;
const margin = 12;
/** Above each box, for its name. */
const heading = 24;

type Box = { section: Section; left: number; top: number; width: number; height: number };

/** Shelves filled from left to right until about a 4:3 sheet is reached. */
function layOut(sections: readonly Section[]) {
  const boxes = sections.map((section): Box => {
    const seats = section.rows.flatMap((row) => row.seats);
    const [xs, ys] = [seats.map((seat) => seat.x), seats.map((seat) => seat.y)];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const width = (Math.max(...xs) - left + 1) * cellSize + 2 * margin;
    const height = (Math.max(...ys) - top + 1) * cellSize + 2 * margin;
    return { section, left, top, width, height };
  });
  const area = boxes.reduce((sum, b) => sum + (b.width + margin) * (b.height + heading), 0);
  const sheet = Math.max(Math.sqrt((area * 4) / 3), ...boxes.map((box) => box.width));
  let [x, y, shelf, right] = [margin, heading, 0, 0];
  const placed = boxes.map((box) => {
    if (x > margin && x + box.width > sheet + margin) {
      [x, y, shelf] = [margin, y + shelf + heading, 0];
    }
    const section = placedAt(box, [x, y]);
    x += box.width + margin;
    right = Math.max(right, x);
    shelf = Math.max(shelf, box.height);
    return section;
  });
  return { sections: placed, canvas: { width: Math.max(1, right), height: y + shelf + margin } };
}

function placedAt({ section, left, top, width, height }: Box, [x, y]: Point): Section {
  return {
    ...section,
    outline: [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ],
    rows: section.rows.map((row) => ({
      ...row,
      seats: row.seats.map((seat) => ({
        ...seat,
        x: x + margin + (seat.x - left + 0.5) * cellSize,
        y: y + margin + (seat.y - top + 0.5) * cellSize,
      })),
    })),
  };
}
