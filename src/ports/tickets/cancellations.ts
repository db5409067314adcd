// A performance that does not take place. One row says so, by the word of an operator; what follows are
// ordinary refunds (refund-store.ts), one for each order, whose key is made of the performance: so it does
// not matter who makes them, how often, or where somebody was killed. Nothing else is kept of it: what is
// left to do are the tickets that still count, how far it has come are the refunds.

import type { OperatorId, OrderId, PerformanceId } from "../../foundation/ids.ts";
import type { Freshness } from "../reads/freshness.ts";
import type { CancellationView, Worth } from "../../wire/desk/desk-orders.ts";

export type { Worth };

/** `keepFee`: of each ticket stays what its on-sale keeps of one that a fan gives back. */
export type Cancellation = NonNullable<CancellationView["cancellation"]> & {
  performanceId: PerformanceId;
  operatorId: OperatorId;
};

export type CancellationCost = CancellationView["left"];
export type CancellationProgress = CancellationView["refunds"];

/** An order whose tickets still count, of a performance that was cancelled. */
export type ToGiveBack = Pick<Cancellation, "performanceId" | "operatorId" | "reason"> & {
  orderId: OrderId;
  feePerTicket: number;
};

export type Cancellations = {
  cost(performanceId: PerformanceId, freshness?: Freshness): Promise<CancellationCost>;
  find(performanceId: PerformanceId, freshness?: Freshness): Promise<Cancellation | undefined>;
  progress(performanceId: PerformanceId, freshness?: Freshness): Promise<CancellationProgress>;
  /**
   * The intent and its line in the audit, in one transaction, before anything is given back. A second one is
   * the first one. `on-sale`: an on-sale of the performance could still sell; nothing was written.
   */
  begin(
    wanted: Pick<Cancellation, "performanceId" | "operatorId" | "reason" | "keepFee">,
  ): Promise<{ kind: "begun" | "known" | "on-sale" }>;
  /** The next orders to give back, of all cancelled performances, the longest cancelled first. */
  next(limit: number): Promise<ToGiveBack[]>;
  /** Refunds made for cancellations that the provider has not answered yet; those that are stuck not counted. */
  unanswered(): Promise<number>;
};

/** The key of each order's refund. The space keeps it apart from every key that a client can send. */
export const cancellationKey = (performanceId: PerformanceId) => `cancellation ${performanceId}`;
