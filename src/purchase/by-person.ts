// What a person decides about a stuck order, in the light of the provider's ledger and never against it:
// have it paid back where the provider holds all of it, call it settled where the provider holds nothing,
// or say that the fan was paid back another way, where it holds money and will not give it back. The seats
// are free either way; the reason is the desk's to keep.

import { settledElsewhere } from "../domain/ordering/order.ts";
import type { Order, OrderChange } from "../ports/order-store.ts";
import type { PaymentGateway } from "../ports/payment-gateway.ts";

export type PersonsWish = "pay-back" | "settle" | "elsewhere";
export type PersonsChange =
  | { kind: "change"; change: OrderChange }
  /** The provider does not answer: nothing is decided on a guess. */
  | { kind: "unreadable" }
  /** To be settled it would have to hold nothing. */
  | { kind: "money-held" }
  /** To have been paid back another way it would have to hold what it took. */
  | { kind: "nothing-held" }
  /** To be paid back it would have to hold exactly what the order is worth. */
  | { kind: "not-all-held" };

export async function changeByPerson(
  gateway: Pick<PaymentGateway, "find">,
  order: Order,
  wish: PersonsWish,
): Promise<PersonsChange> {
  const { orderId, attempt, payment, amount } = order;
  const found = await gateway.find(orderId, attempt, payment?.providerRef);
  if (found.kind === "unknown") return { kind: "unreadable" };
  const there = found.kind === "found" ? found.payment : undefined;
  const outstanding = (there?.captured ?? 0) - (there?.refunded ?? 0);
  if (wish === "pay-back") {
    if (there === undefined || outstanding !== amount.amount) return { kind: "not-all-held" };
    const { providerRef } = there;
    const back = { state: "refunding", providerRef } as const;
    const change = {
      state: "refunding",
      reason: "by-operator",
      payment: back,
      keepLease: true,
    } as const;
    return { kind: "change", change };
  }
  if (wish === "elsewhere") {
    if (there?.state !== "captured" || outstanding <= 0) return { kind: "nothing-held" };
    // The payment stays as the provider has it: captured in both books, and nobody sends it back twice.
    const payment = { state: "captured", providerRef: there.providerRef } as const;
    const change = { state: "refunded", reason: settledElsewhere, payment, seats: "free" } as const;
    return { kind: "change", change };
  }
  const isOpen = there !== undefined && !["captured", "voided", "declined"].includes(there.state);
  if (isOpen || outstanding > 0) return { kind: "money-held" };
  const wasTaken = (there?.captured ?? 0) > 0;
  const reason = "settled-by-person";
  return {
    kind: "change",
    change: wasTaken
      ? {
          state: "refunded",
          reason,
          payment: { state: "refunded", refunded: amount.amount },
          seats: "free",
        }
      : { state: "cancelled", reason, payment: { state: "voided" }, seats: "free" },
  };
}
