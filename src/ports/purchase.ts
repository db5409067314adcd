// What the box office needs of the purchase saga: begin a payment, undo a draft, and the one `advance`
// that webhook, redirect and poll all call. The saga itself is src/purchase.

import type { OrderId } from "../foundation/ids.ts";
import type { Order, PayRequest } from "./order-store.ts";

export type PayReply =
  /**
   * An attempt runs; the order tells how it goes. A repeat while one runs answers the same.
   * `goesOn` where this process drives it: resolves when the order rests and what was heard meanwhile is
   * seen to; never rejects.
   */
  | { kind: "paying"; order: Order; goesOn?: Promise<void> | undefined }
  /** Somebody else has the seats now; the order is cancelled. */
  | { kind: "seats-lost"; order: Order }
  /** Not a draft, or the hold is over. */
  | { kind: "not-payable"; order: Order };

export type Purchase = {
  /**
   * `order` as it was read just now. Step 1 and the intent of step 2 are committed when this resolves;
   * the rest goes on by itself.
   */
  pay(order: Order, method: string, named?: PayRequest): Promise<PayReply>;
  /**
   * Does whatever can be done for this order now; while this process drives it, resolves at once, and it
   * is done when the order rests. Safe to call at any time, from anywhere.
   */
  advance(orderId: OrderId): Promise<void>;
  /** Ends a draft; its hold stays with the fan. Orders under way are not touched. */
  cancelDraft(orderId: OrderId): Promise<{ kind: "cancelled" | "not-a-draft" }>;
};
