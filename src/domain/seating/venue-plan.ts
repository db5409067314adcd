// A venue plan: the immutable drawing of where people sit and stand, identified by its content hash
// (plan-hash.ts). Keeps: seats have dense numbers 0…n−1 in plan order (sections, rows, seats), then
// each standing area's places follow as numbers too, so everything downstream (claims, holds,
// availability) treats a standing place as a seat and capacity cannot be exceeded by construction.
// Neighbours are explicit: two seats that follow each other in a row sit side by side unless the
// second says `apart`. Read next: check-plan.ts (what a stranger's file must satisfy), plan-index.ts.

import type { SeatNumber } from "../../foundation/ids.ts";

export const planFormat = "usher-plan/1";

/** Words that a person reads, in both languages. An imported name is the same in both. */
export type Wording = { readonly ko: string; readonly en: string };
export type Point = readonly [x: number, y: number];
/** A closed polygon; the last point is joined to the first. */
export type Outline = readonly Point[];

export type Seat = {
  /** As printed on the seat, without "번" or "seat". Unique in its row. */
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** A category key; absent: the section's. */
  readonly category?: string;
  /** An aisle, a pillar or a gap lies between this seat and the one before it in the row. */
  readonly apart?: true;
  /** Reachable by wheelchair. */
  readonly accessible?: true;
  /** Kept for who accompanies an accessible seat. */
  readonly companion?: true;
  /** The view is partly blocked. */
  readonly obstructed?: true;
};

/** Seats in the order in which one walks along the row. The first row is the best of its section. */
export type Row = { readonly key: string; readonly label: string; readonly seats: readonly Seat[] };

export type Section = {
  readonly key: string;
  readonly name: Wording;
  /** The category of every seat that names none. */
  readonly category: string;
  readonly outline?: Outline;
  /** The gate printed on the ticket. */
  readonly entrance?: Wording;
  readonly rows: readonly Row[];
};

export type StandingArea = {
  readonly key: string;
  readonly name: Wording;
  readonly category: string;
  readonly capacity: number;
  readonly outline: Outline;
  readonly entrance?: Wording;
};

export type Category = { readonly key: string; readonly name: Wording; readonly color: string };

/** Drawn, never sold: it tells a fan which way everybody looks. */
export type Landmark = {
  readonly kind: "stage" | "floor" | "field";
  readonly name?: Wording;
  readonly outline: Outline;
};

export type VenuePlan = {
  readonly format: typeof planFormat;
  readonly name: Wording;
  readonly canvas: { readonly width: number; readonly height: number };
  /** What everybody came to look at; seats near it are the best. Absent: the first row is best. */
  readonly focalPoint?: { readonly x: number; readonly y: number };
  readonly categories: readonly Category[];
  readonly landmarks?: readonly Landmark[];
  readonly sections: readonly Section[];
  readonly standingAreas: readonly StandingArea[];
};

/** Enough for the largest stadium in Korea; a file beyond them is a mistake or an attack. */
export const planLimits = {
  places: 100_000,
  sections: 500,
  rowsPerSection: 500,
  seatsPerRow: 1_000,
  standingAreas: 50,
  categories: 50,
  landmarks: 50,
  outlinePoints: 500,
  wordLength: 80,
  keyLength: 64,
  labelLength: 16,
  canvas: 100_000,
} as const;

/** Seats plus standing places: how many numbers the plan has. */
export function countPlaces(plan: VenuePlan): number {
  let places = countSeats(plan);
  for (const area of plan.standingAreas) places += area.capacity;
  return places;
}

export function countSeats(plan: VenuePlan): SeatNumber {
  let seats = 0;
  for (const section of plan.sections) {
    for (const row of section.rows) seats += row.seats.length;
  }
  return seats;
}
