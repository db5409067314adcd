// The best n seats together. Tried in this order: neighbours in a row that leave nobody a single
// seat; neighbours that do; two blocks in adjacent rows; any n of one section, close together.
// Keeps: only free seats are named, a block never crosses an aisle, and the answer is a function of
// the arguments alone. Concurrent fans pass different `spread` numbers and are told different,
// nearly equal blocks, or they would all lose to the first one. Read next: nearest-equal.ts.

import { assert } from "../../foundation/assert.ts";
import type { SeatNumber } from "../../foundation/ids.ts";
import { NearestBlocks } from "./nearest-blocks.ts";
import { gapBetween, numbersOf, type PlanIndex, seatFlag } from "./plan-index.ts";

export type BestRequest = {
  /** How many, 1…maxTogether. */
  readonly count: number;
  readonly isFree: (seat: SeatNumber) => boolean;
  /** Positions in the plan; absent: anywhere. */
  readonly category?: number;
  readonly section?: number;
  /** Any whole number ≥ 0; without it, the very best. */
  readonly spread?: number;
  /** Only wheelchair places and those beside them. Without it they are left to who needs them. */
  readonly wheelchair?: boolean;
};

export type BestOutcome =
  | {
      readonly kind: "found";
      /** Ascending. */
      readonly seats: readonly SeatNumber[];
      readonly together: "row" | "row-leaving-single" | "two-rows" | "section" | "standing";
    }
  | { readonly kind: "none" };

export const maxTogether = 20;

/** A partly blocked view counts as being this much farther away. */
const obstructedCost = 1.5;

export function bestAvailable(index: PlanIndex, request: BestRequest): BestOutcome {
  const { count, spread } = request;
  assert(Number.isInteger(count) && count >= 1 && count <= maxTogether, `count is ${count}`);
  assert(spread === undefined || (Number.isInteger(spread) && spread >= 0), `spread is ${spread}`);
  const standing = standingAsked(index, request);
  if (standing !== undefined) return standingPlaces(index, request, standing);
  const range = seatRange(index, request);
  const usable = usableSeats(index, request, range);
  return (
    inOneRow(index, request, range, usable) ??
    inTwoRows(index, request, range, usable) ??
    inOneSection(index, request, usable) ?? { kind: "none" }
  );
}

type Range = { readonly start: number; readonly end: number };

function seatRange(index: PlanIndex, request: BestRequest): Range {
  return request.section === undefined
    ? { start: 0, end: index.seatCount }
    : numbersOf(index, request.section);
}

/** 1 for each seat that may be named; 2 for one that is free but not asked for. */
function usableSeats(index: PlanIndex, request: BestRequest, range: Range): Uint8Array {
  const { isFree, category, wheelchair } = request;
  const kept = seatFlag.accessible | seatFlag.companion;
  const usable = new Uint8Array(index.seatCount);
  for (let n = range.start; n < range.end; n++) {
    if (!isFree(n)) continue;
    const asked =
      (category === undefined || index.category[n] === category) &&
      (((index.flags[n] ?? 0) & kept) !== 0) === (wheelchair ?? false);
    usable[n] = asked ? 1 : 2;
  }
  return usable;
}

function costOf(index: PlanIndex, seat: SeatNumber): number {
  const distance = index.distance[seat] ?? 0;
  return ((index.flags[seat] ?? 0) & seatFlag.obstructed) === 0
    ? distance
    : distance * obstructedCost;
}

function inOneRow(
  index: PlanIndex,
  request: BestRequest,
  range: Range,
  usable: Uint8Array,
): BestOutcome | undefined {
  const { count, spread } = request;
  const tidy = new NearestBlocks();
  const leavingSingle = new NearestBlocks();
  let start = range.start;
  while (start < range.end) {
    if (usable[start] === 0) {
      start++;
      continue;
    }
    let end = start + 1;
    while (end < range.end && usable[end] !== 0 && index.left[end] !== -1) end++;
    if (end - start >= count) {
      offerRun(index, { start, end, count, usable, leaveSingle: false }, tidy);
      offerRun(index, { start, end, count, usable, leaveSingle: true }, leavingSingle);
    }
    start = end;
  }
  const kind = tidy.count > 0 ? "row" : "row-leaving-single";
  const first = (tidy.count > 0 ? tidy : leavingSingle).choose(spread);
  if (first === undefined) return undefined;
  return { kind: "found", seats: consecutive(first, count), together: kind };
}

type Run = Range & {
  readonly count: number;
  readonly usable: Uint8Array;
  readonly leaveSingle: boolean;
};

/** The best block of a run of free neighbours, and the blocks beside it that do not overlap. */
function offerRun(index: PlanIndex, run: Run, blocks: NearestBlocks): void {
  let best = -1;
  let bestCost = Infinity;
  for (let s = run.start; s + run.count <= run.end; s++) {
    if (!fits(run, s)) continue;
    const cost = costOf(index, s + (run.count >> 1));
    if (cost < bestCost) [best, bestCost] = [s, cost];
  }
  if (best === -1) return;
  const first = best - Math.floor((best - run.start) / run.count) * run.count;
  for (let s = first; s + run.count <= run.end; s += run.count) {
    if (fits(run, s)) blocks.offer(s, costOf(index, s + (run.count >> 1)));
  }
}

