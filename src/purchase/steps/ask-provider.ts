// Asks the provider's ledger what it knows of an attempt, and reads its word in the light of ours.
// Every difference that could mean somebody's money is `contradicts`, never a guess.

import { sameMoney } from "../../domain/ordering/price.ts";
import type { Leased, Order } from "../../ports/order-store.ts";
import type { ProviderPayment } from "../../ports/payment-gateway.ts";
import { isOver } from "../moves.ts";
import type { World } from "../world.ts";
import { paymentOf } from "./payment-steps.ts";

export type ProviderWord =
  | { kind: "never-taken" }
  | { kind: "never-taken-over" }
  | { kind: "processing" }
  | { kind: "wants-proof"; providerRef: string; actionUrl: string }
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
  const reply = await gateway.find(order.orderId, payment.attempt);
  const now = clock.now();
  const over = isOver(order, now);
  switch (reply.kind) {
    case "unknown":
      return now > order.deadline + spans.silenceMs
        ? { kind: "silent-too-long", reason: "provider-silent" }
        : { kind: "unknown" };
    case "none":
      if (payment.providerRef !== undefined)
        return { kind: "contradicts", reason: "provider-lost-payment" };
      return { kind: over ? "never-taken-over" : "never-taken" };
    case "found":
      return read(order, reply.payment, over);
  }
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
