// What a fan and the page of the order do until the order is at rest: pay, and press again where the
// answer never came; prove the payment at the provider; look. Never gives up while something is down.

import type { OrderId } from "../../../src/foundation/ids.ts";
import type { Order } from "../../../src/ports/order-store.ts";
import type { Purchase } from "../../../src/purchase/purchase.ts";
import type { PostgresStores } from "../../../src/stores/open.ts";
import { payAt } from "../../support/paying-fan.ts";
import type { Dialect } from "../../support/sandbox.ts";

/** Of a browser that comes back to a box office that has stopped: then the page is loaded again, and looks. */
const patienceMs = 500;

export type Fan = {
  orderId: OrderId;
  method: string | undefined;
  card: string | undefined;
  /** Not back from the provider's page yet, so that only somebody who looks for the proof goes on. */
  isAway: boolean;
};

export type Shopping = {
  orders: Pick<PostgresStores["orders"], "find">;
  purchase: Pick<Purchase, "pay" | "returned">;
  dialect: Dialect;
  address: string;
  /** A look at the order. The box office goes on with it itself, or only asks for somebody who does. */
  look(orderId: OrderId): Promise<unknown>;
};

export async function shop(at: Shopping, fan: Fan, isDone: (order: Order) => boolean) {
  for (;;) {
    try {
      const order = await at.orders.find(fan.orderId);
      if (order !== undefined && isDone(order)) return;
      if (order !== undefined) await act(at, fan, order);
    } catch {
      // Something is down: the browser shows it and asks again.
    }
    await Bun.sleep(40);
  }
}

async function act(at: Shopping, fan: Fan, order: Order): Promise<void> {
  const { orderId, method, card } = fan;
  const { state, attempt, payment } = order;
  if (state === "draft" && attempt === 0 && method !== undefined)
    await at.purchase.pay(order, method);
  await at.look(orderId);
  if (state !== "requires-action" || payment?.actionUrl === undefined) return;
  const { actionUrl } = payment;
  if (at.dialect === "sandbox") {
    const body = new URLSearchParams({ answer: "approve" });
    await fetch(actionUrl, { method: "POST", body, redirect: "manual" });
    return;
  }
  if (fan.isAway) return;
  const back = await payAt(actionUrl, { card }, at);
  await Promise.race([at.purchase.returned(order, back.searchParams), Bun.sleep(patienceMs)]);
}
