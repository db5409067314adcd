// Questions about closed polygons (section outlines).

import type { Outline, Point } from "../venue-plan.ts";

/** Even-odd rule. */
export function isInside([x, y]: Point, outline: Outline): boolean {
  let inside = false;
  for (const [i, [x1, y1]] of outline.entries()) {
    const [x0, y0] = outline.at(i - 1) ?? [x1, y1];
    if (y1 > y !== y0 > y && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) inside = !inside;
  }
  return inside;
}

/** Mean of the corners: good enough for a label and for "near the stage". */
export function middleOf(outline: Outline): Point {
  let [sumX, sumY] = [0, 0];
  for (const [x, y] of outline) {
    sumX += x;
    sumY += y;
  }
  const corners = Math.max(1, outline.length);
  return [sumX / corners, sumY / corners];
}

/** Smallest polygon without dents around the points, anticlockwise; at most `points.length` corners. */
export function hullAround(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  return [...halfHull(sorted), ...halfHull(sorted.reverse())];
}

/** Where nobody has drawn an outline: the hull around seats that are `padding` wide to each side. */
export function hullAroundSeats(seats: readonly Point[], padding: number): Point[] {
  const around = [-padding, padding];
  return hullAround(
    seats.flatMap(([x, y]) => around.flatMap((dx) => around.map((dy): Point => [x + dx, y + dy]))),
  );
}

function halfHull(sorted: readonly Point[]): Point[] {
  const hull: Point[] = [];
  for (const point of sorted) {
    for (;;) {
      const [before, last] = [hull.at(-2), hull.at(-1)];
      if (!before || !last || turn(before, last, point) > 0) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull.slice(0, -1);
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
