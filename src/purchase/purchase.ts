// What the box office and the workers may do with a purchase: pay, advance, cancel. Webhook, redirect,
// poll and completer all call `advance`; the lease makes sure that one of them does the work.
//
//   const purchase = openPurchase(world);
//   await purchase.pay(order, method);     // seats confirmed, payment intended; the rest goes on
//   await purchase.advance(orderId);       // goes on as far as it can now, or when what goes on here rests
//
// Read next: purchase-saga.ts (the table), saga.ts (the engine).

import { isEnd, mayBeCancelled, standingOf } from "../domain/ordering/order.ts";
import type { Bounds } from "../foundation/bounds.ts";
import type { OrderId } from "../foundation/ids.ts";
import type { Leased, Order, OrderChange, PayRequest } from "../ports/order-store.ts";
import type { ProviderPayment } from "../ports/payment-gateway.ts";
import type { Purchase as PurchasePort } from "../ports/purchase.ts";
import type { SeatTruth } from "../ports/seat-store.ts";
import { type ByPerson, openByPerson } from "./by-person.ts";
import { reachNothing } from "./failpoint.ts";
import { capture, fanLeft, isOver } from "./moves.ts";
import { purchaseSaga } from "./purchase-saga.ts";
import { drive } from "./saga.ts";
import type { World } from "./world.ts";

export type CancelReply =
  | { kind: "cancelling"; order: Order }
  | { kind: "not-cancellable" | "busy" };

export type Purchase = PurchasePort &
  ByPerson & {
    /** For a page that asks again and again: advances only what waits for somebody outside. */
    look(orderId: OrderId): Promise<void>;
    /** The fan comes back from the provider, with what its address says. False: to be said again. */
    returned(order: Order, query: URLSearchParams): Promise<boolean>;
    /** Looks whether money came for an order that had ended; if so, the order goes on from there. */
    late(orderId: OrderId): Promise<{ kind: "revived" | "nothing" }>;
    /** The fan leaves, whatever was begun: what may have been taken is voided first. */
    cancel(orderId: OrderId): Promise<CancelReply>;
    /** Drives orders that are already leased; the completer's. Never throws. */
    work(leased: readonly Leased[]): Promise<void>;
    /** Orders that `pay` began and this process drives. */
    bounds: Bounds;
    /** Resolves when nothing that `pay` began is still running here. */
    idle(): Promise<void>;
  };

/**
 * An order that `pay` began here, while its lease holds. What is heard of it meanwhile (of each payment the
 * provider says twice what its answers say) is looked into when it rests, unless it rests where nothing
 * that a provider says matters. Ends this process between the two, the order's own due time brings it on.
 */
type Driven = { isHinted: boolean; until: number };

const maxTries = 5;
/** Orders of fans who have just paid that one process drives at once; at the door no more are let in. */
export const mostDriven = 1_000;
/** A worker that has the order just now only asks the provider how it stands. */
const takeTries = 40;
const takePauseMs = 100;
/** Enough to capture and to issue, or to hear that it cannot be. */
const lateGraceMs = 120_000;
/** A page that polls every second must not become a provider that is asked every second. */
const lookEveryMs = 2_000;

