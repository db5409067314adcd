// The rules of holding seats, as arithmetic. The stores (memory, Redis, PostgreSQL) each enforce
// them in their own language; this is what they must agree with. Keeps: an extension never goes
// past `maxHoldMs` from the first moment and never shortens what was promised; a seat that is being
// paid for is nobody else's whatever the clock says. Time is an argument everywhere.

import type { SeatNumber } from "../../foundation/ids.ts";

export type HoldRules = {
  /** What a hold, or an extension of it, is good for. */
  readonly holdTtlMs: number;
  /** From the first moment of a hold to its last possible deadline, extensions included. */
  readonly maxHoldMs: number;
  readonly seatsPerHold: number;
  /** Held, being paid and bought together, by one identity in one performance. */
  readonly seatsPerIdentity: number;
};

export const defaultHoldRules: HoldRules = {
  holdTtlMs: 5 * 60_000,
  maxHoldMs: 15 * 60_000,
  seatsPerHold: 4,
  seatsPerIdentity: 4,
};

export type ClaimState = "held" | "paying" | "sold" | "withheld";

/** What the truth knows about a seat that is not free. */
export type SeatClaim = {
  readonly owner: string;
  readonly state: ClaimState;
  /** Counts up with every accepted write to the seat. */
  readonly fence: number;
  /** When a hold ends; a hold is over AT its deadline, not after it. */
  readonly deadlineAt: number;
};

/** Whose is the seat for somebody who asks now? Expired is free: no sweeper is needed for that. */
export function standingOf(
  claim: SeatClaim | undefined,
  owner: string,
  now: number,
): "free" | "own" | "taken" {
  if (claim === undefined) return "free";
  if (claim.state !== "held") return "taken";
  if (claim.deadlineAt <= now) return "free";
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

/** How many more seats this identity may take; counted when held, not when paid. */
export function seatsLeftFor(countedAlready: number, rules: HoldRules): number {
  return Math.max(0, rules.seatsPerIdentity - countedAlready);
}

export function firstDeadline(now: number, rules: HoldRules): number {
  return now + Math.min(rules.holdTtlMs, rules.maxHoldMs);
}

export type ExtensionOutcome =
  | { readonly kind: "extended"; readonly deadlineAt: number; readonly last: boolean }
  | { readonly kind: "at-limit"; readonly deadlineAt: number }
  | { readonly kind: "expired" };

/** The deadline if the owner extends now; `last` when no later one will be granted. */
export function extendHold(
  hold: { readonly heldSinceAt: number; readonly deadlineAt: number },
  now: number,
  rules: HoldRules,
): ExtensionOutcome {
  if (hold.deadlineAt <= now) return { kind: "expired" };
  const latest = hold.heldSinceAt + rules.maxHoldMs;
  const deadlineAt = Math.min(now + rules.holdTtlMs, latest);
  if (deadlineAt <= hold.deadlineAt) return { kind: "at-limit", deadlineAt: hold.deadlineAt };
  return { kind: "extended", deadlineAt, last: deadlineAt === latest };
}
