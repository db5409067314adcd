// What a seat map is drawn from: the overview of a plan (a few kilobytes, every section with its
// outline) and the geometry of one section at a time, so that nobody downloads 15,000 seats to
// look at one stand. Arrays of numbers instead of objects: a third of the bytes. States are not in
// here; availability travels by seat number.

import { hullAroundSeats } from "./geometry/outline.ts";
import { numbersOf, type PlanIndex } from "./plan-index.ts";
import type { Category, Landmark, Outline, Point, VenuePlan, Wording } from "./venue-plan.ts";

export type OverviewSection = {
  readonly key: string;
  readonly name: Wording;
  readonly kind: "seated" | "standing";
  /** Numbers of this section: first … first + count − 1. */
  readonly first: number;
  readonly count: number;
  /** Positions in categories, the most frequent first. */
  readonly categories: readonly number[];
  /** x0, y0, x1, y1, … A section without an outline gets the hull around its seats. */
  readonly outline: readonly number[];
};

export type PlanOverview = {
  readonly name: Wording;
  readonly canvas: VenuePlan["canvas"];
  readonly focalPoint?: { readonly x: number; readonly y: number };
  readonly categories: readonly Category[];
  readonly landmarks: readonly Landmark[];
  readonly total: number;
  readonly seatCount: number;
  /** Sections, then standing areas: the position here is the section number everywhere. */
  readonly sections: readonly OverviewSection[];
};

export function planOverview(index: PlanIndex): PlanOverview {
  const { plan } = index;
  const sections = [...plan.sections, ...plan.standingAreas].map((place, s): OverviewSection => {
    const { start, end } = numbersOf(index, s);
    return {
      key: place.key,
      name: place.name,
      kind: s < plan.sections.length ? "seated" : "standing",
      first: start,
      count: end - start,
      categories: categoriesIn(index, start, end),
      outline: flat(place.outline ?? outlineAround(index, start, end)),
    };
  });
  return {
    name: plan.name,
    canvas: plan.canvas,
    ...(plan.focalPoint ? { focalPoint: plan.focalPoint } : {}),
    categories: plan.categories,
    landmarks: plan.landmarks ?? [],
    total: index.total,
    seatCount: index.seatCount,
    sections,
  };
}

export type SectionSeats = {
  /** The section's number in the overview. */
  readonly section: number;
  /** The first seat's number; the others follow by one. */
  readonly first: number;
  /** x, y of each seat in tenths of a canvas unit, as differences from the seat before. */
  readonly xy: readonly number[];
  /** Position in categories: one number if all are alike, else one per seat. */
  readonly category: readonly number[];
  /** Seat numbers (within `first`…) that start a new group: no neighbour on the left. */
  readonly apart: readonly number[];
  readonly rows: readonly { readonly label: string; readonly count: number }[];
  /** Per seat, in order, as printed. */
  readonly labels: readonly string[];
  /** Seat offsets with a flag, and its bits (seatFlag): offset, bits, offset, bits, … */
  readonly flags: readonly number[];
};

/** Empty for a standing area: it has places, not seats. */
export function sectionSeats(index: PlanIndex, section: number): SectionSeats {
  const { start, end } = numbersOf(index, section);
  const rows = index.plan.sections[section]?.rows ?? [];
  const seated = rows.length > 0 ? end : start;
  const xy: number[] = [];
  const apart: number[] = [];
  const flags: number[] = [];
  let [lastX, lastY] = [0, 0];
  for (let n = start; n < seated; n++) {
    const x = Math.round((index.x[n] ?? 0) * 10);
    const y = Math.round((index.y[n] ?? 0) * 10);
    xy.push(x - lastX, y - lastY);
    [lastX, lastY] = [x, y];
    if (index.left[n] === -1) apart.push(n - start);
    const bits = index.flags[n] ?? 0;
    if (bits) flags.push(n - start, bits);
  }
  const category = [...index.category.subarray(start, seated)];
  return {
    section,
    first: start,
    xy,
    category: category.every((c) => c === category[0]) ? category.slice(0, 1) : category,
    apart,
    rows: rows.map((row) => ({ label: row.label, count: row.seats.length })),
    labels: rows.flatMap((row) => row.seats.map((seat) => seat.label)),
    flags,
  };
}

function categoriesIn(index: PlanIndex, start: number, end: number): number[] {
  const counts = new Map<number, number>();
  for (let n = start; n < end; n++) {
    const category = index.category[n] ?? 0;
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([category]) => category);
}

function flat(outline: Outline): number[] {
  return outline.flatMap(([x, y]) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]);
}

/** Wide enough that no seat at the edge is cut. */
const paddingInPitches = 0.7;

function outlineAround(index: PlanIndex, start: number, end: number): Outline {
  const seats: Point[] = [];
  for (let n = start; n < end; n++) seats.push([index.x[n] ?? 0, index.y[n] ?? 0]);
  return hullAroundSeats(seats, index.seatPitch * paddingInPitches);
}
