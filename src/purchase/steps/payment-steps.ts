// The calls of the table: each asks the provider one thing and answers an outcome. Nothing is committed
// here. Amounts are the order's own (S9), keys are made of its id and attempt alone.

import { idempotencyKey, type PaymentOperation } from "../../domain/ordering/payment.ts";
import { assert } from "../../foundation/assert.ts";
import type { Leased, Order, Payment } from "../../ports/order-store.ts";
import { isOver } from "../moves.ts";
import type { World } from "../world.ts";

export async function authorize({ gateway, clock, returnUrlOf }: World, { order }: Leased) {
  // A payment is not begun after the deadline; an earlier worker may have begun it, so ask.
  if (isOver(order, clock.now())) return { kind: "over" as const };
  const payment = paymentOf(order);
  const { orderId, amount } = order;
  const reply = await gateway.authorize({
    ...callOf(order, "authorize"),
    amount,
    method: payment.method,
    returnUrl: returnUrlOf(orderId),
  });
  // Proof cannot be waited for without a reference, and a reply without an amount was not checked here:
  // the capture repeats our own amount, and the ledger's is compared whenever it is asked.
  return reply.kind === "requires-action" ? { ...reply, againMs: gateway.proofPollMs } : reply;
}

export async function capture({ gateway }: World, { order }: Leased) {
  const providerRef = referenceOf(order);
  if (providerRef === undefined) return { kind: "unknown", detail: "no reference" } as const;
  return gateway.capture({ ...callOf(order, "capture"), providerRef, amount: order.amount });
}

export async function voidPayment({ gateway }: World, { order }: Leased) {
  const providerRef = referenceOf(order);
  if (providerRef === undefined) return { kind: "unknown", detail: "no reference" } as const;
  return gateway.void({ ...callOf(order, "void"), providerRef });
}

export async function refund({ gateway }: World, { order }: Leased) {
  const providerRef = referenceOf(order);
  if (providerRef === undefined)
    return { kind: "refused", reason: "no-provider-reference" } as const;
  const reply = await gateway.refund({
    ...callOf(order, "refund"),
    providerRef,
    amount: order.amount,
  });
  return reply.kind === "refused" ? { kind: reply.kind, reason: `refund-${reply.code}` } : reply;
}

export function paymentOf(order: Order): Payment {
  assert(order.payment !== undefined, `order ${order.orderId} in ${order.state} has no payment`);
  return order.payment;
}

function referenceOf(order: Order): string | undefined {
  return paymentOf(order).providerRef;
}

function callOf(order: Order, operation: PaymentOperation) {
  const { attempt } = paymentOf(order);
  const key = idempotencyKey(order.orderId, attempt, operation);
  return { orderId: order.orderId, attempt, idempotencyKey: key };
}
