// Orders as a person at the desk looks for them, and one with all that was ever written of it. Reads
// only, off the hot path, bounded.

import type { OrderId, TicketId } from "../../foundation/ids.ts";
import type {
  DeskOrder,
  DeskOrderRow,
  LatePayment,
  StuckRefund,
} from "../../wire/desk/desk-orders.ts";
import type { Payment } from "../order-store.ts";
import type { Freshness } from "./freshness.ts";

export type OrderSearch =
  | { by: "order"; orderId: OrderId }
  /** Of the buyer, or of whoever was given a ticket. */
  | { by: "email"; email: string }
  | { by: "ticket"; ticketId: TicketId }
  | { by: "code"; code: string };

/** All but the provider's book, which is asked elsewhere; every attempt, oldest first. */
export type OrderRecord = Omit<DeskOrder, "attempts" | "now"> & { payments: Payment[] };

export type DeskOrders = {
  /** Newest first. */
  find(search: OrderSearch, limit: number, freshness?: Freshness): Promise<DeskOrderRow[]>;
  look(orderId: OrderId): Promise<OrderRecord | undefined>;
  /** Longest first. */
  stuckRefunds(limit: number, freshness?: Freshness): Promise<StuckRefund[]>;
  /** Newest first. */
  latePayments(limit: number, freshness?: Freshness): Promise<LatePayment[]>;
};
