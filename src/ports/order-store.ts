// Orders, payments, tickets and duties to notify: the settled state, in PostgreSQL only.
//
// Each method is one transaction, which it may share with calls of the same moment, and is fenced: by
// the lease (`leaseToken`) for saga steps, by state and version for the rest. One that fails fails alone.
// The intent of every outside call is committed here before the call.
// A method that finds the world moved on answers `lost`, and the caller forgets about the order.
// A read says how fresh it must be, and without a word it is `now`: what decides anything is never read
// from a replica (reads/freshness.ts).
// State names and transitions: src/domain/ordering/order.ts.

import type { PaymentState } from "../domain/ordering/payment.ts";
import type {
  EntryId,
  HoldId,
  OnSaleId,
  OrderId,
  PerformanceId,
  SeatNumber,
  TicketId,
} from "../foundation/ids.ts";
import type { HeldSeat, Locale, Money, OrderState } from "../wire/contract.ts";
import type { Freshness } from "./reads/freshness.ts";
import type { SeatTruth } from "./seat-store.ts";

export type { PaymentState };
export type OrderLine = HeldSeat;

export type Payment = {
  attempt: number;
  provider: string;
  state: PaymentState;
  amount: Money;
  /** The provider's name for it; undefined until the provider has answered. */
  providerRef: string | undefined;
  method: string;
  actionUrl: string | undefined;
  declineCode: string | undefined;
  refunded: number;
};

export type Order = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  performanceId: PerformanceId;
  entryId: EntryId;
  holdId: HoldId;
  state: OrderState;
  version: number;
  attempt: number;
  amount: Money;
  buyer: { name: string; email: string; locale: Locale };
  lines: OrderLine[];
  /** Deadline of the hold behind it, moved with it; the fan may try other cards until then. */
  deadline: number;
  payment: Payment | undefined;
  reason: string | undefined;
  createdAt: number;
  updatedAt: number;
};

export type NewOrder = Pick<
  Order,
  | "orderId"
  | "onSaleId"
  | "performanceId"
  | "entryId"
  | "holdId"
  | "amount"
  | "buyer"
  | "lines"
  | "deadline"
> & { idempotencyKey: string; bodyHash: string };

export type PayRequest = { orderId: OrderId; idempotencyKey: string; bodyHash: string };

export type Ticket = {
  ticketId: TicketId;
  orderId: OrderId;
  performanceId: PerformanceId;
  seat: SeatNumber;
  /** Signed code, verifiable offline (src/tickets). */
  code: string;
  state: "live" | "revoked";
  issuedAt: number;
};

/** An attempt as the reconciler compares it with the provider's ledger. */
export type PaymentRow = Payment & {
  orderId: OrderId;
  orderState: OrderState;
  /** Asked to go back by refunds that are not settled; at the provider it may have gone already. */
  goingBack: number;
  updatedAt: number;
};

/** A lease makes one worker the only one to advance an order until `until`. */
export type Leased = { order: Order; leaseToken: string; until: number };
export type Lost = { kind: "lost" };

