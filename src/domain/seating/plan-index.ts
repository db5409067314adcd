// A venue plan as flat arrays by seat number, for everything that must be fast: availability,
// picking, holds, drawing. Built once per plan and shared; nobody writes to it afterwards.
// Keeps: numbers are dense in plan order, so a row, a section and a standing area are each one
// consecutive range; `left` and `right` are symmetric and never cross a row, an aisle or a pillar.
// A standing area counts as a section after the real ones. Expects a plan that passed checkPlan.

import { assert } from "../../foundation/assert.ts";
import type { SeatNumber } from "../../foundation/ids.ts";
import { middleOf } from "./geometry/outline.ts";
import { countPlaces, countSeats, type VenuePlan, type Wording } from "./venue-plan.ts";

export const seatFlag = { accessible: 1, companion: 2, obstructed: 4 } as const;

export type PlanIndex = {
  readonly plan: VenuePlan;
  /** Seats and standing places: numbers run 0…total−1. */
  readonly total: number;
  /** Numbers below are seats, from here on standing places. */
  readonly seatCount: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Position in plan.categories. */
  readonly category: Uint8Array;
  /** Position in plan.sections, or plan.sections.length + position in plan.standingAreas. */
  readonly section: Uint16Array;
  /** Counted through the whole plan; −1 for a standing place. */
  readonly row: Int32Array;
  /** The neighbour's number, −1 where there is none. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** The seat of the section's next row that is nearest, −1 where that row is not close by. */
  readonly behind: Int32Array;
  /** The usual distance between neighbours, in canvas units. */
  readonly seatPitch: number;
  /** Bits of seatFlag. */
  readonly flags: Uint8Array;
  /** How far from what everybody looks at, in canvas units: less is better. */
  readonly distance: Float32Array;
  /** Section s has the numbers sectionStart[s] … sectionStart[s + 1] − 1; standing areas included. */
  readonly sectionStart: Int32Array;
  /** Row r has the numbers rowStart[r] … rowStart[r + 1] − 1. */
  readonly rowStart: Int32Array;
  readonly rowSection: Uint16Array;
};

export function indexPlan(plan: VenuePlan): PlanIndex {
  const total = countPlaces(plan);
  const seatCount = countSeats(plan);
  const rowCount = plan.sections.reduce((sum, section) => sum + section.rows.length, 0);
  const index = {
    plan,
    total,
    seatCount,
    x: new Float32Array(total),
    y: new Float32Array(total),
    category: new Uint8Array(total),
    section: new Uint16Array(total),
    row: new Int32Array(total).fill(-1),
    left: new Int32Array(total).fill(-1),
    right: new Int32Array(total).fill(-1),
    behind: new Int32Array(total).fill(-1),
    seatPitch: 0,
    flags: new Uint8Array(total),
    distance: new Float32Array(total),
    sectionStart: new Int32Array(plan.sections.length + plan.standingAreas.length + 1),
    rowStart: new Int32Array(rowCount + 1),
    rowSection: new Uint16Array(rowCount),
  };
  const next = numberSeats(index);
  assert(next === seatCount, `plan numbers ${next} seats but counts ${seatCount}`);
  numberStanding(index);
  measureDistance(index);
  index.seatPitch = usualPitch(index);
  linkRows(index);
  return index;
}

function categoryPositions(plan: VenuePlan): (key: string) => number {
  const positions = new Map(plan.categories.map((category, position) => [category.key, position]));
  return (key) => {
    const position = positions.get(key);
    assert(position !== undefined, `plan has no category ${key}: check it before indexing`);
    return position;
  };
}

function numberSeats(index: PlanIndex): number {
  const categoryOf = categoryPositions(index.plan);
  let number = 0;
  let row = 0;
  for (const [s, section] of index.plan.sections.entries()) {
    index.sectionStart[s] = number;
    for (const { seats } of section.rows) {
      index.rowStart[row] = number;
      index.rowSection[row] = s;
      for (const [i, seat] of seats.entries()) {
        index.x[number] = seat.x;
        index.y[number] = seat.y;
        index.category[number] = categoryOf(seat.category ?? section.category);
        index.section[number] = s;
        index.row[number] = row;
        index.flags[number] =
          (seat.accessible ? seatFlag.accessible : 0) |
          (seat.companion ? seatFlag.companion : 0) |
          (seat.obstructed ? seatFlag.obstructed : 0);
        if (i > 0 && !seat.apart) {
          index.left[number] = number - 1;
          index.right[number - 1] = number;
        }
        number++;
      }
      row++;
    }
  }
  index.rowStart[row] = number;
  return number;
}

