// Refunds of confirmed orders, in PostgreSQL only. The row is the intent and is there before the
// provider is called; amounts are made of the order's own lines, never of anything a caller sends (S9).
//
// Keeps: a seat of an order is given back at most once, so that all refunds together are never more than
// was captured (S8); a worker's writes are fenced by its lease and the version; a request ends the
// tickets, in its own transaction, and a settlement moves money, seats and the mail owed in one (M4).
// Read next: domain/ordering/refund.ts (states), purchase/refunding/refund-saga.ts (what is done).

import type { RefundRefusal, RefundState } from "../../domain/ordering/refund.ts";
import type {
  OnSaleId,
  OperatorId,
  OrderId,
  PerformanceId,
  SeatNumber,
} from "../../foundation/ids.ts";
import type { TicketId } from "../../foundation/ids.ts";
import type { RefundId } from "../../foundation/after-sale-ids.ts";
import type { Money } from "../../wire/contract.ts";
import type { Freshness } from "../reads/freshness.ts";
import type { SeatTruth } from "../seat-store.ts";

export type { RefundRefusal, RefundState };

/** What becomes of the seats: on sale again where something sells them, or kept back by the organiser. */
export type SeatsGo = "to-sale" | "withheld";
export type RefundLine = { seat: SeatNumber; ticketId: TicketId; amount: number; fee: number };

export type Refund = {
  refundId: RefundId;
  orderId: OrderId;
  onSaleId: OnSaleId;
  performanceId: PerformanceId;
  attempt: number;
  state: RefundState;
  version: number;
  askedBy: "operator" | "fan";
  operatorId: OperatorId | undefined;
  reason: string;
  lines: RefundLine[];
  /** What goes back. */
  amount: Money;
  /** What is kept, in minor units. */
  fee: number;
  seatsGo: SeatsGo;
  /** Why it needs a person, in `stuck`. */
  stuckBecause: string | undefined;
  /** By the provider's ledger, whoever saw to it there, or elsewhere, by the word of a person. */
  settledWhere: "provider" | "elsewhere" | undefined;
  /** What a person said of it, where one settled it. */
  settledReason: string | undefined;
  requestedAt: number;
  updatedAt: number;
};

/** A seat of an order as a refund finds it. */
export type RefundableLine = {
  seat: SeatNumber;
  price: number;
  /** undefined: no ticket of the seat counts any more. */
  ticketId: TicketId | undefined;
  /** Somebody who is not the buyer holds it. */
  givenAway: boolean;
  checkedIn: boolean;
  refundId: RefundId | undefined;
};

export type NewRefund = {
  refundId: RefundId;
  orderId: OrderId;
  /** "all": every seat whose ticket still counts. */
  seats: readonly SeatNumber[] | "all";
  /** Kept of each ticket, in minor units; never more than it cost. */
  feePerTicket: number;
  by: { kind: "fan" } | { kind: "operator"; operatorId: OperatorId };
  reason: string;
  seatsGo: SeatsGo;
  idempotencyKey: string;
  bodyHash: string;
};

export type LeasedRefund = {
  refund: Refund;
  /** The provider's name for the payment. */
  providerRef: string | undefined;
  /** Given back of the payment so far, in our book. */
  paidBack: number;
  /** Other refunds of the same payment that are not settled. */
  othersOpen: number;
  leaseToken: string;
  until: number;
};
type Lost = { kind: "lost" };

export type RefundChange = {
  state: RefundState;
  stuckBecause?: string;
  /** When a worker should look again. */
  dueAt?: number;
  keepLease?: boolean;
};

/** By the word of a person: the provider has it in its ledger, or it was paid back another way. */
export type Settlement = { how: "at-provider" | "elsewhere"; reason: string };

export type RefundStore = {
  refundable(orderId: OrderId, freshness?: Freshness): Promise<RefundableLine[]>;
  /** The intent and the end of the tickets. Same key and body: the same refund. */
  request(
    refund: NewRefund,
  ): Promise<
    | { kind: "requested" | "repeated"; refund: Refund }
    | { kind: "mismatch" }
    | { kind: "refused"; reason: RefundRefusal; seats: SeatNumber[] }
  >;
  find(refundId: RefundId, freshness?: Freshness): Promise<Refund | undefined>;
  ofOrder(orderId: OrderId, freshness?: Freshness): Promise<Refund[]>;
  /** Leases up to `limit` refunds that are due, oldest first; with a refundId that one, due or not. */
  lease(request: { limit: number; leaseMs: number; refundId?: RefundId }): Promise<LeasedRefund[]>;
  record(
    leased: LeasedRefund,
    change: RefundChange,
  ): Promise<{ kind: "recorded"; refund: Refund } | Lost>;
  /**
   * The money is back: our book of the payment, the seats and the mail, in one transaction. With a
   * settlement by a person, who has a lease like everybody; paid back `elsewhere` it stays in the
   * provider's book and in ours of the payment.
   */
  settle(
    leased: LeasedRefund,
    by?: Settlement,
  ): Promise<{ kind: "settled"; refund: Refund; truths: SeatTruth[] } | Lost>;
  /** What our book has of the payment behind it, just now. */
  standing(refundId: RefundId): Promise<Pick<LeasedRefund, "paidBack" | "othersOpen">>;
  /** Makes it due at once. */
  nudge(refundId: RefundId): Promise<void>;
  /** How long whoever has it leased may still keep it; 0: nobody has it. */
  leaseLeftMs(refundId: RefundId): Promise<number>;
};