export type OrderStore = {
  /** Makes a draft. Same idempotency key and body: the same order; another body: `mismatch`. */
  create(
    order: NewOrder,
  ): Promise<
    { kind: "created" | "repeated"; order: Order } | { kind: "mismatch" } | { kind: "no-hold" }
  >;
  /** Whether this request to pay again was taken before; it is kept by `confirmSeats`, with its effect. */
  payRequest(request: PayRequest): Promise<{ kind: "new" | "repeated" | "mismatch" }>;
  find(orderId: OrderId, freshness?: Freshness): Promise<Order | undefined>;
  ofOwner(onSaleId: OnSaleId, entryId: EntryId, freshness?: Freshness): Promise<Order[]>;
  /** As they were issued to the buyer; one that was given away since is `revoked` here. */
  tickets(orderId: OrderId, freshness?: Freshness): Promise<Ticket[]>;
  /** One ticket and the on-sale it was sold in, for its page and for check-in. */
  ticket(
    ticketId: TicketId,
    freshness?: Freshness,
  ): Promise<{ ticket: Ticket; onSaleId: OnSaleId } | undefined>;

  /**
   * Saga step 1 for a draft, fenced by its version: claims held → paying (fenced by owner and hold),
   * order draft → authorizing, attempt + 1, and its payment row as the intent of step 2, in one
   * transaction. The order is then leased to the caller, who drives it; without `leaseMs` it is due at
   * once and whoever takes it first drives it.
   */
  confirmSeats(request: {
    draft: Order;
    provider: string;
    method: string;
    /** Of an order that is paid again; the first payment is told by the order's own key. */
    named?: PayRequest | undefined;
    leaseMs?: number | undefined;
  }): Promise<
    | { kind: "confirmed"; order: Order; leased: Leased | undefined; truths: SeatTruth[] }
    | { kind: "seats-lost"; truths: SeatTruth[] }
    | Lost
  >;

  /**
   * Leases up to `limit` orders that need work now (due; a draft is due at its deadline) and whose
   * lease has lapsed, oldest first. With an orderId: that one, due or not, unless it has ended.
   */
  lease(request: { limit: number; leaseMs: number; orderId?: OrderId }): Promise<Leased[]>;
  /**
   * Money was found for a cancelled order: back to `payment-unknown`, and in the same transaction its
   * seats are taken again, all or none, if they are free and within the owner's limit; then the order has
   * `graceMs` to be settled in, else it stays over. Not where the fan left, whose seats stay given back.
   */
  revive(request: {
    orderId: OrderId;
    version: number;
    graceMs: number;
  }): Promise<{ kind: "revived"; order: Order; truths: SeatTruth[] } | Lost>;
  /** Moves an order on: new state, changed payment, when to look again. Releases or keeps the lease. */
  record(
    leased: Leased,
    change: OrderChange,
  ): Promise<{ kind: "recorded"; order: Order; truths: SeatTruth[] } | Lost>;
  /**
   * Saga step 4: claims paying → sold, tickets, outbox rows and the end of the fan's admission, in one
   * transaction; with it the provider's answer that led here, where that is not committed yet.
   */
  issue(
    leased: Leased,
    tickets: readonly Ticket[],
    answer: OrderChange | undefined,
  ): Promise<
    { kind: "issued"; truths: SeatTruth[] } | { kind: "impossible"; reason: string } | Lost
  >;
  /** Marks an order as due at once, so that a worker looks at it (webhook, redirect, poll). */
  nudge(orderId: OrderId): Promise<void>;
  /** How long whoever has it leased may still keep it; 0: nobody has it. */
  leaseLeftMs(orderId: OrderId): Promise<number>;
  /** Every attempt changed at or after `since`, oldest first, in pages of at most 1,000: our book. */
  payments(since: number): AsyncIterable<PaymentRow[]>;
  /**
   * How many orders have their payment on its way: the pacer's brake. Cheap: it reads what is due and
   * nothing else.
   */
  underWay(performanceId: PerformanceId): Promise<number>;
  /** Orders in waiting or working states, for the desk. */
  backlog(performanceId?: PerformanceId): Promise<Record<OrderState, number>>;
};

export type OrderChange = {
  state: OrderState;
  reason?: string;
  payment?: Partial<
    Pick<Payment, "state" | "providerRef" | "actionUrl" | "declineCode" | "refunded">
  >;
  /** What becomes of the seats in the same transaction; `back` = to the hold while it runs, else free. */
  seats?: "keep" | "back" | "free";
  /** When a worker should look again; undefined: never by itself. */
  dueAt?: number;
  keepLease?: boolean;
};

/** The order as a change leaves it; the version and the instants are the database's to tell. */
export function asChanged(order: Order, { state, reason, payment }: OrderChange): Order {
  return {
    ...order,
    state,
    reason: reason ?? order.reason,
    payment: order.payment && {
      ...order.payment,
      state: payment?.state ?? order.payment.state,
      providerRef: payment?.providerRef ?? order.payment.providerRef,
      actionUrl: payment?.actionUrl ?? order.payment.actionUrl,
      declineCode: payment?.declineCode ?? order.payment.declineCode,
      refunded: payment?.refunded ?? order.payment.refunded,
    },
  };
}
