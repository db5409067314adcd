// What only the desk reads: orders that wait for a person, and who the operators are. Reads only, off
// the hot path, bounded; the truth is PostgreSQL's. Everything else the desk needs has a port already
// (catalog.ts, order-store.ts).

import type { StuckOrder } from "../../wire/desk-contract.ts";
import type { Operator } from "../catalog.ts";

export type DeskReads = {
  /** Orders in `stuck`, longest first. */
  stuckOrders(limit: number): Promise<StuckOrder[]>;
  countStuck(): Promise<number>;
  operators(): Promise<Operator[]>;
  /** One round trip: whether the database answers. */
  ping(): Promise<void>;
};
