// The pretix seating plan as a document: what may be missing, what must be a number, and how
// positions add up. Only reading and checking; pretix.ts makes a venue plan of it.

import type { Members, Problems } from "../problems.ts";
import {
  type Category,
  type Landmark,
  type Outline,
  type Point,
  planLimits,
} from "../venue-plan.ts";
import * as tidyUp from "./tidy-up.ts";

export type SourceSeat = { label: string; at: Point; category: string };
export type SourceRow = { path: string; label: string; seats: SourceSeat[] };
export type SourceZone = { path: string; name: string; rows: SourceRow[]; areas: Landmark[] };

export type SourcePlan = {
  name: string;
  /** By the name that seats refer to. */
  categories: Map<string, Category>;
  zones: SourceZone[];
};

/** Complains to `problems`; what it returns is only of use if there are none. */
export function readPretix(problems: Problems, document: Members): SourcePlan {
  const categories = readCategories(problems, document.categories);
  const reader = new Reader(problems, categories);
  const size = { min: 1, max: planLimits.sections };
  return {
    name: problems.text("name", document.name, planLimits.wordLength),
    categories,
    zones: problems
      .list("zones", document.zones, size)
      .map((zone, i) => reader.zone(`zones[${i}]`, zone)),
  };
}

function readCategories(problems: Problems, value: unknown): Map<string, Category> {
  const categories = new Map<string, Category>();
  const size = { min: 1, max: planLimits.categories };
  for (const [i, item] of problems.list("categories", value, size).entries()) {
    const category = problems.members(`categories[${i}]`, item);
    if (!category) continue;
    const name = problems.text(`categories[${i}].name`, category.name, planLimits.wordLength);
    const color = typeof category.color === "string" ? category.color : undefined;
    categories.set(name, tidyUp.categoryOf(name, i, color));
  }
  return categories;
}

class Reader {
  readonly #problems: Problems;
  readonly #categories: ReadonlyMap<string, Category>;

  constructor(problems: Problems, categories: ReadonlyMap<string, Category>) {
    this.#problems = problems;
    this.#categories = categories;
  }

  zone(path: string, value: unknown): SourceZone {
    const zone = this.#problems.members(path, value) ?? {};
    const origin = this.position(`${path}.position`, zone.position);
    const size = { min: 0, max: planLimits.rowsPerSection };
    return {
      path,
      name: this.#problems.text(`${path}.name`, zone.name, planLimits.wordLength),
      rows: this.#problems
        .list(`${path}.rows`, zone.rows, size)
        .map((row, i) => this.row(`${path}.rows[${i}]`, row, origin)),
      areas: (Array.isArray(zone.areas) ? zone.areas : []).flatMap((area) =>
        landmark(area, origin),
      ),
    };
  }

  row(path: string, value: unknown, origin: Point): SourceRow {
    const row = this.#problems.members(path, value) ?? {};
    const at = add(origin, this.position(`${path}.position`, row.position));
    const label = this.#problems.text(`${path}.row_number`, row.row_number, planLimits.labelLength);
    const size = { min: 0, max: planLimits.seatsPerRow };
    const seats = this.#problems
      .list(`${path}.seats`, row.seats, size)
      .map((seat, i) => this.seat(`${path}.seats[${i}]`, seat, at));
    return { path, label, seats };
  }

  seat(path: string, value: unknown, origin: Point): SourceSeat {
    const seat = this.#problems.members(path, value) ?? {};
    const { labelLength, wordLength } = planLimits;
    const label = this.#problems.text(`${path}.seat_number`, seat.seat_number, labelLength);
    const category = this.#problems.text(`${path}.category`, seat.category, wordLength);
    if (category && !this.#categories.has(category)) {
      this.#problems.problem(`${path}.category`, `"${category}" is not among the categories`);
    }
    return { label, category, at: add(origin, this.position(`${path}.position`, seat.position)) };
  }

  position(path: string, value: unknown): Point {
    const position = this.#problems.members(path, value);
    if (!position) return [0, 0];
    const range = { min: -planLimits.canvas, max: planLimits.canvas };
    return [
      this.#problems.number(`${path}.x`, position.x, range),
      this.#problems.number(`${path}.y`, position.y, range),
    ];
  }
}

export const add = (a: Point, b: Point): Point => [
  tidyUp.rounded(a[0] + b[0]),
  tidyUp.rounded(a[1] + b[1]),
];

/** Areas are decoration in pretix: one that cannot be drawn is left out without a word. */
function landmark(value: unknown, origin: Point): Landmark[] {
  const area = asMembers(value);
  const position = asMembers(area.position);
  const at = add(origin, [asNumber(position.x), asNumber(position.y)]);
  const outline = areaOutline(area, at);
  if (outline.length < 3) return [];
  const text = asMembers(area.text).text;
  const words = typeof text === "string" ? text.trim().slice(0, planLimits.wordLength) : "";
  const kind = /stage|bühne|무대|舞台/i.test(words) ? "stage" : "floor";
  return [{ kind, ...(words ? { name: { ko: words, en: words } } : {}), outline }];
}

function areaOutline(area: Members, [x, y]: Point): Outline {
  const box = asMembers(area.rectangle);
  const [width, height] = [asNumber(box.width), asNumber(box.height)];
  const round = asMembers(area.ellipse ?? area.circle);
  const radius = asMembers(round.radius);
  const [rx, ry] = [asNumber(round.radius) || asNumber(radius.x), asNumber(radius.y)];
  if (width > 0 && height > 0) {
    return turned(
      [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ],
      [x, y],
      asNumber(area.rotation),
    );
  }
  if (rx > 0) {
    return Array.from({ length: 24 }, (_, i): Point => {
      const angle = (i * Math.PI) / 12;
      return [x + rx * Math.cos(angle), y + (ry || rx) * Math.sin(angle)];
    });
  }
  const points: unknown = asMembers(area.polygon).points;
  return (Array.isArray(points) ? points.slice(0, planLimits.outlinePoints) : []).map(
    (point): Point => add([x, y], [asNumber(asMembers(point).x), asNumber(asMembers(point).y)]),
  );
}

function turned(points: Point[], [cx, cy]: Point, degrees: number): Point[] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return points.map(
    ([x, y]): Point => [
      tidyUp.rounded(cx + (x - cx) * cos - (y - cy) * sin),
      tidyUp.rounded(cy + (x - cx) * sin + (y - cy) * cos),
    ],
  );
}

const asMembers = (value: unknown): Members =>
  typeof value === "object" && value !== null ? (value as Members) : {};
const asNumber = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) ? value : 0;
