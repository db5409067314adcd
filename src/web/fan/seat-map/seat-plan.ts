// The plan as the map draws it: typed arrays by seat number, filled section by section as geometry
// arrives, and per section what is needed to draw, find and name its seats. Keeps: a seat of a
// section that has not arrived has radius 0, so no renderer shows it and nothing can hit it.
// Read next: section-loader.ts (when geometry is fetched), availability.ts (states).

import Flatbush from "flatbush";
import type { OverviewSection, PlanOverview, SectionSeats } from "../../../wire/contract.ts";
import { type Box, between } from "./camera.ts";

export type PlanRow = { readonly label: string; readonly first: number; readonly count: number };
export type LoadedSeats = {
  readonly rows: readonly PlanRow[];
  readonly labels: readonly string[];
  readonly tree: Flatbush | undefined;
};
export type PlanSection = OverviewSection & {
  readonly number: number;
  readonly box: Box;
  /** Where its name stands. */
  readonly middle: { readonly x: number; readonly y: number };
  /** From there to the nearest edge, in canvas units. */
  readonly room: number;
  loaded: LoadedSeats | undefined;
};

export type SeatPlan = {
  readonly overview: PlanOverview;
  readonly sections: readonly PlanSection[];
  readonly world: Box;
  /** A usual distance between two seats of a row, in canvas units. */
  readonly pitch: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly radius: Float32Array;
  readonly category: Uint8Array;
  readonly flags: Uint8Array;
  /** 1 where a seat has no neighbour on its left. */
  readonly apart: Uint8Array;
};

export function seatPlan(overview: PlanOverview): SeatPlan {
  const sections = overview.sections.map((section, number): PlanSection => {
    const box = boxOf(section.outline);
    const middle = middleOf(section.outline, box);
    const room = toEdge(section.outline, middle.x, middle.y);
    return { ...section, number, box, middle, room, loaded: undefined };
  });
  const n = overview.seatCount;
  return {
    overview,
    sections,
    world: worldOf(overview, sections),
    pitch: usualPitch(sections),
    x: new Float32Array(n),
    y: new Float32Array(n),
    radius: new Float32Array(n),
    category: new Uint8Array(n),
    flags: new Uint8Array(n),
    apart: new Uint8Array(n),
  };
}

/** Brings a section's geometry in; its seats can be drawn and hit from now on. */
export function addSection(plan: SeatPlan, seats: SectionSeats): void {
  const section = plan.sections[seats.section];
  if (!section || section.loaded) return;
  const count = seats.labels.length;
  let [x, y] = [0, 0];
  for (let i = 0; i < count; i++) {
    x += (seats.xy[2 * i] ?? 0) / 10;
    y += (seats.xy[2 * i + 1] ?? 0) / 10;
    const n = seats.first + i;
    plan.x[n] = x;
    plan.y[n] = y;
    plan.category[n] = seats.category[i] ?? seats.category[0] ?? 0;
  }
  for (const i of seats.apart) plan.apart[seats.first + i] = 1;
  for (let i = 0; i + 1 < seats.flags.length; i += 2) {
    plan.flags[seats.first + (seats.flags[i] ?? 0)] = seats.flags[i + 1] ?? 0;
  }
  const radius = rowStep(plan, seats) * 0.43;
  plan.radius.fill(radius, seats.first, seats.first + count);
  section.loaded = {
    rows: rowsOf(seats),
    labels: seats.labels,
    tree: treeOf(plan, seats.first, count),
  };
}

/** The section that a seat number belongs to: sections follow each other without gaps. */
export function sectionOf(plan: SeatPlan, seat: number): PlanSection | undefined {
  let [low, high] = [0, plan.sections.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const section = plan.sections[middle];
    if (!section) return undefined;
    if (seat < section.first) high = middle - 1;
    else if (seat >= section.first + section.count) low = middle + 1;
    else return section;
  }
  return undefined;
}

export type SeatPlace = { section: PlanSection; row: PlanRow; label: string };
/** undefined while its section has not arrived, and for a standing place. */
export function placeOf(plan: SeatPlan, seat: number): SeatPlace | undefined {
  const section = sectionOf(plan, seat);
  const loaded = section?.loaded;
  if (!section || !loaded) return undefined;
  const row = loaded.rows.find((r) => seat >= r.first && seat < r.first + r.count);
  const label = loaded.labels[seat - section.first];
  return row && label !== undefined ? { section, row, label } : undefined;
}

/** The seat nearest to a point of the plan, within `reach` canvas units. */
export function seatAt(
  plan: SeatPlan,
  at: { x: number; y: number },
  reach: number,
): number | undefined {
  let best: number | undefined;
  let bestDistance = reach;
  for (const section of plan.sections) {
    const { box, loaded } = section;
    if (!loaded?.tree) continue;
    if (at.x < box.x0 - reach || at.x > box.x1 + reach) continue;
    if (at.y < box.y0 - reach || at.y > box.y1 + reach) continue;
    const [i] = loaded.tree.neighbors(at.x, at.y, 1, bestDistance);
    if (i === undefined) continue;
    const n = section.first + i;
    const distance = Math.hypot((plan.x[n] ?? 0) - at.x, (plan.y[n] ?? 0) - at.y);
    if (distance <= bestDistance) [best, bestDistance] = [n, distance];
  }
  return best;
}

export function sectionAt(plan: SeatPlan, at: { x: number; y: number }): PlanSection | undefined {
  return plan.sections.find(
    ({ box, outline }) =>
      at.x >= box.x0 && at.x <= box.x1 && at.y >= box.y0 && at.y <= box.y1 && holds(outline, at),
  );
}

