// The pretix seating plan: zones of rows of seats, positions relative to what holds them (absolute =
// zone + row + seat). A zone becomes a section; a zone that uses a row label several times is really
// several blocks of seats and becomes one section for each, or seats could not be told apart.
// Rows have no aisles in this format: a gap much wider than usual parts neighbours.

import { hullAroundSeats, middleOf } from "../geometry/outline.ts";
import { type Members, Problems } from "../problems.ts";
import {
  type Category,
  type Landmark,
  type Outline,
  type Point,
  planFormat,
  planLimits,
  type Row,
  type Seat,
  type Section,
  type VenuePlan,
} from "../venue-plan.ts";
import { accepted, type ImportNote, type ImportOutcome, refused } from "./outcome.ts";
import { add, readPretix, type SourceRow, type SourceZone } from "./pretix-document.ts";
import * as tidyUp from "./tidy-up.ts";

export function looksLikePretix(value: unknown): value is Members {
  return typeof value === "object" && value !== null && "zones" in value;
}

export function importPretix(document: Members): ImportOutcome {
  const problems = new Problems();
  const { name, zones, categories } = readPretix(problems, document);
  if (problems.count > 0) return refused(problems);

  const notes: ImportNote[] = [];
  const pitch = usualPitch(zones);
  floorsApart(zones, pitch, notes);
  const blocks = zones.flatMap((zone) => blocksOf(zone, pitch, notes));
  const places: string[] = [];
  const sections = blocks.map((block) => sectionFrom(block, { categories, pitch, notes, places }));
  notes.push(...tidyUp.stackedSeats(sections, (number) => places[number] ?? ""));
  const landmarks = zones.flatMap((zone) => zone.areas).slice(0, planLimits.landmarks);
  const plan: VenuePlan = {
    format: planFormat,
    name: { ko: name, en: name },
    canvas: { width: 1, height: 1 },
    ...focalPoint(landmarks),
    categories: [...categories.values()],
    landmarks,
    sections,
    standingAreas: [],
  };
  if (!plan.focalPoint) {
    const message = "no area is called stage: the first row of each section counts as its best";
    notes.push({ level: "note", place: "zones[].areas", message });
  }
  const parted = { aisles: 0, pillars: 0, gaps: countGaps(sections) };
  return accepted("pretix", { plan: tidyUp.fitCanvas(plan, 2 * pitch), parted, notes });
}

function focalPoint(landmarks: readonly Landmark[]): Pick<VenuePlan, "focalPoint"> {
  const stage = landmarks.find(({ kind }) => kind === "stage");
  if (!stage) return {};
  const [x, y] = middleOf(stage.outline);
  return { focalPoint: { x, y } };
}

function usualPitch(zones: readonly SourceZone[]): number {
  const rows = zones.flatMap((zone) => zone.rows);
  return tidyUp.median(rows.flatMap((row) => tidyUp.gaps(row.seats.map(({ at }) => at)))) || 1;
}

/** Floors are drawn over each other in some plans: then each is moved below the one before. */
function floorsApart(zones: SourceZone[], pitch: number, notes: ImportNote[]): void {
  const drawn: Point[] = [];
  for (const zone of zones) {
    const seats = zone.rows.flatMap((row) => row.seats);
    const spots = new Set(drawn.map((at) => spotOf(at, pitch)));
    const covered = seats.filter(({ at }) => spots.has(spotOf(at, pitch))).length;
    if (covered * 4 > seats.length) {
      const lowest = Math.max(...drawn.map(([, y]) => y));
      const down = lowest + 4 * pitch - Math.min(...seats.map(({ at }) => at[1]));
      for (const seat of seats) seat.at = add(seat.at, [0, down]);
      zone.areas = zone.areas.map((area) => ({
        ...area,
        outline: area.outline.map((at) => add(at, [0, down])),
      }));
      const message = `"${zone.name}" is drawn over another zone: moved below it`;
      notes.push({ level: "warning", place: `${zone.path}.position`, message });
    }
    for (const { at } of seats) drawn.push(at);
  }
}

