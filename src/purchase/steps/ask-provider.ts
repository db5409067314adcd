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
  | { kind: "wants-proof"; providerRef: string | undefined; actionUrl: string; againMs: number }
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
  const asked: Asked = { order, payment, over: isOver(order, now), againMs: gateway.proofPollMs };
  const isLong = now > order.deadline + spans.silenceMs;
  switch (reply.kind) {
    case "unknown":
      return isLong ? { kind: "silent-too-long", reason: "provider-silent" } : { kind: "unknown" };
    case "none":
      if (gateway.begunBy === "shop") return readLost(asked);
      return isLong && payment.providerRef !== undefined
        ? { kind: "silent-too-long", reason: "provider-undecided" }
        : readNothing(asked);
    case "found":
      // Where the capture is the first that takes anything, one that was begun is seen through: its
      // repeat, under its key, is the only sure word on whether it took the money.
      if (gateway.begunBy === "fan" && payment.providerRef !== undefined)
        if (reply.payment.state === "authorized")
          return read({ ...asked, over: false }, reply.payment);
      return read(asked, reply.payment);
  }
}

type Asked = { order: Order; payment: Payment; over: boolean; againMs: number };

/** The provider heard of it from us: what it once named it cannot have forgotten. */
function readLost({ payment, over }: Asked): ProviderWord {
  if (payment.providerRef !== undefined)
    return { kind: "contradicts", reason: "provider-lost-payment" };
  return { kind: over ? "never-taken-over" : "never-taken" };
}

/**
 * The provider hears of it from the fan, and no money moves before our capture. A reference is there
 * once the fan has come back and the capture was begun: it is repeated, under its key, until it answers.
 */
function readNothing({ order, payment, over, againMs }: Asked): ProviderWord {
  const { providerRef, actionUrl } = payment;
  if (providerRef !== undefined) return { kind: "authorized", providerRef };
  if (over) return { kind: "never-taken-over" };
  if (order.state === "requires-action" && actionUrl !== undefined)
    return { kind: "wants-proof", providerRef, actionUrl, againMs };
  return { kind: "never-taken" };
}

function read({ order, over, againMs }: Asked, found: ProviderPayment): ProviderWord {
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
        : { kind: "wants-proof", providerRef, actionUrl: found.actionUrl, againMs };
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
