// Help for somebody who picks seats by hand: the nearest equal seat when one was lost to another
// fan, and advice (never a refusal) when a choice leaves a single seat that nobody will want.

import type { SeatNumber } from "../../foundation/ids.ts";
import { gapBetween, isStanding, numbersOf, type PlanIndex, seatFlag } from "./plan-index.ts";

/** Another section has other neighbours, another gate, another view: that many seats farther. */
const sectionCost = 40;
/** A seat in the same row is felt as nearer than one behind. */
const rowCost = 2;

/**
 * The nearest free seat of the same category and kind; of the same area for a standing place.
 * Seats that the fan has chosen already must not be free by `isFree`.
 */
export function nearestEqual(
  index: PlanIndex,
  lost: SeatNumber,
  isFree: (seat: SeatNumber) => boolean,
): SeatNumber | undefined {
  const standing = isStanding(index, lost);
  const { start, end } = standing
    ? numbersOf(index, index.section[lost] ?? 0)
    : { start: 0, end: index.seatCount };
  const kind = kindOf(index, lost);
  let nearest: SeatNumber | undefined;
  let nearestCost = Infinity;
  for (let n = start; n < end; n++) {
    if (n === lost || index.category[n] !== index.category[lost] || !isFree(n)) continue;
    if (kindOf(index, n) !== kind) continue;
    let cost = gapBetween(index, lost, n);
    if (index.section[n] !== index.section[lost]) cost += sectionCost * index.seatPitch;
    if (index.row[n] !== index.row[lost]) cost += rowCost * index.seatPitch;
    if (cost < nearestCost) [nearest, nearestCost] = [n, cost];
  }
  return nearest;
}

function kindOf(index: PlanIndex, seat: SeatNumber): number {
  return (index.flags[seat] ?? 0) & (seatFlag.accessible | seatFlag.companion);
}

/** Free seats that the selection would leave without a free neighbour, though they had one before. */
export function orphansOf(
  index: PlanIndex,
  selection: readonly SeatNumber[],
  isFree: (seat: SeatNumber) => boolean,
): SeatNumber[] {
  const chosen = new Set(selection);
  const orphans = new Set<SeatNumber>();
  const open = (seat: number) => seat !== -1 && !chosen.has(seat) && isFree(seat);
  for (const seat of chosen) {
    for (const beside of [index.left[seat] ?? -1, index.right[seat] ?? -1]) {
      if (!open(beside)) continue;
      if (!open(index.left[beside] ?? -1) && !open(index.right[beside] ?? -1)) orphans.add(beside);
    }
  }
  return [...orphans].sort((a, b) => a - b);
}

export function leavesOrphan(
  index: PlanIndex,
  selection: readonly SeatNumber[],
  isFree: (seat: SeatNumber) => boolean,
): boolean {
  return orphansOf(index, selection, isFree).length > 0;
}
