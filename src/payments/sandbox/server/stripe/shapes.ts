// A payment of our ledger as Stripe's objects: Checkout Session, PaymentIntent, Refund, Event, error.
// Only the fields that are used here, named and meant as Stripe documents them.
//
// A session makes its PaymentIntent when the fan has chosen a card; until then there is nothing to list,
// to search for or to cancel, and a session that is open holds no money.

import type { SandboxPayment } from "../ledger.ts";
import { type Answer, answer } from "../requests.ts";

export const intentId = ({ id }: SandboxPayment) => id.replace("pay_", "pi_");
export const sessionId = ({ id }: SandboxPayment) => id.replace("pay_", "cs_test_");

/** The ledger's own name of what Stripe's id names. */
export function ledgerId(id: string): string | undefined {
  const [, hex] = /^(?:pi_|cs_test_)([0-9a-f]{32})$/.exec(id) ?? [];
  return hex === undefined ? undefined : `pay_${hex}`;
}

export const hasIntent = ({ dialect, behaviour }: SandboxPayment) =>
  dialect === "stripe" && behaviour !== undefined;

export function intent(payment: SandboxPayment, expanded: boolean): Record<string, unknown> {
  const charge = payment.id.replace("pay_", "ch_");
  return {
    id: intentId(payment),
    object: "payment_intent",
    amount: payment.amount,
    currency: payment.currency.toLowerCase(),
    status: statusOf(payment),
    capture_method: "manual",
    amount_capturable: payment.state === "authorized" ? payment.amount : 0,
    amount_received: payment.captured,
    created: Math.floor(payment.createdAt / 1_000),
    metadata: metadataOf(payment),
    last_payment_error:
      payment.declineCode === undefined ? null : { decline_code: declineCode(payment.declineCode) },
    latest_charge: expanded
      ? {
          id: charge,
          object: "charge",
          amount_captured: payment.captured,
          amount_refunded: payment.refunded,
        }
      : charge,
  };
}

function statusOf({ state, behaviour }: SandboxPayment): string {
  switch (state) {
    case "requires-action":
      return behaviour === undefined ? "requires_payment_method" : "requires_action";
    case "processing":
      return "processing";
    case "authorized":
      return "requires_capture";
    case "captured":
      return "succeeded";
    case "voided":
    case "declined":
      return "canceled";
  }
}

const metadataOf = ({ order, attempt }: SandboxPayment) => ({ order, attempt: String(attempt) });

export function session(payment: SandboxPayment, publicUrl: string, expanded: boolean) {
  const open = payment.state === "requires-action";
  return {
    id: sessionId(payment),
    object: "checkout.session",
    mode: "payment",
    status: open ? "open" : payment.expired ? "expired" : "complete",
    payment_status: payment.state === "captured" ? "paid" : "unpaid",
    amount_total: payment.amount,
    currency: payment.currency.toLowerCase(),
    client_reference_id: payment.order,
    created: Math.floor(payment.createdAt / 1_000),
    metadata: metadataOf(payment),
    payment_intent:
      open || !hasIntent(payment) ? null : expanded ? intent(payment, true) : intentId(payment),
    url: open ? `${publicUrl}/authenticate/${payment.actionToken}` : null,
  };
}

export function refundsOf(payment: SandboxPayment) {
  return (payment.refunds ?? []).map(({ amount, name }, index) => ({
    id: `${payment.id.replace("pay_", "re_")}_${index}`,
    object: "refund",
    amount,
    currency: payment.currency.toLowerCase(),
    payment_intent: intentId(payment),
    status: "succeeded",
    metadata: { key: name },
  }));
}

/** Undefined: nothing that Stripe would tell of. */
export function eventBody(
  payment: SandboxPayment,
  { id, createdAt }: { id: string; createdAt: number },
): string | undefined {
  const type = eventType(payment);
  if (type === undefined) return undefined;
  const object = type.startsWith("checkout.")
    ? session(payment, "", false)
    : type === "charge.refunded"
      ? { object: "charge", payment_intent: intentId(payment), metadata: metadataOf(payment) }
      : intent(payment, false);
  const created = Math.floor(createdAt / 1_000);
  return JSON.stringify({ id, object: "event", type, created, livemode: false, data: { object } });
}

function eventType(payment: SandboxPayment): string | undefined {
  if (payment.refunded > 0) return "charge.refunded";
  switch (payment.state) {
    case "requires-action":
      return payment.declineCode === undefined ? undefined : "payment_intent.payment_failed";
    case "processing":
      return "payment_intent.processing";
    case "authorized":
      return "payment_intent.amount_capturable_updated";
    case "captured":
      return "payment_intent.succeeded";
    case "voided":
    case "declined":
      return payment.expired ? "checkout.session.expired" : "payment_intent.canceled";
  }
}

export const declineCode = (ours: string) =>
  ours === "insufficient-funds" ? "insufficient_funds" : "generic_decline";

export function failure(
  status: number,
  code: string | undefined,
  message: string,
  more: Record<string, unknown> = {},
): Answer {
  const type =
    status >= 500 ? "api_error" : status === 402 ? "card_error" : "invalid_request_error";
  return answer(status, {
    error: { type, ...(code === undefined ? {} : { code }), message, ...more },
  });
}
