// What only the desk reads: orders that wait for a person, and who the operators are. Reads only, off
// the hot path, bounded; the truth is PostgreSQL's. Everything else the desk needs has a port already
// (catalog.ts, order-store.ts).

import type { OnSaleId, OrderId } from "../../foundation/ids.ts";
import type { Money, OrderState, Words } from "../../wire/contract.ts";
import type { Operator } from "../catalog.ts";

/** Enough to decide about it without opening a database. */
export type StuckOrderRow = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  performance: Words;
  buyerName: string;
  buyerEmail: string;
  amount: Money;
  /** Where the seats are, as printed: section, row, seat. */
  seats: string[];
  reason: string | undefined;
  attempt: number;
  /** The last attempt's payment. */
  payment:
    | { provider: string; state: string; providerRef: string | undefined; refunded: number }
    | undefined;
  createdAt: number;
  updatedAt: number;
  /** The last twenty states, oldest first. */
  history: { at: number; state: OrderState; reason: string | undefined }[];
};

export type DeskReads = {
  /** Orders in `stuck`, longest first. */
  stuckOrders(limit: number): Promise<StuckOrderRow[]>;
  countStuck(): Promise<number>;
  operators(): Promise<Operator[]>;
  /** One round trip: whether the database answers. */
  ping(): Promise<void>;
};
