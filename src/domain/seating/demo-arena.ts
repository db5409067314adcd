// The demo venue: an arena with an end stage, drawn by rule, the same on every machine. Lower and
// upper stands curve round a floor of seated blocks; in front of the stage people stand. Keeps:
// outlines enclose their seats, labels are those of a Korean arena (101구역 5열 12번), seat numbers
// grow from left to right for somebody who faces the stage. Read next: curved-stand.ts (geometry).

import {
  arc,
  horseshoe,
  lengthAt,
  inTenths,
  seatsBeside,
  seatsBetween,
  type StandPath,
  type Station,
  standPath,
  stationAt,
  traceBetween,
} from "./geometry/curved-stand.ts";
import { isInside } from "./geometry/outline.ts";
import type { Category, Outline, Point, Row, Seat, Section, VenuePlan } from "./venue-plan.ts";

/** Canvas units: 12 to the metre, so a seat is half a metre wide. */
const seatPitch = 6;
const rowPitch = 9;
const aisle = 13;
const centre: Point = [720, 620];
const stageFront = 260;

const categories: readonly Category[] = [
  { key: "vip", name: { ko: "VIP석", en: "VIP" }, color: "#7c3aed" },
  { key: "r", name: { ko: "R석", en: "R" }, color: "#db2777" },
  { key: "s", name: { ko: "S석", en: "S" }, color: "#0284c7" },
  { key: "a", name: { ko: "A석", en: "A" }, color: "#0d9488" },
];

export function demoArena(): VenuePlan {
  const bowl = bowlEdge(0.74);
  return {
    format: "usher-plan/1",
    name: { ko: "한빛 아레나", en: "Hanbit Arena" },
    canvas: { width: 1440, height: 1440 },
    focalPoint: { x: centre[0], y: stageFront },
    categories,
    landmarks: [
      { kind: "floor", outline: floorOutline() },
      { kind: "stage", name: { ko: "무대", en: "Stage" }, outline: stage },
    ],
    sections: [...floorBlocks(bowl), ...stand(bowl, lowerStand), ...stand(bowl, upperStand)],
    standingAreas: [
      {
        key: "standing",
        name: { ko: "스탠딩", en: "Standing" },
        category: "vip",
        capacity: 600,
        outline: standing(),
        entrance: gate(1),
      },
    ],
  };
}

/** The edge of the floor, left open at the top where the stage stands. */
function bowlEdge(opening: number): Station[] {
  return horseshoe({
    centre,
    halfWidth: 310,
    halfHeight: 400,
    squareness: 2.5,
    opening,
    stations: 2001,
  });
}

const gate = (number: number) => ({ ko: `${number}번 게이트`, en: `Gate ${number}` });
const across = (points: readonly Point[]): Outline =>
  points.map(([x, y]): Point => [centre[0] + x, stageFront + y]);

/** Right half of a symmetric shape, from the axis outwards and back to it. */
const mirrored = (half: readonly Point[]): Outline =>
  across([...half, ...half.map(([x, y]): Point => [-x, y]).reverse()]);

const stage = mirrored([
  [0, -120],
  [210, -120],
  [225, -20],
  [130, 0],
  [26, 6],
  [26, 62],
  [44, 74],
  [44, 106],
  [0, 112],
]);

/** Round the end of the runway, down to an aisle before the first seats of the floor. */
function standing(): Outline {
  const path = floorPath(floor.firstRow - 26);
  const middle = lengthAt(path, 200);
  const back = traceBetween(path, middle, middle + 246, 5);
  return mirrored([
    [0, 124],
    [56, 118],
    [56, 66],
    [38, 54],
    [38, 20],
    [132, 14],
    [206, 4],
    [230, 56],
    ...back.map(([x, y]): Point => [x - centre[0], y - stageFront]).reverse(),
  ]).map(inTenths);
}

type Stand = {
  readonly firstName: number;
  readonly sections: number;
  /** Distance of the first row from the edge of the floor. */
  readonly distance: number;
  readonly rows: number;
  /** Nearer to the stage than the length: the category. The last has no length. */
  readonly categories: readonly { readonly key: string; readonly within: number }[];
  /** Stairs come up through the first rows of each section, this many seats wide. */
  readonly stairs?: { readonly rows: number; readonly width: number };
  /** Every so many sections the last row is for wheelchairs and who comes with them. */
  readonly wheelchairsEvery?: number;
};

const lowerStand: Stand = {
  firstName: 101,
  sections: 18,
  distance: 26,
  rows: 15,
  categories: [
    { key: "r", within: 560 },
    { key: "s", within: Infinity },
  ],
  wheelchairsEvery: 4,
};

const upperStand: Stand = {
  firstName: 201,
  sections: 24,
  distance: 208,
  rows: 17,
  categories: [
    { key: "s", within: 560 },
    { key: "a", within: Infinity },
  ],
  stairs: { rows: 4, width: 22 },
};