function fits(run: Run, start: number): boolean {
  const single = start - run.start === 1 || run.end - start - run.count === 1;
  return single === run.leaveSingle && allUsable(run.usable, start, run.count);
}

function allUsable(usable: Uint8Array, start: number, count: number): boolean {
  for (let n = start; n < start + count; n++) if (usable[n] !== 1) return false;
  return true;
}

/** Most even split first: 2 + 2 before 3 + 1. The second block starts behind the first's middle. */
function inTwoRows(
  index: PlanIndex,
  request: BestRequest,
  range: Range,
  usable: Uint8Array,
): BestOutcome | undefined {
  const { count, spread } = request;
  for (let larger = Math.ceil(count / 2); larger < count; larger++) {
    const blocks = new NearestBlocks();
    const partner = new Map<number, { start: number; front: number }>();
    for (const front of new Set([larger, count - larger])) {
      for (let s = range.start; s + front <= range.end; s++) {
        if (!isBlock(index, usable, s, front)) continue;
        const behind = blockBehind(index, usable, { start: s, front, count });
        if (behind === undefined) continue;
        const offered = s * 2 + (front === larger ? 0 : 1);
        partner.set(offered, { start: behind, front });
        blocks.offer(offered, costOf(index, s + (front >> 1)));
      }
    }
    const chosen = blocks.choose(spread);
    if (chosen === undefined) continue;
    const second = partner.get(chosen);
    assert(second !== undefined, "a block of two rows has a second row");
    const seats = [
      ...consecutive(chosen >> 1, second.front),
      ...consecutive(second.start, count - second.front),
    ];
    return { kind: "found", seats, together: "two-rows" };
  }
  return undefined;
}

function isBlock(index: PlanIndex, usable: Uint8Array, start: number, count: number): boolean {
  if (!allUsable(usable, start, count)) return false;
  for (let n = start + 1; n < start + count; n++) if (index.left[n] === -1) return false;
  return true;
}

/** How far the second block may be shifted sideways against the first, in seats. */
const sidestep = [0, -1, 1, -2, 2];

function blockBehind(
  index: PlanIndex,
  usable: Uint8Array,
  block: { start: number; front: number; count: number },
): number | undefined {
  const behind = index.behind[block.start + (block.front >> 1)] ?? -1;
  if (behind === -1) return undefined;
  const size = block.count - block.front;
  for (const step of sidestep) {
    const start = behind - (size >> 1) + step;
    if (index.row[start] === index.row[behind] && isBlock(index, usable, start, size)) return start;
  }
  return undefined;
}

function inOneSection(
  index: PlanIndex,
  request: BestRequest,
  usable: Uint8Array,
): BestOutcome | undefined {
  const anchors = new NearestBlocks();
  for (let s = 0; s < index.plan.sections.length; s++) {
    if (request.section !== undefined && request.section !== s) continue;
    const { start, end } = numbersOf(index, s);
    let free = 0;
    let best = start;
    for (let n = start; n < end; n++) {
      if (usable[n] !== 1) continue;
      if (free === 0 || costOf(index, n) < costOf(index, best)) best = n;
      free++;
    }
    if (free >= request.count) anchors.offer(best, costOf(index, best));
  }
  const anchor = anchors.choose(request.spread);
  if (anchor === undefined) return undefined;
  const { start, end } = numbersOf(index, index.section[anchor] ?? 0);
  const around: { seat: SeatNumber; gap: number }[] = [];
  for (let n = start; n < end; n++) {
    if (usable[n] === 1) around.push({ seat: n, gap: gapBetween(index, anchor, n) });
  }
  around.sort((a, b) => a.gap - b.gap || a.seat - b.seat);
  const seats = around.slice(0, request.count).map(({ seat }) => seat);
  return { kind: "found", seats: seats.sort((a, b) => a - b), together: "section" };
}

/** The standing area meant: the section asked for, or the only kind of place in the category. */
function standingAsked(index: PlanIndex, request: BestRequest): number | undefined {
  const seated = index.plan.sections.length;
  if (request.section !== undefined) return request.section >= seated ? request.section : undefined;
  const { category } = request;
  if (category === undefined) return index.seatCount === 0 ? seated : undefined;
  const key = index.plan.categories[category]?.key;
  const area = index.plan.standingAreas.findIndex((a) => a.category === key);
  if (area === -1 || index.category.subarray(0, index.seatCount).includes(category)) {
    return undefined;
  }
  return seated + area;
}

/** Any free places of the area; the search starts somewhere else for each spread. */
function standingPlaces(index: PlanIndex, request: BestRequest, area: number): BestOutcome {
  const { start, end } = numbersOf(index, area);
  const capacity = end - start;
  const offset = ((request.spread ?? 0) * request.count) % capacity;
  const seats: SeatNumber[] = [];
  for (let i = 0; i < capacity && seats.length < request.count; i++) {
    const place = start + ((offset + i) % capacity);
    const { category } = request;
    if (category !== undefined && index.category[place] !== category) break;
    if (request.isFree(place)) seats.push(place);
  }
  if (seats.length < request.count) return { kind: "none" };
  return { kind: "found", seats: seats.sort((a, b) => a - b), together: "standing" };
}

function consecutive(first: SeatNumber, count: number): SeatNumber[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
