// What may become of an order after an answer: each move is one sentence of the table, as the change
// that is committed. Moves that go on at once keep the lease; the others say when to look again.
//
// Keeps: the next call's intent is in the same commit as the last call's answer; seats are freed only
// by moves that follow a provider's word that it holds no money of this attempt.

import type { Order, OrderChange } from "../ports/order-store.ts";

/** Any outcome; most carry the provider's name for the payment. */
type Reference = { kind: string; providerRef?: string | undefined };

/** The database's clock may be ahead: what is due by its clock and not by ours must not be taken up
 * again and again until ours has caught up. */
const leastPauseMs = 250;

const referenceOf = ({ providerRef }: Reference) =>
  providerRef === undefined ? {} : { providerRef };

/** The fan has left, or the hold's deadline has passed: nothing new is begun for this order. */
export function isOver(order: Order, now: number): boolean {
  return now >= order.deadline || order.reason === fanLeft;
}

export const fanLeft = "fan-left";
/** Its money came after the order had ended. */
export const lateMoney = "late-money";

/** Waits an eighth of the order's age: soon at first, seldom later, and without a counter to keep. */
export function patience(order: Order, now: number): number {
  return Math.min(15_000, Math.max(500, Math.round((now - order.createdAt) / 8)));
}

export function capture(_order: Order, found: Reference): OrderChange {
  return {
    state: "capturing",
    payment: { state: "capturing", ...referenceOf(found) },
    keepLease: true,
  };
}

export function issue(_order: Order, found: Reference): OrderChange {
  return {
    state: "issuing",
    payment: { state: "captured", ...referenceOf(found) },
    keepLease: true,
  };
}

/** The answer is not known: the provider is asked at once, before anything else is done. */
export function ask(_order: Order, found: Reference): OrderChange {
  return {
    state: "payment-unknown",
    payment: { state: "unknown", ...referenceOf(found) },
    keepLease: true,
  };
}

export function askLater(order: Order, found: Reference, now: number): OrderChange {
  return {
    state: "payment-unknown",
    payment: { state: "unknown", ...referenceOf(found) },
    dueAt: now + patience(order, now),
  };
}

/** The provider never took it: the same call again, under the same key. */
export function authorizeAgain(order: Order, _found: unknown, now: number): OrderChange {
  return {
    state: "authorizing",
    payment: { state: "authorizing" },
    dueAt: now + patience(order, now),
  };
}

/** Not over yet; looks again by itself too, since webhooks get lost. */
export function waitForProof(
  order: Order,
  found: Reference & { actionUrl: string; againMs: number },
  now: number,
): OrderChange {
  return {
    state: "requires-action",
    payment: { state: "requires-action", actionUrl: found.actionUrl, ...referenceOf(found) },
    dueAt: Math.max(now + leastPauseMs, Math.min(now + found.againMs, order.deadline)),
  };
}

/** Cancels the payment first; what it leads to is decided once the provider has said so. */
export function voidFirst(order: Order, found: Reference & { code?: string }): OrderChange {
  return {
    state: order.state,
    payment: { state: "voiding", ...referenceOf(found) },
    ...(found.code === undefined || order.reason === fanLeft ? {} : { reason: found.code }),
    keepLease: true,
  };
}

/** No money is held: back to the hold while it runs, else the seats are free. */
export function declined(order: Order, refusal: Reference & { code: string }, now: number) {
  const payment = {
    state: "declined",
    declineCode: refusal.code,
    ...referenceOf(refusal),
  } as const;
  return giveBack(order, { reason: refusal.code, payment }, now);
}

export function voided(order: Order, _outcome: unknown, now: number): OrderChange {
  const late = order.reason === lateMoney ? lateMoney : "too-late";
  const reason = now >= order.deadline ? late : (order.reason ?? "payment-cancelled");
  return giveBack(order, { reason, payment: { state: "voided" } }, now);
}

/** The provider has nothing and it is too late to begin. */
export function neverTaken(order: Order, _outcome: unknown, now: number): OrderChange {
  return giveBack(order, { reason: "too-late", payment: { state: "voided" } }, now);
}

function giveBack(
  order: Order,
  change: Required<Pick<OrderChange, "reason" | "payment">>,
  now: number,
): OrderChange {
  if (order.reason === fanLeft)
    return { ...change, reason: fanLeft, state: "cancelled", seats: "back" };
  if (now >= order.deadline) return { ...change, state: "cancelled", seats: "free" };
  return { ...change, state: "draft", seats: "back", dueAt: order.deadline };
}

/** Intent of a refund: whatever comes now, the money goes back. */
export function refund(order: Order, why: { reason: string }): OrderChange {
  return {
    state: "refunding",
    reason: order.reason === lateMoney ? lateMoney : why.reason,
    payment: { state: "refunding" },
    keepLease: true,
  };
}

export function refunded(order: Order): OrderChange {
  return {
    state: "refunded",
    payment: { state: "refunded", refunded: order.amount.amount },
    seats: "free",
  };
}

/** Stays as it is and is taken up again later. */
export function later(order: Order, _outcome: unknown, now: number): OrderChange {
  return { state: order.state, dueAt: now + patience(order, now) };
}

/** A person is needed. */
export function stuck(_order: Order, why: { reason: string }): OrderChange {
  return { state: "stuck", reason: why.reason };
}

export function holdEnded(_order: Order): OrderChange {
  return { state: "cancelled", reason: "hold-ended" };
}

export function waitForFan(order: Order, _outcome: unknown, now: number): OrderChange {
  return { state: "draft", dueAt: Math.max(now + leastPauseMs, order.deadline) };
}
