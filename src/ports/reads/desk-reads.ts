// What only the desk reads: orders that wait for a person, and who the operators are. Reads only, off
// the hot path, bounded; the truth is PostgreSQL's. Everything else the desk needs has a port already
// (catalog.ts, order-store.ts).

import type { StuckOrder } from "../../wire/desk-contract.ts";
import type { Operator } from "../catalog.ts";
import type { Freshness } from "./freshness.ts";

export type DeskReads = {
  /** Orders in `stuck`, longest first. */
  stuckOrders(limit: number, freshness?: Freshness): Promise<StuckOrder[]>;
  /** Orders and refunds. */
  countStuck(freshness?: Freshness): Promise<number>;
  operators(freshness?: Freshness): Promise<Operator[]>;
  /** One round trip: whether the primary answers. */
  ping(): Promise<void>;
};
