// Geometry of curved stands: a row is a path at some distance from a base curve, cut into sections
// at stations of that curve, so that aisles run straight up through all rows as they do in a real
// stand. Keeps: seats fill their stretch evenly, so both ends of every row touch the aisle.

import type { Point } from "../venue-plan.ts";

/** A place on the base curve and the direction that leads away from what everybody looks at. */
export type Station = {
  readonly x: number;
  readonly y: number;
  readonly outX: number;
  readonly outY: number;
};

/** A row of the stand before it is cut into sections. */
export type StandPath = {
  readonly points: readonly Point[];
  /** Length of the path from its start to each station. */
  readonly lengths: readonly number[];
};

/**
 * A superellipse, open at the top, walked from its upper left end down and round to the upper
 * right one: the order in which seat numbers grow for somebody who faces the middle.
 */
export function horseshoe(shape: {
  centre: Point;
  halfWidth: number;
  halfHeight: number;
  /** 2 is an ellipse; larger is squarer. */
  squareness: number;
  /** Half of the angle left open at the top, in radians. */
  opening: number;
  stations: number;
}): Station[] {
  const { centre, halfWidth, halfHeight, squareness, opening, stations } = shape;
  return Array.from({ length: stations }, (_, i) => {
    const angle = opening + ((2 * Math.PI - 2 * opening) * i) / (stations - 1);
    const [across, down] = [-Math.sin(angle), -Math.cos(angle)];
    const size =
      (Math.abs(across) ** squareness + Math.abs(down) ** squareness) ** (1 / squareness);
    const [x, y] = [across / size, down / size];
    const gradX = (Math.sign(x) * Math.abs(x) ** (squareness - 1)) / halfWidth;
    const gradY = (Math.sign(y) * Math.abs(y) ** (squareness - 1)) / halfHeight;
    const steepness = Math.hypot(gradX, gradY);
    return {
      x: centre[0] + x * halfWidth,
      y: centre[1] + y * halfHeight,
      outX: gradX / steepness,
      outY: gradY / steepness,
    };
  });
}

/** Part of a circle around a point above, walked from left to right: rows on the floor. */
export function arc(shape: { centre: Point; radius: number; half: number; stations: number }) {
  return Array.from({ length: shape.stations }, (_, i): Station => {
    const angle = -shape.half + (2 * shape.half * i) / (shape.stations - 1);
    const [outX, outY] = [Math.sin(angle), Math.cos(angle)];
    const [x, y] = shape.centre;
    return { x: x + outX * shape.radius, y: y + outY * shape.radius, outX, outY };
  });
}

export function standPath(stations: readonly Station[], distance: number): StandPath {
  const points = stations.map(
    (at): Point => [at.x + at.outX * distance, at.y + at.outY * distance],
  );
  const lengths: number[] = [];
  let length = 0;
  for (const [i, point] of points.entries()) {
    const before = points[i - 1] ?? point;
    length += Math.hypot(point[0] - before[0], point[1] - before[1]);
    lengths.push(length);
  }
  return { points, lengths };
}

/** Length of the path up to a station given as a fraction of a number. */
export function lengthAt(path: StandPath, station: number): number {
  const i = Math.min(Math.floor(station), path.lengths.length - 1);
  const here = path.lengths[i] ?? 0;
  return here + (station - i) * ((path.lengths[i + 1] ?? here) - here);
}

/** The station at which the path has the given length. */
export function stationAt(path: StandPath, length: number): number {
  let [low, high] = [0, path.lengths.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((path.lengths[middle] ?? 0) <= length) low = middle;
    else high = middle;
  }
  const [from, to] = [path.lengths[low] ?? 0, path.lengths[high] ?? 0];
  return low + (to > from ? (length - from) / (to - from) : 0);
}

export function pointAt(path: StandPath, length: number): Point {
  const station = stationAt(path, length);
  const i = Math.floor(station);
  const [x0, y0] = path.points[i] ?? [0, 0];
  const [x1, y1] = path.points[i + 1] ?? [x0, y0];
  return [x0 + (station - i) * (x1 - x0), y0 + (station - i) * (y1 - y0)];
}

/** Seats at about `pitch` from each other that fill the stretch between two lengths exactly. */
export function seatsBetween(
  path: StandPath,
  stretch: { from: number; to: number; pitch: number },
): Point[] {
  const room = stretch.to - stretch.from;
  const count = Math.max(0, Math.floor(room / stretch.pitch + 1e-6));
  return Array.from({ length: count }, (_, i) =>
    pointAt(path, stretch.from + ((i + 0.5) * room) / count),
  );
}

/** Points along the path between two lengths, both ends included. */
export function traceBetween(path: StandPath, from: number, to: number, steps: number): Point[] {
  return Array.from({ length: steps + 1 }, (_, i) =>
    pointAt(path, from + ((to - from) * i) / steps),
  );
}

/** The same, left and right of a gap in the middle: stairs that come up through a stand. */
export function seatsBeside(
  path: StandPath,
  stretch: { from: number; to: number; pitch: number },
  gap: number,
): Point[][] {
  const middle = (stretch.from + stretch.to) / 2;
  return [
    seatsBetween(path, { ...stretch, to: middle - gap / 2 }),
    seatsBetween(path, { ...stretch, from: middle + gap / 2 }),
  ];
}

/** Tenths of a canvas unit: finer than any screen, and the same on every machine. */
export function inTenths([x, y]: Point): Point {
  return [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
}
