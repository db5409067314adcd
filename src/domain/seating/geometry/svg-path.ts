// An SVG path as a polygon: the outline of a section traced in a drawing program. Lines exactly,
// curves in a few straight steps; only the first closed figure counts.

import type { Point } from "../venue-plan.ts";

const argumentCount: Record<string, number> = {
  M: 2,
  L: 2,
  H: 1,
  V: 1,
  C: 6,
  S: 4,
  Q: 4,
  T: 2,
  A: 7,
};
const curveSteps = 6;

/** undefined if it is not a path of at least three corners. */
export function polygonOf(path: string): Point[] | undefined {
  const points: Point[] = [];
  let here: Point = [0, 0];
  for (const [, letter = "", rest = ""] of path.matchAll(/([A-Za-z])([^A-Za-z]*)/g)) {
    const command = letter.toUpperCase();
    if (command === "Z") break;
    const size = argumentCount[command];
    const numbers = (rest.match(/-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi) ?? []).map(Number);
    if (size === undefined || numbers.length === 0 || numbers.length % size !== 0) return undefined;
    if (command === "M" && points.length > 0) break;
    for (let i = 0; i < numbers.length; i += size) {
      const from = letter === command ? ([0, 0] as const) : here;
      const corners = cornersOf(command, numbers.slice(i, i + size), from, here);
      points.push(...along(here, corners));
      here = points.at(-1) ?? here;
    }
  }
  return points.length < 3 ? undefined : points;
}

/** Control points and end of one command, absolute. */
function cornersOf(command: string, numbers: number[], from: Point, here: Point): Point[] {
  const [a = 0] = numbers;
  if (command === "H") return [[from[0] + a, here[1]]];
  if (command === "V") return [[here[0], from[1] + a]];
  const pairs = command === "A" ? numbers.slice(5) : numbers;
  const corners: Point[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    corners.push([from[0] + (pairs[i] ?? 0), from[1] + (pairs[i + 1] ?? 0)]);
  }
  return corners;
}

/** De Casteljau; a single corner is a straight line. */
function along(start: Point, corners: Point[]): Point[] {
  if (corners.length === 1) return corners;
  return Array.from({ length: curveSteps }, (_, step) => {
    const t = (step + 1) / curveSteps;
    let level: Point[] = [start, ...corners];
    while (level.length > 1) {
      level = level.slice(1).map((to, i): Point => {
        const [x, y] = level[i] ?? to;
        return [x + (to[0] - x) * t, y + (to[1] - y) * t];
      });
    }
    return level[0] ?? start;
  });
}