function stand(bowl: readonly Station[], shape: Stand): Section[] {
  const rows = Array.from({ length: shape.rows }, (_, r) =>
    standPath(bowl, shape.distance + r * rowPitch),
  );
  const front = standPath(bowl, shape.distance - rowPitch * 0.75);
  const back = standPath(bowl, shape.distance + (shape.rows - 0.25) * rowPitch);
  const middle = standPath(bowl, shape.distance + (shape.rows / 2) * rowPitch);
  const length = lengthAt(middle, bowl.length - 1);
  return Array.from({ length: shape.sections }, (_, i) => {
    const from = stationAt(middle, (length * i) / shape.sections);
    const to = stationAt(middle, (length * (i + 1)) / shape.sections);
    const number = shape.firstName + i;
    const cut = (path: StandPath, gap: number) => ({
      from: lengthAt(path, from) + gap / 2,
      to: lengthAt(path, to) - gap / 2,
    });
    const trace = (path: StandPath) => {
      const edge = cut(path, aisle - 8);
      return traceBetween(path, edge.from, edge.to, 6);
    };
    const atEdge = i === 0 || i === shape.sections - 1;
    const outline = [...trace(front), ...trace(back).reverse()].map(inTenths);
    return {
      key: String(number),
      name: { ko: `${number}구역`, en: `Section ${number}` },
      category: categoryFor(outline, shape.categories),
      entrance: gate(1 + Math.floor((i * 8) / shape.sections)),
      outline,
      rows: rows.map((path, r): Row => {
        const wheelchairs =
          r === shape.rows - 1 &&
          shape.wheelchairsEvery !== undefined &&
          i % shape.wheelchairsEvery === 2;
        const stretch = { ...cut(path, aisle), pitch: wheelchairs ? seatPitch * 1.6 : seatPitch };
        const seats =
          shape.stairs && r < shape.stairs.rows
            ? seatsBeside(path, stretch, shape.stairs.width)
            : [seatsBetween(path, stretch)];
        return labelRow(r, seats, (s) => ({
          ...(wheelchairs ? (s % 2 === 0 ? { accessible: true } : { companion: true }) : {}),
          ...(atEdge && r < 6 ? { obstructed: true } : {}),
        }));
      }),
    };
  });
}

/** Seats of a row in groups with something between them, numbered through. */
function labelRow(
  row: number,
  groups: readonly (readonly Point[])[],
  flags: (seat: number) => Pick<Seat, "accessible" | "companion" | "obstructed">,
): Row {
  const label = String(row + 1);
  const seats = groups.flatMap((group, g) =>
    group.map((point, s) => ({ point, apart: g > 0 && s === 0 })),
  );
  return {
    key: label,
    label,
    seats: seats.map(({ point, apart }, s): Seat => {
      const [x, y] = inTenths(point);
      return { label: String(s + 1), x, y, ...(apart ? { apart } : {}), ...flags(s) };
    }),
  };
}

function categoryFor(outline: Outline, choices: Stand["categories"]): string {
  const x = outline.reduce((sum, point) => sum + point[0], 0) / outline.length;
  const y = outline.reduce((sum, point) => sum + point[1], 0) / outline.length;
  const distance = Math.hypot(x - centre[0], y - stageFront);
  return choices.find((choice) => distance < choice.within)?.key ?? "a";
}

const floor = {
  centre: [centre[0], stageFront - 700] as Point,
  firstRow: 890,
  rowsOfBlocks: 3,
  rows: 16,
  crossAisle: 26,
  columns: 4,
  /** Half of the width of the seated floor at the first row. */
  halfWidth: 262,
};

function floorBlocks(bowl: readonly Station[]): Section[] {
  const edge = standPath(bowl, -26).points.filter((_, i) => i % 10 === 0);
  const depth = floor.rows * rowPitch + floor.crossAisle;
  const blocks = Array.from({ length: floor.rowsOfBlocks * floor.columns }, (_, b) => b);
  return blocks.map((b): Section => {
    const column = b % floor.columns;
    const line = Math.floor(b / floor.columns);
    const radius = floor.firstRow + line * depth;
    const letter = String.fromCharCode(65 + b);
    const rows: Point[][] = [];
    const ends: { left: Point; right: Point }[] = [];
    for (let r = -0.75; r < floor.rows; r += r < 0 ? 0.75 : r === floor.rows - 1 ? 0.75 : 1) {
      const path = floorPath(radius + r * rowPitch);
      const stretch = withinFloor(path, floorColumn(path, column), edge);
      const [left, right] = [stretch.from - 4, stretch.to + 4];
      const [leftPoint, rightPoint] = traceBetween(path, left, right, 1);
      if (leftPoint && rightPoint) ends.push({ left: leftPoint, right: rightPoint });
      if (Number.isInteger(r)) rows.push(seatsBetween(path, { ...stretch, pitch: seatPitch }));
    }
    return {
      key: `F${letter}`,
      name: { ko: `플로어 ${letter}구역`, en: `Floor ${letter}` },
      category: line === 0 ? "vip" : line === 1 && (column === 1 || column === 2) ? "vip" : "r",
      entrance: gate(column < 2 ? 1 : 8),
      outline: [...ends.map((end) => end.left), ...ends.map((end) => end.right).reverse()].map(
        inTenths,
      ),
      rows: rows.map((seats, r) => labelRow(r, [seats], () => ({}))),
    };
  });
}

function floorPath(radius: number): StandPath {
  return standPath(arc({ centre: floor.centre, radius, half: 0.4, stations: 401 }), 0);
}

function floorColumn(path: StandPath, column: number): { from: number; to: number } {
  const middle = lengthAt(path, 200);
  const width = (2 * floor.halfWidth) / floor.columns;
  const from = middle - floor.halfWidth + column * width;
  return { from: from + aisle / 2, to: from + width - aisle / 2 };
}

/** Shortens a stretch from either side until it lies inside the edge of the floor. */
function withinFloor(
  path: StandPath,
  stretch: { from: number; to: number },
  edge: readonly Point[],
): { from: number; to: number } {
  const inside = (at: number) => isInside(traceBetween(path, at, at, 1)[0] ?? [0, 0], edge);
  let { from, to } = stretch;
  while (from < to && !inside(from)) from += 1;
  while (to > from && !inside(to)) to -= 1;
  return { from, to };
}

function floorOutline(): Outline {
  const edge = standPath(bowlEdge(0), 8);
  return traceBetween(edge, 0, lengthAt(edge, 2000), 72).map(inTenths);
}
