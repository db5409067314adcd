// One attempt to pay an order. Its state is the intent of the coming call or the answer to the last
// one; the provider's ledger is the second book. Keys are made of our own names only, so that a repeat
// of a call is the same call, whoever makes it.

import type { OrderId } from "../../foundation/ids.ts";

/** Intents end in -ing; `unknown` means: ask the provider before anything else. */
export type PaymentState =
  | "authorizing"
  | "requires-action"
  | "authorized"
  | "declined"
  | "capturing"
  | "captured"
  | "voiding"
  | "voided"
  | "refunding"
  | "refunded"
  | "unknown";

export type PaymentOperation = "authorize" | "capture" | "void" | "refund";

/** Stays the same over retries, differs per attempt and per operation. */
export function idempotencyKey(
  orderId: OrderId,
  attempt: number,
  operation: PaymentOperation,
): string {
  return operation === "authorize" ? `${orderId}:${attempt}` : `${orderId}:${attempt}:${operation}`;
}