function holds(outline: readonly number[], at: { x: number; y: number }): boolean {
  let inside = false;
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    const [xi, yi] = [outline[i] ?? 0, outline[i + 1] ?? 0];
    const [xj, yj] = [outline[j] ?? 0, outline[j + 1] ?? 0];
    if (yi > at.y !== yj > at.y && at.x < ((xj - xi) * (at.y - yi)) / (yj - yi) + xi) {
      inside = !inside;
    }
  }
  return inside;
}

function rowsOf(seats: SectionSeats): PlanRow[] {
  let first = seats.first;
  return seats.rows.map(({ label, count }) => {
    const row = { label, first, count };
    first += count;
    return row;
  });
}

/** The middle one of the distances between row neighbours, so that one aisle changes nothing. */
function rowStep(plan: SeatPlan, seats: SectionSeats): number {
  const steps: number[] = [];
  for (const row of rowsOf(seats)) {
    for (let n = row.first + 1; n < row.first + row.count; n++) {
      steps.push(
        Math.hypot(
          (plan.x[n] ?? 0) - (plan.x[n - 1] ?? 0),
          (plan.y[n] ?? 0) - (plan.y[n - 1] ?? 0),
        ),
      );
    }
  }
  steps.sort((a, b) => a - b);
  return between(steps[steps.length >> 1] ?? plan.pitch, plan.pitch * 0.4, plan.pitch * 2.5);
}

function treeOf(plan: SeatPlan, first: number, count: number): Flatbush | undefined {
  if (count === 0) return undefined;
  const tree = new Flatbush(count);
  for (let n = first; n < first + count; n++) {
    const [x, y] = [plan.x[n] ?? 0, plan.y[n] ?? 0];
    tree.add(x, y, x, y);
  }
  tree.finish();
  return tree;
}

export function boxOf(outline: readonly number[]): Box {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < outline.length; i += 2) {
    const [x, y] = [outline[i] ?? 0, outline[i + 1] ?? 0];
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  }
  return x0 > x1 ? { x0: 0, y0: 0, x1: 0, y1: 0 } : { x0, y0, x1, y1 };
}

function areaOf(outline: readonly number[]): number {
  let twice = 0;
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    twice += (outline[j] ?? 0) * (outline[i + 1] ?? 0) - (outline[i] ?? 0) * (outline[j + 1] ?? 0);
  }
  return Math.abs(twice) / 2;
}

function middleOf(outline: readonly number[], box: Box): { x: number; y: number } {
  const boxMiddle = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
  let [twice, sumX, sumY] = [0, 0, 0];
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    const [xi, yi] = [outline[i] ?? 0, outline[i + 1] ?? 0];
    const [xj, yj] = [outline[j] ?? 0, outline[j + 1] ?? 0];
    const cross = xj * yi - xi * yj;
    twice += cross;
    sumX += (xi + xj) * cross;
    sumY += (yi + yj) * cross;
  }
  if (Math.abs(twice) < 1e-6) return boxMiddle;
  const centroid = { x: sumX / (3 * twice), y: sumY / (3 * twice) };
  return holds(outline, centroid) ? centroid : roomiest(outline, box);
}

/** Of a grid of points inside, the one farthest from every edge: a name fits there best. */
function roomiest(outline: readonly number[], box: Box): { x: number; y: number } {
  const steps = 28;
  let best = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
  let room = -1;
  for (let i = 1; i < steps * steps; i++) {
    const x = box.x0 + ((box.x1 - box.x0) * (i % steps)) / steps;
    const y = box.y0 + ((box.y1 - box.y0) * Math.floor(i / steps)) / steps;
    if (!holds(outline, { x, y })) continue;
    const distance = toEdge(outline, x, y);
    if (distance > room) [best, room] = [{ x, y }, distance];
  }
  return best;
}

function toEdge(outline: readonly number[], x: number, y: number): number {
  let nearest = Infinity;
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    const [ax, ay] = [outline[j] ?? 0, outline[j + 1] ?? 0];
    const [bx, by] = [(outline[i] ?? 0) - ax, (outline[i + 1] ?? 0) - ay];
    const along = between(((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by || 1), 0, 1);
    nearest = Math.min(nearest, Math.hypot(x - ax - bx * along, y - ay - by * along));
  }
  return nearest;
}

/** From the space that sections give each seat: known before any seat has arrived. */
function usualPitch(sections: readonly PlanSection[]): number {
  const steps = sections
    .filter((section) => section.kind === "seated" && section.count > 0)
    .map((section) => Math.sqrt(areaOf(section.outline) / section.count) * 0.8)
    .filter((step) => step > 0)
    .sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 10;
}

/** What is drawn, not the author's canvas: a plan in the corner of a large sheet still fits. */
function worldOf(overview: PlanOverview, sections: readonly PlanSection[]): Box {
  const boxes = [
    ...sections.filter((section) => section.outline.length > 0).map((section) => section.box),
    ...overview.landmarks.map((landmark) => boxOf(landmark.outline.flat())),
  ];
  if (boxes.length === 0) {
    return { x0: 0, y0: 0, x1: overview.canvas.width, y1: overview.canvas.height };
  }
  return {
    x0: Math.min(...boxes.map((box) => box.x0)),
    y0: Math.min(...boxes.map((box) => box.y0)),
    x1: Math.max(...boxes.map((box) => box.x1)),
    y1: Math.max(...boxes.map((box) => box.y1)),
  };
}
