// An order's attempts in both books, side by side: ours as it is written, the provider's as it answers
// just now. A provider that does not answer leaves its column unread; nothing is made up for it.

import type { OrderId } from "../../../foundation/ids.ts";
import type { Payment } from "../../../ports/order-store.ts";
import type { PaymentGateway } from "../../../ports/payment-gateway.ts";
import type { DeskAttempt } from "../../../wire/desk/desk-orders.ts";

/** Of an order; the latest ones are what a person decides by. */
const maxAsked = 5;

export async function bothBooks(
  gateway: Pick<PaymentGateway, "find">,
  orderId: OrderId,
  payments: readonly Payment[],
): Promise<DeskAttempt[]> {
  return await Promise.all(
    payments.slice(-maxAsked).map(async (payment): Promise<DeskAttempt> => {
      const { attempt, provider, providerRef, state, refunded } = payment;
      const there = await thereOf(gateway, orderId, payment);
      const here = { state, refunded };
      return { attempt, provider, providerRef, here, there, agree: doAgree(payment, there) };
    }),
  );
}

async function thereOf(
  gateway: Pick<PaymentGateway, "find">,
  orderId: OrderId,
  { attempt, providerRef }: Payment,
): Promise<DeskAttempt["there"]> {
  const found = await gateway.find(orderId, attempt, providerRef);
  if (found.kind === "unknown") return "unreadable";
  if (found.kind === "none") return "none";
  const { state, captured, refunded } = found.payment;
  return { state, captured, refunded };
}

/** They agree where they say that the same money is held, and none is set aside unasked. */
function doAgree(payment: Payment, there: DeskAttempt["there"]): boolean | undefined {
  if (there === "unreadable") return undefined;
  const took = payment.state === "captured" || payment.state === "refunded";
  const here = took ? payment.amount.amount - payment.refunded : 0;
  if (there === "none") return here === 0;
  const setAside = there.state === "authorized" && payment.state !== "authorized";
  return !setAside && there.captured - there.refunded === here;
}
