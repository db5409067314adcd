// Toss's JSON in our words, and which of its documented error codes are a "no". A body that is not what
// was agreed is undefined, never a guess. An order is known to Toss as `<order>-<attempt>`, since it
// takes each name once.

import { z } from "zod";
import { type OrderId, parseId } from "../../foundation/ids.ts";
import type { ProviderPayment, WebhookHint } from "../../ports/payment-gateway.ts";
import type { Money } from "../../wire/contract.ts";

export const nameOf = (orderId: OrderId, attempt: number) => `${orderId}-${attempt}`;

export function namesOf(name: string): { orderId: OrderId; attempt: number } | undefined {
  const [, order, attempt] = /^(\w{1,60})-(\d{1,3})$/.exec(name) ?? [];
  const orderId = parseId("order", order);
  return orderId === undefined ? undefined : { orderId, attempt: Number(attempt) };
}

const amount = z.number().int().min(0);
const paymentShape = z.object({
  paymentKey: z.string().max(200),
  orderId: z.string().max(64),
  status: z.string(),
  currency: z.string(),
  totalAmount: amount,
  balanceAmount: amount,
  requestedAt: z.string(),
  failure: z.object({ code: z.string() }).nullish(),
});

export function readTossPayment(body: unknown): ProviderPayment | undefined {
  const read = paymentShape.safeParse(body);
  if (!read.success) return undefined;
  const { paymentKey, orderId, status, currency, totalAmount, balanceAmount, failure } = read.data;
  const names = namesOf(orderId);
  const state = stateOf(status);
  const createdAt = Date.parse(read.data.requestedAt);
  if (names === undefined || state === undefined || !Number.isFinite(createdAt)) return undefined;
  const taken = state === "captured";
  return {
    ...names,
    providerRef: paymentKey,
    state,
    amount: { amount: totalAmount, currency },
    captured: taken ? totalAmount : 0,
    refunded: taken ? totalAmount - balanceAmount : 0,
    actionUrl: undefined,
    declineCode: failure ? wordOf(failure.code) : undefined,
    createdAt,
  };
}

const cancelsShape = z.object({
  currency: z.string(),
  cancels: z.array(
    z.object({ cancelAmount: amount, cancelReason: z.string(), cancelStatus: z.string() }),
  ),
});

/** Whether the payment has this giving back, by the reason that we gave for it. */
export function hasCancel(body: unknown, reason: string, wanted: Money): boolean {
  const read = cancelsShape.safeParse(body);
  if (!read.success || read.data.currency !== wanted.currency) return false;
  return read.data.cancels.some(
    ({ cancelAmount, cancelReason, cancelStatus }) =>
      cancelReason === reason && cancelAmount === wanted.amount && cancelStatus === "DONE",
  );
}

/** As documented for the Payment object; anything else is no state. */
export function stateOf(status: string): ProviderPayment["state"] | undefined {
  switch (status) {
    case "READY":
      return "requires-action";
    // The fan has proved it; it waits for our confirmation.
    case "IN_PROGRESS":
      return "authorized";
    // A virtual account that nobody has paid into; we never ask for one.
    case "WAITING_FOR_DEPOSIT":
      return "processing";
    case "DONE":
    case "CANCELED":
    case "PARTIAL_CANCELED":
      return "captured";
    case "ABORTED":
      return "declined";
    case "EXPIRED":
      return "voided";
    default:
      return undefined;
  }
}

export function isAsSent(
  payment: ProviderPayment,
  sent: { orderId: string; attempt: number; amount: Money },
): boolean {
  return (
    payment.orderId === sent.orderId &&
    payment.attempt === sent.attempt &&
    payment.captured === sent.amount.amount &&
    payment.amount.currency === sent.amount.currency
  );
}

const errorShape = z.object({ code: z.string().regex(/^[A-Z0-9_]{1,100}$/) });

export function codeOf(body: unknown): string | undefined {
  const read = errorShape.safeParse(body);
  return read.success ? read.data.code : undefined;
}

type Answer = { status: number; body: unknown };

/** An error of theirs; the payment may be touched or not. */
export function isTemporary({ status, body }: Answer): boolean {
  return status >= 500 || codeOf(body) === "PROVIDER_ERROR";
}

/** Errors about the caller or the moment, not about the payment: never a "no". */
const saysNothing = new Set([
  "UNAUTHORIZED_KEY",
  "INVALID_API_KEY",
  "INCORRECT_BASIC_AUTH_FORMAT",
  "FORBIDDEN_REQUEST",
  "INVALID_IDEMPOTENCY_KEY",
  "IDEMPOTENT_REQUEST_PROCESSING",
  "TOO_MANY_REQUESTS",
]);

/** Our word for a refused confirmation; undefined: it was not refused. */
export function declineOf({ status, body }: Answer): string | undefined {
  const code = codeOf(body);
  if (code === undefined || saysNothing.has(code)) return undefined;
  return [400, 403, 404].includes(status) ? wordOf(code) : undefined;
}

function wordOf(code: string): string {
  if (code === "REJECT_CARD_PAYMENT" || code.startsWith("EXCEED_MAX")) return "insufficient-funds";
  if (code === "NOT_FOUND_PAYMENT_SESSION" || code === "EXPIRED_PAYMENT")
    return "authorization-expired";
  return "card-declined";
}

const transactionShape = z.object({
  transactionKey: z.string().max(200),
  paymentKey: z.string().max(200),
  orderId: z.string(),
  status: z.string(),
  currency: z.string(),
  amount,
  transactionAt: z.string(),
});

export type Transaction = {
  transactionKey: string;
  paymentKey: string;
  orderId: string;
  status: string;
  amount: Money;
  at: number;
};

export function readTransactions(body: unknown): Transaction[] | undefined {
  const read = z.array(transactionShape).safeParse(body);
  if (!read.success) return undefined;
  return read.data.map(({ currency, transactionAt, ...row }) => ({
    ...row,
    amount: { amount: row.amount, currency },
    at: Date.parse(transactionAt),
  }));
}

const noticeShape = z.object({
  eventType: z.string(),
  createdAt: z.string().max(40),
  data: z.object({ orderId: z.string(), status: z.string().max(40) }),
});

/** Names only: who sent it is not known, so nothing else of it is of use. */
export function readNotice(text: string): WebhookHint | undefined {
  try {
    const { createdAt, data } = noticeShape.parse(JSON.parse(text));
    const names = namesOf(data.orderId);
    return names && { ...names, id: `${data.orderId}:${data.status}:${createdAt}`, signed: false };
  } catch {
    return undefined;
  }
}
