// A fan who has pressed "pay" goes on to the provider's page by itself, once an attempt: who comes back
// from there without having paid finds the order's page, and a button, not the provider again.

import type { OrderView } from "../../../wire/contract.ts";
import { paysHere } from "../checkout/method.ts";

export function forward(order: OrderView): void {
  if (paysHere()) return;
  if (order.state !== "requires-action" || order.actionUrl === undefined) return;
  const name = `usher:paying:${order.orderId}:${order.attempt}`;
  try {
    if (sessionStorage.getItem(name) !== null) return;
    sessionStorage.setItem(name, "forwarded");
  } catch {
    // Storage may be forbidden: then the button is pressed by hand.
    return;
  }
  location.assign(order.actionUrl);
}