export function openPurchase(world: World): Purchase {
  const { store, clock, log, spans, reach = reachNothing } = world;
  const engine = { store, now: clock.now, reach, tell };
  const running = new Set<Promise<void>>();
  const driven = new Map<OrderId, Driven>();

  async function tell(order: Order, truths: readonly SeatTruth[]): Promise<void> {
    if (order.state === "stuck")
      log.error({ orderId: order.orderId, reason: order.reason }, "an order needs a person");
    await world.tell(order, truths);
  }

  async function work(leased: Leased): Promise<Order | undefined> {
    try {
      return await drive(purchaseSaga, engine, world, leased);
    } catch (cause) {
      // The lease lapses by itself; whoever takes the order next starts from the committed intent.
      log.error({ orderId: leased.order.orderId, cause: String(cause) }, "an order was put down");
      return undefined;
    }
  }

  async function take(orderId: OrderId): Promise<Leased | undefined> {
    const [leased] = await store.lease({ limit: 1, leaseMs: spans.leaseMs, orderId });
    return leased;
  }

  /** Named once and never again: a second name for the same attempt is somebody else's. */
  async function takeWaiting(orderId: OrderId): Promise<Leased | "busy" | undefined> {
    for (let tries = 0; tries < takeTries; tries += 1) {
      const order = await store.find(orderId);
      if (order?.state !== "requires-action" || order.payment?.providerRef !== undefined)
        return undefined;
      const leased = await take(orderId);
      if (leased !== undefined) return leased;
      await Bun.sleep(takePauseMs);
    }
    return "busy";
  }

  /** Works on it now; where somebody else does, they are told to look again. */
  async function go(orderId: OrderId): Promise<void> {
    const leased = await take(orderId);
    if (leased === undefined) await store.nudge(orderId);
    else await work(leased);
  }

  async function record(leased: Leased, change: OrderChange): Promise<Order | undefined> {
    const recorded = await store.record(leased, change);
    if (recorded.kind === "lost") return undefined;
    await tell(recorded.order, recorded.truths);
    return recorded.order;
  }

  /**
   * A webhook of the attempt before may touch the draft just now; that is no reason to refuse the fan.
   * Beyond what this process may drive at once an order is nobody's, and a completer takes it.
   */
  async function confirmSeats(draft: Order, method: string, named?: PayRequest) {
    const { provider } = world.gateway;
    const leaseMs = running.size < mostDriven ? spans.leaseMs : undefined;
    for (let tries = 1; ; tries++) {
      const reply = await store.confirmSeats({ draft, provider, method, named, leaseMs });
      if (reply.kind !== "lost" || tries >= maxTries) return reply;
      const now = await store.find(draft.orderId);
      if (now?.state !== "draft" || now.attempt !== draft.attempt) return reply;
      draft = now;
    }
  }

  async function advanceNow(orderId: OrderId): Promise<void> {
    try {
      const order = await store.find(orderId);
      if (order?.state === "cancelled") await purchase.late(orderId);
      else if (order !== undefined && !isEnd(order.state) && order.state !== "stuck")
        await go(orderId);
    } catch (cause) {
      log.error({ orderId, cause: String(cause) }, "an order could not be advanced");
    }
  }

  async function driveOn(leased: Leased): Promise<void> {
    const { orderId } = leased.order;
    const own: Driven = { isHinted: false, until: leased.until };
    driven.set(orderId, own);
    const rests = await work(leased);
    // The fan may have begun the next attempt as soon as this one rested.
    if (driven.get(orderId) === own) driven.delete(orderId);
    const isSettled = rests?.state === "confirmed" || rests?.state === "draft";
    if (own.isHinted && !isSettled) await advanceNow(orderId);
  }

  function goOn(leased: Leased): Promise<void> {
    const going = driveOn(leased).finally(() => running.delete(going));
    running.add(going);
    return going;
  }

  const purchase: Purchase = {
    ...openByPerson(world, {
      take,
      record,
      work,
      advance: (orderId) => purchase.advance(orderId),
    }),

    async pay(before, method, named) {
      const { orderId } = before;
      if (before.state !== "draft" || clock.now() >= before.deadline)
        return { kind: isUnderWay(before) ? "paying" : "not-payable", order: before };
      await reach("before confirm-seats", orderId);
      const reply = await confirmSeats(before, method, named);
      await reach("after confirm-seats", orderId);
      if (reply.kind === "lost") {
        const order = (await store.find(orderId)) ?? before;
        return { kind: isUnderWay(order) ? "paying" : "not-payable", order };
      }
      if (reply.kind === "seats-lost") {
        const leased = await take(orderId);
        const change = { state: "cancelled", reason: "seats-lost" } as const;
        const ended = leased?.order.state === "draft" ? await record(leased, change) : undefined;
        const order = ended ?? (await store.find(orderId)) ?? before;
        await world.tell(order, reply.truths);
        return { kind: "seats-lost", order };
      }
      await world.tell(reply.order, reply.truths);
      const goesOn = reply.leased && goOn(reply.leased);
      return { kind: "paying", order: reply.order, goesOn };
    },

    async advance(orderId) {
      const own = driven.get(orderId);
      if (own !== undefined && clock.now() < own.until) own.isHinted = true;
      else await advanceNow(orderId);
    },

    async returned(order, query) {
      const { orderId, attempt } = order;
      const providerRef = world.gateway.readReturn(query, order);
      // Only this address carries the name: while somebody else has the order for a moment, we wait.
      const leased = providerRef === undefined ? undefined : await takeWaiting(orderId);
      if (leased === "busy") return false;
      if (leased === undefined || providerRef === undefined) {
        await purchase.advance(orderId);
        return true;
      }
      const now = leased.order;
      const waits = now.state === "requires-action" && now.payment?.providerRef === undefined;
      if (!waits || now.attempt !== attempt || isOver(now, clock.now())) {
        await work(leased);
        return true;
      }
      // The intent of the capture with the name it needs, in one commit; the saga goes on from it.
      const proved = await record(leased, capture(now, { kind: "proved", providerRef }));
      if (proved === undefined) return false;
      await work({ ...leased, order: proved });
      return true;
    },

    async late(orderId) {
      const order = await store.find(orderId);
      if (order?.state !== "cancelled" || order.payment === undefined) return { kind: "nothing" };
      const { attempt, providerRef } = order.payment;
      const found = await world.gateway.find(orderId, attempt, providerRef);
      if (found.kind !== "found" || !holdsMoney(found.payment)) return { kind: "nothing" };
      const { version } = order;
      const revived = await store.revive({ orderId, version, graceMs: lateGraceMs });
      if (revived.kind === "lost") return { kind: "nothing" };
      log.warn({ orderId, seats: revived.truths.length }, "money came after the order had ended");
      await tell(revived.order, revived.truths);
      await go(orderId);
      return { kind: "revived" };
    },

    async look(orderId) {
      const order = await store.find(orderId);
      const waits = order?.state === "requires-action" || order?.state === "payment-unknown";
      if (waits && clock.now() - order.updatedAt >= lookEveryMs) await purchase.advance(orderId);
    },

    async cancel(orderId) {
      const order = await store.find(orderId);
      if (order === undefined || !mayBeCancelled(order.state)) return { kind: "not-cancellable" };
      const leased = await take(orderId);
      if (leased === undefined) return { kind: "busy" };
      if (!mayBeCancelled(leased.order.state)) {
        await work(leased);
        return { kind: "not-cancellable" };
      }
      const change: OrderChange =
        leased.order.state === "draft"
          ? { state: "cancelled", reason: fanLeft }
          : {
              state: "payment-unknown",
              reason: fanLeft,
              payment: { state: "unknown" },
              dueAt: clock.now(),
            };
      const left = await record(leased, change);
      if (left === undefined) return { kind: "busy" };
      await purchase.advance(orderId);
      return { kind: "cancelling", order: (await store.find(orderId)) ?? left };
    },

    async cancelDraft(orderId) {
      const leased = await take(orderId);
      if (leased === undefined) return { kind: "not-a-draft" };
      if (leased.order.state !== "draft") {
        // Not ours to end; but it is leased now, so its work is done at once instead of later.
        await work(leased);
        return { kind: "not-a-draft" };
      }
      const ended = await record(leased, { state: "cancelled", reason: fanLeft });
      return { kind: ended === undefined ? "not-a-draft" : "cancelled" };
    },

    bounds: () => ({ orders_driven: { size: running.size, limit: mostDriven } }),

    async work(leased) {
      await Promise.all(leased.map(work));
    },

    async idle() {
      await Promise.all(running);
    },
  };
  return purchase;
}

function holdsMoney({ state, captured, refunded }: ProviderPayment): boolean {
  return state === "authorized" || (state === "captured" && captured > refunded);
}

/** An attempt runs: neither the fan nor an end. */
function isUnderWay({ state }: Order): boolean {
  return state === "requires-action" || ["saga", "provider"].includes(standingOf(state));
}