function numberStanding(index: PlanIndex): void {
  const categoryOf = categoryPositions(index.plan);
  const { sections, standingAreas } = index.plan;
  let number = index.seatCount;
  for (const [a, area] of standingAreas.entries()) {
    const end = number + area.capacity;
    const [x, y] = middleOf(area.outline);
    index.sectionStart[sections.length + a] = number;
    index.x.fill(x, number, end);
    index.y.fill(y, number, end);
    index.category.fill(categoryOf(area.category), number, end);
    index.section.fill(sections.length + a, number, end);
    number = end;
  }
  index.sectionStart[sections.length + standingAreas.length] = number;
}

function measureDistance(index: PlanIndex): void {
  const { focalPoint } = index.plan;
  for (let n = 0; n < index.total; n++) {
    index.distance[n] = focalPoint
      ? Math.hypot((index.x[n] ?? 0) - focalPoint.x, (index.y[n] ?? 0) - focalPoint.y)
      : n; // plan order: the author put the best rows first
  }
}

/** Median distance of neighbours; 1 in a plan where nobody has a neighbour. */
function usualPitch(index: PlanIndex): number {
  const gaps: number[] = [];
  for (let n = 0; n < index.seatCount; n++) {
    if (index.right[n] !== -1) gaps.push(gapBetween(index, n, n + 1));
  }
  return gaps.sort((a, b) => a - b)[gaps.length >> 1] || 1;
}

export function gapBetween(index: PlanIndex, a: SeatNumber, b: SeatNumber): number {
  const across = (index.x[a] ?? 0) - (index.x[b] ?? 0);
  const down = (index.y[a] ?? 0) - (index.y[b] ?? 0);
  return Math.sqrt(across * across + down * down);
}

/** Rows this many seat pitches apart are still "the row behind": a real row is 1.5 to 2.5 deep. */
const rowReach = 4;

function linkRows(index: PlanIndex): void {
  const { rowStart, rowSection, behind } = index;
  for (let row = 0; row + 1 < rowSection.length; row++) {
    if (rowSection[row] !== rowSection[row + 1]) continue;
    const [start, next, end] = [rowStart[row] ?? 0, rowStart[row + 1] ?? 0, rowStart[row + 2] ?? 0];
    for (let n = start; n < next; n++) {
      let nearest = next;
      for (let m = next + 1; m < end; m++) {
        if (gapBetween(index, n, m) < gapBetween(index, n, nearest)) nearest = m;
      }
      if (gapBetween(index, n, nearest) <= rowReach * index.seatPitch) behind[n] = nearest;
    }
  }
}

/** What is printed on a ticket. `row` is absent for a standing place. */
export type SeatName = { readonly section: Wording; readonly row?: string; readonly seat: string };

export function seatName(index: PlanIndex, number: SeatNumber): SeatName {
  assert(number >= 0 && number < index.total, `no place ${number} in a plan of ${index.total}`);
  const { sections, standingAreas } = index.plan;
  const s = index.section[number] ?? 0;
  const section = sections[s];
  if (section === undefined) {
    const area = standingAreas[s - sections.length];
    assert(area, `place ${number} is in no section`);
    return { section: area.name, seat: String(number - (index.sectionStart[s] ?? 0) + 1) };
  }
  const r = index.row[number] ?? 0;
  const row = section.rows[r - (index.row[index.sectionStart[s] ?? 0] ?? 0)];
  const seat = row?.seats[number - (index.rowStart[r] ?? 0)];
  assert(row && seat, `place ${number} has no seat`);
  return { section: section.name, row: row.label, seat: seat.label };
}

/** "101구역 5열 12번", "Section 101, row 5, seat 12"; for a standing place its entry number. */
export function seatWords(name: SeatName, language: "ko" | "en"): string {
  if (language === "ko") {
    const row = name.row === undefined ? "" : ` ${name.row}열`;
    return `${name.section.ko}${row} ${name.seat}번`;
  }
  if (name.row === undefined) return `${name.section.en}, no. ${name.seat}`;
  return `${name.section.en}, row ${name.row}, seat ${name.seat}`;
}

/** The half-open range of numbers of a section or standing area. */
export function numbersOf(index: PlanIndex, section: number): { start: number; end: number } {
  const start = index.sectionStart[section];
  const end = index.sectionStart[section + 1];
  assert(start !== undefined && end !== undefined, `no section ${section}`);
  return { start, end };
}

export function isStanding(index: PlanIndex, number: SeatNumber): boolean {
  return number >= index.seatCount;
}
