// The state of every seat as this page knows it: the wire's two bits a seat, and over them what the
// fan chose and holds. Keeps: counts per section and category follow every change, and changes
// that do not follow what is known are answered `gap`, never applied: the caller fetches anew.
// Read next: seat-feed.ts (fan/shop: where both come from).

import type { SeatPlan } from "./seat-plan.ts";

/** The wire's two bits. */
export const seatState = { free: 0, held: 1, sold: 2, withheld: 3 } as const;
/** What renderers draw; the first four are the wire's. */
export const seatLook = { ...seatState, chosen: 4, own: 5 } as const;

export type Availability = {
  readonly plan: SeatPlan;
  /** −1 before the first snapshot. */
  version: number;
  /** Wire states of all places, standing ones too. */
  readonly states: Uint8Array;
  /** Looks of seats: states with the fan's own on top. */
  readonly looks: Uint8Array;
  readonly freeBySection: Uint32Array;
  readonly freeByCategory: Uint32Array;
  readonly chosen: ReadonlySet<number>;
  readonly own: ReadonlySet<number>;
};

export function availability(plan: SeatPlan): Availability {
  return {
    plan,
    version: -1,
    states: new Uint8Array(plan.overview.total),
    looks: new Uint8Array(plan.overview.seatCount),
    freeBySection: new Uint32Array(plan.sections.length),
    freeByCategory: new Uint32Array(plan.overview.categories.length),
    chosen: new Set(),
    own: new Set(),
  };
}

/** Two bits a seat, low bits first. False where the length is not this plan's. */
export function applySnapshot(
  seats: Availability,
  snapshot: { version: number; seatCount: number; bits: Uint8Array },
): boolean {
  const { states } = seats;
  if (snapshot.seatCount !== states.length || snapshot.bits.length * 4 < states.length)
    return false;
  for (let n = 0; n < states.length; n++) {
    states[n] = ((snapshot.bits[n >> 2] ?? 0) >> ((n & 3) * 2)) & 3;
  }
  seats.version = snapshot.version;
  recount(seats);
  for (let n = 0; n < seats.looks.length; n++) look(seats, n);
  return true;
}

/**
 * `version` is the one after the last change, so a message begins at version − changes.length: one
 * that begins later than what is known is a gap, one that begins earlier is taken from there on.
 * @returns seats of the fan's choice that somebody else has taken with this change.
 */
export function applyChanges(
  seats: Availability,
  message: { version: number; changes: readonly (readonly [number, number])[] },
): { kind: "applied"; lost: number[] } | { kind: "gap" } | { kind: "known" } {
  const begins = message.version - message.changes.length;
  if (seats.version < 0 || begins > seats.version) return { kind: "gap" };
  if (message.version <= seats.version) return { kind: "known" };
  const lost: number[] = [];
  for (const [n, state] of message.changes.slice(seats.version - begins)) {
    const before = seats.states[n];
    if (before === undefined || before === state) continue;
    seats.states[n] = state;
    if (before === seatState.free) count(seats, n, -1);
    if (state === seatState.free) count(seats, n, 1);
    look(seats, n);
    if (state !== seatState.free && seats.chosen.has(n) && !seats.own.has(n)) lost.push(n);
  }
  seats.version = message.version;
  return { kind: "applied", lost };
}

export function setChosen(seats: Availability, chosen: ReadonlySet<number>): void {
  replace(seats, "chosen", chosen);
}

export function setOwn(seats: Availability, own: ReadonlySet<number>): void {
  replace(seats, "own", own);
}

function replace(
  seats: { -readonly [K in keyof Availability]: Availability[K] },
  which: "chosen" | "own",
  next: ReadonlySet<number>,
): void {
  const before = seats[which];
  seats[which] = new Set(next);
  for (const n of before) look(seats, n);
  for (const n of next) look(seats, n);
}

/** Can the fan add it to the choice now? */
export function isFree(seats: Availability, seat: number): boolean {
  return seats.states[seat] === seatState.free && !seats.own.has(seat);
}

/** Categories of a section arrive with its geometry: counts per category are redone then. */
export function recount(seats: Availability): void {
  seats.freeBySection.fill(0);
  seats.freeByCategory.fill(0);
  for (const section of seats.plan.sections) {
    for (let n = section.first; n < section.first + section.count; n++) {
      if (seats.states[n] !== seatState.free) continue;
      seats.freeBySection[section.number] = (seats.freeBySection[section.number] ?? 0) + 1;
      const category = categoryOf(seats.plan, section.number, n);
      seats.freeByCategory[category] = (seats.freeByCategory[category] ?? 0) + 1;
    }
  }
}

/** Until a section has arrived its most frequent category stands for all of its places. */
function categoryOf(plan: SeatPlan, section: number, seat: number): number {
  const place = plan.sections[section];
  if (place?.loaded && seat < plan.overview.seatCount) return plan.category[seat] ?? 0;
  return place?.categories[0] ?? 0;
}

function count(seats: Availability, seat: number, by: 1 | -1): void {
  const section = seats.plan.sections.findLast((candidate) => candidate.first <= seat);
  if (!section) return;
  seats.freeBySection[section.number] = (seats.freeBySection[section.number] ?? 0) + by;
  const category = categoryOf(seats.plan, section.number, seat);
  seats.freeByCategory[category] = (seats.freeByCategory[category] ?? 0) + by;
}

function look(seats: Availability, seat: number): void {
  if (seat >= seats.looks.length) return;
  if (seats.own.has(seat)) seats.looks[seat] = seatLook.own;
  else if (seats.chosen.has(seat)) seats.looks[seat] = seatLook.chosen;
  else seats.looks[seat] = seats.states[seat] ?? 0;
}

export function bitsFromBase64(text: string): Uint8Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
