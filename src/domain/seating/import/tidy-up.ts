// What every importer has to do with a stranger's plan: labels that are unique in their row,
// categories with colours, rows parted where there is a gap, a canvas that holds everything, and
// warnings about seats drawn on top of each other. No seat is ever dropped here.

import type { Category, Point, Section, VenuePlan } from "../venue-plan.ts";
import type { ImportNote } from "./outcome.ts";

/** Told apart in lightness too, not only in hue; used where the source has no usable colour. */
const palette = ["#7c3aed", "#db2777", "#0284c7", "#0d9488", "#ca8a04", "#475569"];

export function categoryOf(name: string, position: number, color?: string): Category {
  const slug = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "");
  const usable = color !== undefined && /^#[0-9a-f]{6}$/i.test(color);
  return {
    key: slug.slice(0, 60) || `c${position + 1}`,
    name: { ko: name, en: name },
    color: usable ? color.toLowerCase() : (palette[position % palette.length] ?? "#475569"),
  };
}

export const standardCategory: Category = {
  key: "standard",
  name: { ko: "일반석", en: "Standard" },
  color: "#7c3aed",
};

/** Gives a repeated label a number after it: two seats called 7 become 7 and 7-2. */
export function uniqueLabels(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((label) => {
    let unique = label;
    for (let copy = 2; taken.has(unique); copy++) unique = `${label}-${copy}`;
    taken.add(unique);
    return unique;
  });
}

/** Seats this much farther apart than usual are not neighbours. */
export const gapFactor = 1.6;

export function gaps(points: readonly Point[]): number[] {
  return points.slice(1).map(([x, y], i) => {
    const [x0, y0] = points[i] ?? [x, y];
    return Math.hypot(x - x0, y - y0);
  });
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** @param placeOf a seat in the words of its source, by its number in plan order. */
export function stackedSeats(
  sections: readonly Section[],
  placeOf: (number: number) => string,
): ImportNote[] {
  const first = new Map<string, number>();
  const notes: ImportNote[] = [];
  let number = 0;
  for (const section of sections) {
    for (const row of section.rows) {
      for (const { x, y } of row.seats) {
        const at = `${x}, ${y}`;
        const other = first.get(at);
        if (other === undefined) first.set(at, number);
        else {
          const place = `${placeOf(other)} and ${placeOf(number)}`;
          notes.push({ level: "warning", place, message: `both at ${at}; both kept` });
        }
        number++;
      }
    }
  }
  return notes;
}

/** Moves everything so that it just fits on a canvas of its size: no seat outside, no empty sheet. */
export function fitCanvas(plan: VenuePlan, margin: number): VenuePlan {
  const bounds = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  const reach = ([x, y]: Point) => {
    bounds.x0 = Math.min(bounds.x0, x);
    bounds.y0 = Math.min(bounds.y0, y);
    bounds.x1 = Math.max(bounds.x1, x);
    bounds.y1 = Math.max(bounds.y1, y);
  };
  for (const section of plan.sections) {
    for (const row of section.rows) for (const seat of row.seats) reach([seat.x, seat.y]);
    for (const point of section.outline ?? []) reach(point);
  }
  for (const landmark of plan.landmarks ?? []) landmark.outline.forEach(reach);
  const canvas = {
    width: Math.max(1, Math.ceil(bounds.x1 - bounds.x0 + 2 * margin)),
    height: Math.max(1, Math.ceil(bounds.y1 - bounds.y0 + 2 * margin)),
  };
  return moved({ ...plan, canvas }, margin - bounds.x0, margin - bounds.y0);
}

function moved(plan: VenuePlan, right: number, down: number): VenuePlan {
  const shift = ([x, y]: Point): Point => [rounded(x + right), rounded(y + down)];
  return {
    ...plan,
    ...(plan.focalPoint
      ? { focalPoint: { x: plan.focalPoint.x + right, y: plan.focalPoint.y + down } }
      : {}),
    ...(plan.landmarks
      ? { landmarks: plan.landmarks.map((l) => ({ ...l, outline: l.outline.map(shift) })) }
      : {}),
    sections: plan.sections.map((section) => ({
      ...section,
      ...(section.outline ? { outline: section.outline.map(shift) } : {}),
      rows: section.rows.map((row) => ({
        ...row,
        seats: row.seats.map((seat) => {
          const [x, y] = shift([seat.x, seat.y]);
          return { ...seat, x, y };
        }),
      })),
    })),
  };
}

/** Thousandths of a canvas unit: finer than any screen, and shorter in the file. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