const spotOf = ([x, y]: Point, pitch: number): string =>
  `${Math.round(x / pitch)},${Math.round(y / pitch)}`;

type Block = { path: string; key: string; name: string; rows: SourceRow[] };

/** Rows of one block follow each other in the file, have labels of their own and are close by. */
function blocksOf(zone: SourceZone, pitch: number, notes: ImportNote[]): Block[] {
  const rows = zone.rows.filter((row) => row.seats.length > 0);
  const empty = zone.rows.length - rows.length;
  if (empty > 0) {
    const message = `${empty} rows without a seat are left out`;
    notes.push({ level: "warning", place: zone.path, message });
  }
  const key = `${zone.path.match(/\d+/)?.[0] ?? "0"}`;
  const labels = new Set(rows.map(({ label }) => label));
  if (rows.length === 0) return [];
  if (labels.size === rows.length) return [{ path: zone.path, key, name: zone.name, rows }];
  const groups: SourceRow[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const joins =
      group && last && !group.some(({ label }) => label === row.label) && close(last, row, pitch);
    if (joins) group.push(row);
    else groups.push([row]);
  }
  const message = `"${zone.name}" uses row labels several times: split into ${groups.length} sections, "${zone.name} 1" to "${zone.name} ${groups.length}"`;
  notes.push({ level: "warning", place: zone.path, message });
  return groups.map((group, g) => ({
    path: zone.path,
    key: `${key}-${g + 1}`,
    name: `${zone.name} ${g + 1}`,
    rows: group,
  }));
}

/** Rows of one block lie behind each other, so their middles are near; other blocks are beside. */
function close(a: SourceRow, b: SourceRow, pitch: number): boolean {
  const [x, y] = middleOf(a.seats.map(({ at }) => at));
  const [toX, toY] = middleOf(b.seats.map(({ at }) => at));
  return Math.hypot(toX - x, toY - y) < 4 * pitch;
}

type Making = {
  categories: Map<string, Category>;
  pitch: number;
  notes: ImportNote[];
  places: string[];
};

function sectionFrom(block: Block, making: Making): Section {
  const usual = mostFrequent(block.rows.flatMap((row) => row.seats.map((s) => s.category)));
  return {
    key: block.key,
    name: { ko: block.name, en: block.name },
    category: keyOf(making, usual),
    outline: outlineOf(block, making.pitch * 0.7),
    rows: block.rows.map((source): Row => rowFrom(source, { usual, ...making })),
  };
}

const keyOf = (making: Making, category: string): string =>
  making.categories.get(category)?.key ?? category;

function outlineOf(block: Block, padding: number): Outline {
  const seats = block.rows.flatMap((row) => row.seats.map(({ at }) => at));
  return hullAroundSeats(seats, padding).slice(0, planLimits.outlinePoints);
}

function rowFrom(source: SourceRow, making: Making & { usual: string }): Row {
  const labels = tidyUp.uniqueLabels(source.seats.map((seat) => seat.label));
  const between = tidyUp.gaps(source.seats.map((seat) => seat.at));
  const seats = source.seats.map((seat, i): Seat => {
    const label = labels[i] ?? seat.label;
    const place = `${source.path}.seats[${i}]`;
    making.places.push(place);
    if (label !== seat.label) {
      const message = `"${seat.label}" is in this row already: called "${label}"`;
      making.notes.push({ level: "warning", place: `${place}.seat_number`, message });
    }
    const apart = i > 0 && (between[i - 1] ?? 0) > tidyUp.gapFactor * making.pitch;
    return {
      label,
      x: seat.at[0],
      y: seat.at[1],
      ...(seat.category === making.usual ? {} : { category: keyOf(making, seat.category) }),
      ...(apart ? { apart } : {}),
    };
  });
  return { key: source.label, label: source.label, seats };
}

function mostFrequent(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
}

function countGaps(sections: readonly Section[]): number {
  return sections.reduce(
    (sum, s) => sum + s.rows.flatMap((row) => row.seats).filter((seat) => seat.apart).length,
    0,
  );
}
