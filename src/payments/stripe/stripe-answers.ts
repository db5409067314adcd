// Stripe's objects in our words. Amounts are minor units on both sides, also for currencies without a
// minor unit (₩1 is 1). An object that lacks what is needed is undefined, never a guess.

import type Stripe from "stripe";
import { type OrderId, parseId } from "../../foundation/ids.ts";
import type { ProviderPayment, WebhookHint } from "../../ports/payment-gateway.ts";
import type { Money } from "../../wire/contract.ts";

/** The SDK promises these types; what came over the wire need not keep them. */
export function moneyOf(amount: unknown, currency: unknown): Money | undefined {
  return Number.isSafeInteger(amount) && typeof currency === "string"
    ? { amount: amount as number, currency: currency.toUpperCase() }
    : undefined;
}

/** The names that we gave it. */
export function namesOf(
  metadata: Stripe.Metadata | null | undefined,
): { orderId: OrderId; attempt: number } | undefined {
  const orderId = parseId("order", metadata?.["order"]);
  const attempt = Number(metadata?.["attempt"]);
  return orderId === undefined || !Number.isSafeInteger(attempt) || attempt < 1
    ? undefined
    : { orderId, attempt };
}

export function paymentOfIntent(intent: Stripe.PaymentIntent): ProviderPayment | undefined {
  const names = namesOf(intent.metadata);
  const amount = moneyOf(intent.amount, intent.currency);
  const state = stateOf(intent.status);
  if (names === undefined || amount === undefined || state === undefined) return undefined;
  const charge = typeof intent.latest_charge === "object" ? intent.latest_charge : null;
  return {
    ...names,
    providerRef: intent.id,
    state,
    amount,
    captured: intent.amount_received,
    refunded: charge?.amount_refunded ?? 0,
    actionUrl: undefined,
    declineCode: declineCode(intent.last_payment_error?.decline_code),
    createdAt: intent.created * 1_000,
  };
}

export function paymentOfSession(session: Stripe.Checkout.Session): ProviderPayment | undefined {
  const intent = typeof session.payment_intent === "object" ? session.payment_intent : null;
  if (session.status === "complete") return intent === null ? undefined : paymentOfIntent(intent);
  const names = namesOf(session.metadata);
  const amount = moneyOf(session.amount_total, session.currency);
  if (names === undefined || amount === undefined) return undefined;
  return {
    ...names,
    providerRef: session.id,
    state: session.status === "expired" ? "voided" : "requires-action",
    amount,
    captured: 0,
    refunded: 0,
    actionUrl: session.url ?? undefined,
    declineCode: undefined,
    createdAt: session.created * 1_000,
  };
}

/** A status that we do not know is no state: Stripe may add some. */
function stateOf(status: Stripe.PaymentIntent.Status): ProviderPayment["state"] | undefined {
  switch (status) {
    case "requires_payment_method":
    case "requires_confirmation":
    case "requires_action":
      return "requires-action";
    case "processing":
      return "processing";
    case "requires_capture":
      return "authorized";
    case "succeeded":
      return "captured";
    case "canceled":
      return "voided";
    default:
      return undefined;
  }
}

function declineCode(theirs: string | undefined): string | undefined {
  if (theirs === undefined) return undefined;
  return theirs === "insufficient_funds" ? "insufficient-funds" : "card-declined";
}

/** Whatever happened, to whichever object: if it carries our names, the order is looked at. */
export function hintOf(event: Stripe.Event): WebhookHint | undefined {
  const { object } = event.data as { object: { metadata?: Stripe.Metadata | null } };
  const names = namesOf(object.metadata);
  return names === undefined ? undefined : { ...names, id: event.id.slice(0, 100), signed: true };
}
