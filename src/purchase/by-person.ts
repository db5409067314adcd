// What a person decides about a stuck order, in the light of the provider's ledger and never against it:
// have it paid back where the provider holds all of it, call it settled where the provider holds nothing,
// or say that the fan was paid back another way, where it holds money and will not give it back. The seats
// are free either way; the reason is the desk's to keep.

import { settledElsewhere } from "../domain/ordering/order.ts";
import type { OrderId } from "../foundation/ids.ts";
import type { Leased, Order, OrderChange } from "../ports/order-store.ts";
import type { PaymentGateway } from "../ports/payment-gateway.ts";
import type { World } from "./world.ts";

export type ByPerson = {
  /** A person or the reconciler starts a stuck order again, by asking the provider. */
  reopen(orderId: OrderId): Promise<Asked>;
  /** A person has a stuck order paid back, or says that it is settled; the ledger is asked first. */
  payBack(orderId: OrderId): Promise<PersonsReply>;
  settle(orderId: OrderId, how: "at-provider" | "elsewhere"): Promise<PersonsReply>;
};

/** Somebody else has it just now, so long at most; nothing was noted down. */
type Busy = { kind: "busy"; retryAfterMs: number };
export type Asked = { kind: "asked" | "not-stuck" } | Busy;
export type PersonsReply =
  | { kind: "refunding" | "settled" | "not-stuck" | Exclude<PersonsChange["kind"], "change"> }
  | Busy;

/** How orders are worked on, by whomever. */
type Hands = {
  take(orderId: OrderId): Promise<Leased | undefined>;
  /** Undefined: the lease was lost. */
  record(leased: Leased, change: OrderChange): Promise<Order | undefined>;
  work(leased: Leased): Promise<unknown>;
  advance(orderId: OrderId): Promise<void>;
};

export function openByPerson(
  { store, gateway, clock }: Pick<World, "store" | "gateway" | "clock">,
  { take, record, work, advance }: Hands,
): ByPerson {
  const busy = async (orderId: OrderId): Promise<Busy> => ({
    kind: "busy",
    retryAfterMs: await store.leaseLeftMs(orderId),
  });

  /** What is leased and needs no person goes on at once. */
  async function takeStuck(orderId: OrderId): Promise<Leased | Busy | { kind: "not-stuck" }> {
    const leased = await take(orderId);
    if (leased === undefined) {
      const reply = await busy(orderId);
      const now = await store.find(orderId);
      return now?.state === "stuck" ? reply : { kind: "not-stuck" };
    }
    if (leased.order.state === "stuck") return leased;
    await work(leased);
    return { kind: "not-stuck" };
  }

  async function decide(orderId: OrderId, wish: PersonsWish) {
    const stuck = await store.find(orderId);
    if (stuck?.state !== "stuck") return { kind: "not-stuck" } as const;
    const decided = await changeByPerson(gateway, stuck, wish);
    if (decided.kind !== "change") return { kind: decided.kind };
    const leased = await takeStuck(orderId);
    if ("kind" in leased) return leased;
    const order = await record(leased, decided.change);
    if (order === undefined) return await busy(orderId);
    return { kind: "recorded", leased, order } as const;
  }

  return {
    async reopen(orderId) {
      const leased = await takeStuck(orderId);
      if ("kind" in leased) return leased;
      const again = { state: "payment-unknown", payment: { state: "unknown" } } as const;
      await record(leased, { ...again, dueAt: clock.now() });
      await advance(orderId);
      return { kind: "asked" };
    },

    async payBack(orderId) {
      const done = await decide(orderId, "pay-back");
      if (done.kind !== "recorded") return done;
      await work({ ...done.leased, order: done.order });
      return { kind: "refunding" };
    },

    async settle(orderId, how) {
      const done = await decide(orderId, how === "elsewhere" ? "elsewhere" : "settle");
      return done.kind === "recorded" ? { kind: "settled" } : done;
    },
  };
}

type PersonsWish = "pay-back" | "settle" | "elsewhere";
type PersonsChange =
  | { kind: "change"; change: OrderChange }
  /** The provider does not answer: nothing is decided on a guess. */
  | { kind: "unreadable" }
  /** To be settled it would have to hold nothing. */
  | { kind: "money-held" }
  /** To have been paid back another way it would have to hold what it took. */
  | { kind: "nothing-held" }
  /** To be paid back it would have to hold exactly what the order is worth. */
  | { kind: "not-all-held" };

async function changeByPerson(
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
