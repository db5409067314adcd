// A stadium traced from a drawing: a folder with allSeats.json (seats by id, each naming its row and
// section) and allSections.json (sections by id, with their rows and an SVG outline); main.json, if
// present, has the canvas and the pitch. It has no labels and no categories: they are made here.
// Keeps: as many seats come out as went in, two on the same spot too.

import { middleOf } from "../geometry/outline.ts";
import { polygonOf } from "../geometry/svg-path.ts";
import { type Members, Problems } from "../problems.ts";
import {
  type Landmark,
  type Point,
  planFormat,
  planLimits,
  type Row,
  type Section,
  type VenuePlan,
} from "../venue-plan.ts";
import { accepted, type ImportNote, type ImportOutcome, refused } from "./outcome.ts";
import * as tidyUp from "./tidy-up.ts";

export type StadiumDocuments = { seats: unknown; sections: unknown; main: unknown };

type SourceSeat = { readonly id: string; readonly x: number; readonly y: number };

export function importStadium(documents: StadiumDocuments): ImportOutcome {
  const problems = new Problems();
  const notes: ImportNote[] = [];
  const rows = readSeats(problems, documents.seats);
  const sources = readSections(problems, documents.sections);
  checkRows(problems, rows, sources);
  if (problems.count > 0) return refused(problems);

  const ids: string[] = [];
  const spacings = [...rows.values()].flatMap(({ seats }) =>
    tidyUp.gaps(seats.map(({ x, y }): Point => [x, y])),
  );
  const pitch = tidyUp.median(spacings) || 1;
  const sections = sources.flatMap((source) => sectionFrom(source, { rows, pitch, ids, notes }));
  notes.push(...tidyUp.stackedSeats(sections, (number) => `allSeats["${ids[number]}"]`));
  notes.push(
    {
      level: "note",
      place: "allSections.json",
      message:
        "sections are called after their ids; rows and seats have no labels and are numbered",
    },
    {
      level: "note",
      place: "allSeats.json",
      message: 'seats have no categories: all are in "Standard"',
    },
  );
  const main = asMembers(documents.main);
  checkStats(asMembers(main.stats), { seats: ids.length, sections: sections.length }, notes);
  const landmarks = pitchIn(main.props);
  const plan: VenuePlan = {
    format: planFormat,
    name: { ko: "경기장", en: "Stadium" },
    canvas: { width: 1, height: 1 },
    categories: [tidyUp.standardCategory],
    landmarks,
    sections,
    standingAreas: [],
  };
  const fitted = tidyUp.fitCanvas(plan, 4 * pitch);
  const [field] = fitted.landmarks ?? [];
  const [x, y] = field
    ? middleOf(field.outline)
    : [fitted.canvas.width / 2, fitted.canvas.height / 2];
  return accepted("traced-stadium", {
    plan: { ...fitted, focalPoint: { x, y } },
    parted: { aisles: 0, pillars: 0, gaps: countApart(sections) },
    notes,
  });
}

type SourceRow = { readonly section: string; readonly seats: SourceSeat[] };

function readSeats(problems: Problems, value: unknown): Map<string, SourceRow> {
  const rows = new Map<string, SourceRow>();
  const seats = Object.entries(problems.members("allSeats.json", value) ?? {});
  if (seats.length > planLimits.places) {
    problems.problem("allSeats.json", `has ${seats.length} seats, at most ${planLimits.places}`);
    return rows;
  }
  const range = { min: -planLimits.canvas, max: planLimits.canvas };
  for (const [id, item] of seats) {
    const path = `allSeats["${id}"]`;
    const seat = problems.members(path, item);
    if (!seat) continue;
    const row = problems.text(`${path}.rid`, seat.rid, planLimits.keyLength);
    const section = problems.text(`${path}.sid`, seat.sid, planLimits.keyLength);
    const x = tidyUp.rounded(problems.number(`${path}.x`, seat.x, range));
    const y = tidyUp.rounded(problems.number(`${path}.y`, seat.y, range));
    const known = rows.get(row);
    if (known === undefined) rows.set(row, { section, seats: [{ id, x, y }] });
    else if (known.section === section) known.seats.push({ id, x, y });
    else problems.problem(`${path}.sid`, `"${section}", but row "${row}" is in "${known.section}"`);
  }
  return rows;
}

type SourceSection = { readonly id: string; readonly rows: readonly string[]; readonly d: unknown };

function readSections(problems: Problems, value: unknown): SourceSection[] {
  const sections = Object.entries(problems.members("allSections.json", value) ?? {});
  return sections.map(([id, item]) => {
    const path = `allSections["${id}"]`;
    const section = problems.members(path, item) ?? {};
    const size = { min: 0, max: planLimits.rowsPerSection };
    const rows = problems
      .list(`${path}.rows`, section.rows, size)
      .map((row, i) => problems.text(`${path}.rows[${i}]`, row, planLimits.keyLength));
    return { id, rows, d: section.d };
  });
}

