// The few facts about a venue plan that checks need, counted here a second time on purpose and not
// taken from plan-index.ts: an error there must not excuse itself.

import type { VenuePlan } from "../../domain/seating/venue-plan.ts";

export type StandingRange = { key: string; first: number; last: number; capacity: number };

/**
 * `last` reaches to the next area's first number, or to the end of all numbers for the last area: so a
 * place that is numbered beyond its area counts as one too many in it.
 */
export function standingRanges(plan: VenuePlan): StandingRange[] {
  let next = seatCategories(plan).length;
  const areas = plan.standingAreas.map(({ key, capacity }) => {
    const first = next;
    next += capacity;
    return { key, first, last: next - 1, capacity };
  });
  const last = areas.at(-1);
  if (last !== undefined) last.last = Number.MAX_SAFE_INTEGER;
  return areas;
}

/** Category of each seat, by number; standing places are not in it. */
function seatCategories(plan: VenuePlan): string[] {
  return plan.sections.flatMap((section) =>
    section.rows.flatMap((row) => row.seats.map((seat) => seat.category ?? section.category)),
  );
}

/** Category of every place, by number. */
export function placeCategories(plan: VenuePlan): string[] {
  const standing = plan.standingAreas.flatMap(({ category, capacity }) =>
    Array.from({ length: capacity }, () => category),
  );
  return [...seatCategories(plan), ...standing];
}
