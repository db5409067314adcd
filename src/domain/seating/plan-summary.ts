// A plan in numbers, for people who must decide about it: how many of what, and how many seats each
// category has. Counted from the plan itself, so that the figures are those of what will be sold.

import { countPlaces, countSeats, type VenuePlan, type Wording } from "./venue-plan.ts";

export type PlanSummary = {
  name: Wording;
  sections: number;
  rows: number;
  seats: number;
  /** Seats and standing places. */
  places: number;
  standingAreas: { key: string; name: Wording; capacity: number }[];
  categories: { key: string; name: Wording; color: string; places: number }[];
};

export function summarizePlan(plan: VenuePlan): PlanSummary {
  const counts = new Map<string, number>();
  const count = (key: string, places: number) => counts.set(key, (counts.get(key) ?? 0) + places);
  for (const section of plan.sections) {
    for (const row of section.rows) {
      for (const seat of row.seats) count(seat.category ?? section.category, 1);
    }
  }
  for (const area of plan.standingAreas) count(area.category, area.capacity);
  return {
    name: plan.name,
    sections: plan.sections.length,
    rows: plan.sections.reduce((sum, section) => sum + section.rows.length, 0),
    seats: countSeats(plan),
    places: countPlaces(plan),
    standingAreas: plan.standingAreas.map(({ key, name, capacity }) => ({ key, name, capacity })),
    categories: plan.categories.map(({ key, name, color }) => ({
      key,
      name,
      color,
      places: counts.get(key) ?? 0,
    })),
  };
}