/** Every row with seats must be in exactly one section, or its seats would be lost or doubled. */
function checkRows(
  problems: Problems,
  rows: ReadonlyMap<string, SourceRow>,
  sections: readonly SourceSection[],
): void {
  const listed = new Map<string, string>();
  for (const { id, rows: names } of sections) {
    for (const [i, row] of names.entries()) {
      problems.unique(listed, `allSections["${id}"].rows[${i}]`, row);
      const seated = rows.get(row);
      if (seated && seated.section !== id) {
        const message = `row "${row}" has seats of section "${seated.section}"`;
        problems.problem(`allSections["${id}"].rows[${i}]`, message);
      }
    }
  }
  for (const [row, { seats }] of rows) {
    if (listed.has(row)) continue;
    const message = `no section lists row "${row}", which has ${seats.length} seats`;
    problems.problem(`allSeats["${seats[0]?.id}"].rid`, message);
  }
}

type Making = {
  readonly rows: ReadonlyMap<string, SourceRow>;
  readonly pitch: number;
  /** The source's seat ids in plan order. */
  readonly ids: string[];
  readonly notes: ImportNote[];
};

function sectionFrom(source: SourceSection, making: Making): Section[] {
  const path = `allSections["${source.id}"]`;
  const filled = source.rows.flatMap((id) => making.rows.get(id) ?? []);
  if (filled.length < source.rows.length) {
    const message = `${source.rows.length - filled.length} rows have no seat: left out`;
    making.notes.push({ level: "warning", place: path, message });
  }
  if (filled.length === 0) return [];
  const outline = typeof source.d === "string" ? polygonOf(source.d) : undefined;
  if (outline === undefined) {
    const message = "has no outline that can be read: the box around its seats is drawn";
    making.notes.push({ level: "warning", place: `${path}.d`, message });
  }
  const rows = filled.map(({ seats }, r): Row => {
    const between = tidyUp.gaps(seats.map(({ x, y }): Point => [x, y]));
    making.ids.push(...seats.map(({ id }) => id));
    return {
      key: String(r + 1),
      label: String(r + 1),
      seats: seats.map(({ x, y }, s) => ({
        label: String(s + 1),
        x,
        y,
        ...((between[s - 1] ?? 0) > tidyUp.gapFactor * making.pitch ? { apart: true } : {}),
      })),
    };
  });
  return [
    {
      key: source.id,
      name: { ko: `${source.id}구역`, en: `Section ${source.id}` },
      category: tidyUp.standardCategory.key,
      ...(outline ? { outline } : {}),
      rows,
    },
  ];
}

function checkStats(
  stats: Members,
  made: { seats: number; sections: number },
  notes: ImportNote[],
): void {
  for (const [key, count] of [
    ["seatsCount", made.seats],
    ["sectionsCount", made.sections],
  ] as const) {
    if (typeof stats[key] !== "number" || stats[key] === count) continue;
    const message = `promises ${stats[key]}, the files have ${count}: is a file incomplete?`;
    notes.push({ level: "warning", place: `main.json: stats.${key}`, message });
  }
}

/** The largest rectangle of the drawing that does not fill the canvas is where they play. */
function pitchIn(props: unknown): Landmark[] {
  if (typeof props !== "string") return [];
  const rectangles = [...props.matchAll(/<rect\b([^>]*)>/g)].flatMap(([, attributes = ""]) => {
    const value = (name: string) =>
      Number(attributes.match(new RegExp(`\\s${name}="([\\d.]+)"`))?.[1] ?? Number.NaN);
    const [x, y, width, height] = [value("x"), value("y"), value("width"), value("height")];
    const radius = value("rx") || 0;
    return [x, y, width, height].every(Number.isFinite) ? [{ x, y, width, height, radius }] : [];
  });
  const largest = rectangles.sort((a, b) => b.width * b.height - a.width * a.height)[0];
  if (largest === undefined) return [];
  return [{ kind: "field", outline: roundedBox(largest) }];
}

type Box = { x: number; y: number; width: number; height: number; radius: number };

function roundedBox({ x, y, width, height, radius }: Box): Point[] {
  const corners = [
    [x + width - radius, y + height - radius],
    [x + radius, y + height - radius],
    [x + radius, y + radius],
    [x + width - radius, y + radius],
  ] as const;
  return corners.flatMap(([cx, cy], quarter) =>
    Array.from({ length: 7 }, (_, i): Point => {
      const angle = ((quarter + i / 6) * Math.PI) / 2;
      return [
        tidyUp.rounded(cx + radius * Math.cos(angle)),
        tidyUp.rounded(cy + radius * Math.sin(angle)),
      ];
    }),
  );
}

function countApart(sections: readonly Section[]): number {
  return sections.flatMap((s) => s.rows.flatMap((row) => row.seats)).filter((seat) => seat.apart)
    .length;
}

const asMembers = (value: unknown): Members =>
  typeof value === "object" && value !== null ? (value as Members) : {};
