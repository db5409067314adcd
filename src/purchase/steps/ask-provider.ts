// Asks the provider's ledger what it knows of an attempt, and reads its word in the light of ours.
// Every difference that could mean somebody's money is `contradicts`, never a guess.

import { sameMoney } from "../../domain/ordering/price.ts";
import type { Leased, Order, Payment } from "../../ports/order-store.ts";
import type { ProviderPayment } from "../../ports/payment-gateway.ts";
import { isOver } from "../moves.ts";
import type { World } from "../world.ts";
import { paymentOf } from "./payment-steps.ts";

export type ProviderWord =
  | { kind: "never-taken" }
  | { kind: "never-taken-over" }
  | { kind: "processing" }
  | { kind: "wants-proof"; providerRef: string | undefined; actionUrl: string }
  | { kind: "authorized"; providerRef: string }
  /** It holds money or waits for a proof, and the order is over: to be voided. */
  | { kind: "open-over"; providerRef: string }
  | { kind: "captured"; providerRef: string }
  | { kind: "refunded"; providerRef: string; reason: string }
  | { kind: "declined"; providerRef: string; code: string }
  | { kind: "voided" }
  | { kind: "contradicts"; reason: string }
  | { kind: "unknown" }
  | { kind: "silent-too-long"; reason: string };

export async function askProvider(
  { gateway, clock, spans }: World,
  { order }: Leased,
): Promise<ProviderWord> {
  const payment = paymentOf(order);
  const reply = await gateway.find(order.orderId, payment.attempt, payment.providerRef);
  const now = clock.now();
  const over = isOver(order, now);
  switch (reply.kind) {
    case "unknown":
      return now > order.deadline + spans.silenceMs
        ? { kind: "silent-too-long", reason: "provider-silent" }
        : { kind: "unknown" };
    case "none":
      if (gateway.begunBy === "shop") return readLost(payment, over);
      return now > order.deadline + spans.silenceMs && payment.providerRef !== undefined
        ? { kind: "silent-too-long", reason: "provider-undecided" }
        : readNothing(order, payment, over);
    case "found":
      // Where the capture is the first that takes anything, one that was begun is seen through: its
      // repeat, under its key, is the only sure word on whether it took the money.
      if (gateway.begunBy === "fan" && reply.payment.state === "authorized")
        return read(order, reply.payment, over && payment.providerRef === undefined);
      return read(order, reply.payment, over);
  }
}

/** The provider heard of it from us: what it once named it cannot have forgotten. */
function readLost({ providerRef }: Payment, over: boolean): ProviderWord {
  if (providerRef !== undefined) return { kind: "contradicts", reason: "provider-lost-payment" };
  return { kind: over ? "never-taken-over" : "never-taken" };
}

/**
 * The provider hears of it from the fan, and no money moves before our capture. A reference is there
 * once the fan has come back and the capture was begun: it is repeated, under its key, until it answers.
 */
function readNothing(order: Order, payment: Payment, over: boolean): ProviderWord {
  const { providerRef, actionUrl } = payment;
  if (providerRef !== undefined) return { kind: "authorized", providerRef };
  if (over) return { kind: "never-taken-over" };
  if (order.state === "requires-action" && actionUrl !== undefined)
    return { kind: "wants-proof", providerRef, actionUrl };
  return { kind: "never-taken" };
}

function read(order: Order, found: ProviderPayment, over: boolean): ProviderWord {
  const { providerRef } = found;
  if (!sameMoney(found.amount, order.amount))
    return { kind: "contradicts", reason: "amount-differs" };
  switch (found.state) {
    case "processing":
      return over ? { kind: "open-over", providerRef } : { kind: "processing" };
    case "requires-action":
      if (over) return { kind: "open-over", providerRef };
      return found.actionUrl === undefined
        ? { kind: "processing" }
        : { kind: "wants-proof", providerRef, actionUrl: found.actionUrl };
    case "authorized":
      return { kind: over ? "open-over" : "authorized", providerRef };
    case "captured":
      if (found.captured !== order.amount.amount)
        return { kind: "contradicts", reason: "captured-amount-differs" };
      return found.refunded === 0
        ? { kind: "captured", providerRef }
        : { kind: "refunded", providerRef, reason: "refunded-at-provider" };
    case "voided":
      return { kind: "voided" };
    case "declined":
      return { kind: "declined", providerRef, code: found.declineCode ?? "card-declined" };
  }
}
