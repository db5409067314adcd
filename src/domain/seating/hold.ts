// The rules of holding seats, as arithmetic. The stores (memory, Redis, PostgreSQL) each enforce
// them in their own language; this is what they must agree with. Keeps: an extension never goes
// past `maxHoldMs` from the first moment and never shortens what was promised; a seat that is being
// paid for is nobody else's whatever the clock says. Time is an argument everywhere.

import type { SeatNumber } from "../../foundation/ids.ts";

export type HoldRules = {
  /** What a hold, or an extension of it, is good for. */
  readonly holdMs: number;
  /** From the first moment of a hold to its last possible deadline, extensions included. */
  readonly maxHoldMs: number;
  readonly seatsPerHold: number;
  /** Held, being paid and bought together, by one fan in one performance. */
  readonly seatsPerFan: number;
};

export const defaultHoldRules: HoldRules = {
  holdMs: 5 * 60_000,
  maxHoldMs: 15 * 60_000,
  seatsPerHold: 4,
  seatsPerFan: 4,
};

/** What the truth knows about a seat that is not free. */
export type ClaimedSeat = {
  readonly state: "held" | "paying" | "sold" | "withheld";
  /** Absent when withheld: nobody has it. */
  readonly owner?: string;
  /** A hold is over AT its deadline, not after it. */
  readonly deadline?: number;
};

/** Whose is the seat for somebody who asks now? Expired is free: no sweeper is needed for that. */
export function standingOf(
  claim: ClaimedSeat | undefined,
  owner: string,
  now: number,
): "free" | "own" | "taken" {
  if (claim === undefined) return "free";
  if (claim.state !== "held") return "taken";
  if ((claim.deadline ?? 0) <= now) return "free";
  return claim.owner === owner ? "own" : "taken";
}

export type SelectionOutcome =
  | { readonly kind: "acceptable" }
  | { readonly kind: "empty" }
  | { readonly kind: "repeated"; readonly seat: SeatNumber }
  | { readonly kind: "unknown-seat"; readonly seat: number }
  | { readonly kind: "over-limit"; readonly limit: number; readonly asked: number };

/** @param total how many numbers the plan has. */
export function checkSelection(
  seats: readonly number[],
  total: number,
  rules: HoldRules,
): SelectionOutcome {
  if (seats.length === 0) return { kind: "empty" };
  if (seats.length > rules.seatsPerHold) {
    return { kind: "over-limit", limit: rules.seatsPerHold, asked: seats.length };
  }
  const seen = new Set<number>();
  for (const seat of seats) {
    if (!Number.isInteger(seat) || seat < 0 || seat >= total) return { kind: "unknown-seat", seat };
    if (seen.has(seat)) return { kind: "repeated", seat };
    seen.add(seat);
  }
  return { kind: "acceptable" };
}

/** How many more seats this fan may take; counted when held, not when paid. */
export function seatsLeftFor(countedAlready: number, rules: HoldRules): number {
  return Math.max(0, rules.seatsPerFan - countedAlready);
}

export function firstDeadline(now: number, rules: HoldRules): number {
  return now + Math.min(rules.holdMs, rules.maxHoldMs);
}

export type ExtensionOutcome =
  | { readonly kind: "extended"; readonly deadline: number; readonly last: boolean }
  | { readonly kind: "at-limit"; readonly deadline: number }
  | { readonly kind: "expired" };

/** The deadline if the owner extends now; `last` when no later one will be granted. */
export function extendHold(
  hold: { readonly heldAt: number; readonly deadline: number },
  now: number,
  rules: HoldRules,
): ExtensionOutcome {
  if (hold.deadline <= now) return { kind: "expired" };
  const latest = hold.heldAt + rules.maxHoldMs;
  const deadline = Math.min(now + rules.holdMs, latest);
  if (deadline <= hold.deadline) return { kind: "at-limit", deadline: hold.deadline };
  return { kind: "extended", deadline, last: deadline === latest };
}
