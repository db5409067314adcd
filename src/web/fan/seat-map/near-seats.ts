// Two kindnesses for somebody who picks seats by hand, computed here because this page knows what is
// free right now: the nearest equal seat when one was lost, and a word (never a refusal) when a
// choice would leave a single seat on its own.

import type { Availability } from "./availability.ts";
import { isFree } from "./availability.ts";
import { sectionOf } from "./seat-plan.ts";

/** Another section is another view and another gate: worth that many seats of distance. */
const sectionCost = 40;
const rowCost = 2;
const wheels = 3;

/** Among the seats whose geometry has arrived; `near` are the rest of the choice, to stay together. */
export function nearestEqual(
  seats: Availability,
  lost: number,
  near: readonly number[],
): number | undefined {
  const { plan } = seats;
  const home = sectionOf(plan, lost);
  const towards = near.length > 0 ? [lost, ...near] : [lost];
  let best: number | undefined;
  let bestCost = Infinity;
  for (const section of plan.sections) {
    if (!section.loaded) continue;
    const away = section === home ? 0 : sectionCost * plan.pitch;
    if (away >= bestCost) continue;
    const rowOf = (n: number) =>
      section.loaded?.rows.find((r) => n >= r.first && n < r.first + r.count);
    const lostRow = section === home ? rowOf(lost) : undefined;
    for (let n = section.first; n < section.first + section.count; n++) {
      if (!isFree(seats, n) || near.includes(n)) continue;
      if (plan.category[n] !== plan.category[lost]) continue;
      if (((plan.flags[n] ?? 0) & wheels) !== ((plan.flags[lost] ?? 0) & wheels)) continue;
      const sameRow = lostRow && n >= lostRow.first && n < lostRow.first + lostRow.count;
      const cost =
        Math.min(...towards.map((m) => gap(seats, n, m) + (m === lost ? 0 : plan.pitch * 0.5))) +
        away +
        (sameRow ? 0 : rowCost * plan.pitch);
      if (cost < bestCost) [best, bestCost] = [n, cost];
    }
  }
  return best;
}

function gap({ plan }: Availability, a: number, b: number): number {
  return Math.hypot((plan.x[a] ?? 0) - (plan.x[b] ?? 0), (plan.y[a] ?? 0) - (plan.y[b] ?? 0));
}

/** Free seats that the choice would leave without a free neighbour though they had one before. */
export function orphansOf(seats: Availability, chosen: readonly number[]): number[] {
  const taken = new Set(chosen);
  const open = (n: number | undefined) => n !== undefined && !taken.has(n) && isFree(seats, n);
  const orphans = new Set<number>();
  for (const n of chosen) {
    for (const beside of besides(seats, n)) {
      if (beside === undefined || !open(beside)) continue;
      if (!besides(seats, beside).some(open)) orphans.add(beside);
    }
  }
  return [...orphans].sort((a, b) => a - b);
}

/** Left and right neighbour, where no aisle parts them. */
function besides({ plan }: Availability, n: number): (number | undefined)[] {
  const section = sectionOf(plan, n);
  const row = section?.loaded?.rows.find((r) => n >= r.first && n < r.first + r.count);
  if (!row) return [];
  const left = n > row.first && !plan.apart[n] ? n - 1 : undefined;
  const right = n + 1 < row.first + row.count && !plan.apart[n + 1] ? n + 1 : undefined;
  return [left, right];
}
