// Giving back at Stripe, in whole or in part. Our key is both the idempotency key, which Stripe forgets
// after a day, and a name in the refund's metadata, which it keeps: whether a refund was made is asked
// by that name, so that no half is ever paid back twice.

import type Stripe from "stripe";
import type { FoundRefund, RefundCall, RefundReply } from "../../ports/payment-gateway.ts";
import { moneyOf } from "./stripe-answers.ts";
import { codeOf, differs, type Reply, sameMoney, unclear } from "./stripe-errors.ts";

/** Of one payment; an order has at most a hundred tickets, each given back once. */
const maxRefunds = 100;

type Look = <Answer>(endpoint: string, call: () => Promise<Answer>) => Promise<Reply<Answer>>;
type Refunding = {
  create(params: Stripe.RefundCreateParams, key: string): Promise<Reply<Stripe.Refund>>;
  list(intentId: string): Promise<Reply<Stripe.ApiList<Stripe.Refund>>>;
  intent(intentId: string): Promise<Reply<Stripe.PaymentIntent>>;
};

export function refundingBy(stripe: Stripe, look: Look, intent: Refunding["intent"]): Refunding {
  return {
    create: (params, key) =>
      look("refund", () => stripe.refunds.create(params, { idempotencyKey: key })),
    list: (id) =>
      look("refunds", () => stripe.refunds.list({ payment_intent: id, limit: maxRefunds })),
    intent,
  };
}

type Call = Pick<RefundCall, "amount" | "idempotencyKey">;

export async function findRefund(
  stripe: Refunding,
  intentId: string,
  { amount, idempotencyKey }: Call,
): Promise<FoundRefund> {
  const made = await stripe.list(intentId);
  if (made.kind !== "answer") return unclear("find-refund", made);
  if (!Array.isArray(made.answer.data)) return unreadable;
  const ours = made.answer.data.find(({ metadata }) => metadata?.["key"] === idempotencyKey);
  return ours === undefined ? { kind: "none" } : readRefund(ours, amount);
}

export async function makeRefund(
  stripe: Refunding,
  intentId: string,
  call: Call,
): Promise<RefundReply> {
  const { amount, idempotencyKey: key } = call;
  const params = { payment_intent: intentId, amount: amount.amount, metadata: { key } };
  let reply = await stripe.create(params, key);
  if (reply.kind === "refused" && reply.isOldError) {
    // It may have been made before the error, which is repeated under its key.
    const found = await findRefund(stripe, intentId, call);
    if (found.kind !== "none") return found;
    reply = await stripe.create(params, `${key}:again`);
  }
  if (reply.kind === "answer") return readRefund(reply.answer, amount);
  if (reply.kind === "unknown") return reply;
  if (reply.code === "charge_already_refunded") return await isAllBack(stripe, intentId, call);
  return reply.isNo ? { kind: "refused", code: codeOf(reply) } : unclear("refund", reply);
}

/** Nothing is left there: ours among it, or the whole of it, is what was asked for; else it is not. */
async function isAllBack(stripe: Refunding, intentId: string, call: Call): Promise<RefundReply> {
  const found = await findRefund(stripe, intentId, call);
  if (found.kind !== "none") return found;
  const intent = await stripe.intent(intentId);
  if (intent.kind !== "answer") return unclear("refund", intent);
  return intent.answer.amount_received === call.amount.amount
    ? { kind: "refunded" }
    : { kind: "refused", code: "already-refunded" };
}

function readRefund(refund: Stripe.Refund, asked: Call["amount"]): RefundReply {
  const { amount, currency, status } = refund;
  if (!sameMoney(moneyOf(amount, currency), asked)) return differs("refund");
  // `pending` has left our balance and is on its way to the fan.
  if (status === "succeeded" || status === "pending") return { kind: "refunded" };
  if (status === "failed" || status === "canceled")
    return { kind: "refused", code: `refund-${status}` };
  return { kind: "unknown", detail: `refund: ${status}` };
}

const unreadable = { kind: "unknown", detail: "find-refund: a list that makes no sense" } as const;
