// What the desk shows of orders and their refunds: rows to find one by, and one with everything that a
// person needs to decide. Shapes only; amounts in minor units, instants ms since 1970. Personal: never
// cached, and searched for with a body, since addresses are logged.

import type { RefundRefusal, RefundState } from "../../domain/ordering/refund.ts";
import type {
  OnSaleId,
  OrderId,
  PerformanceId,
  SeatNumber,
  TicketId,
} from "../../foundation/ids.ts";
import type { RefundId } from "../../foundation/after-sale-ids.ts";
import type { Money, OrderState, Words } from "../contract.ts";

/** An order's id, a buyer's or holder's e-mail, a ticket's id, its code, or its page's address. */
export type OrderSearchBody = { find: string };
export type DeskOrderRow = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  performance: Words;
  state: OrderState;
  buyerName: string;
  buyerEmail: string;
  amount: Money;
  seats: string[];
  /** Paid back so far, in minor units. */
  refunded: number;
  createdAt: number;
};
export type OrdersFound = { orders: DeskOrderRow[]; more: boolean };

export type DeskOrderLine = {
  seat: SeatNumber;
  section: string;
  row: string;
  label: string;
  category: string;
  price: number;
  /** The ticket that counts now; undefined: none does. */
  ticketId: TicketId | undefined;
  /** Who holds it, where it was given away. */
  holder: { name: string; email: string } | undefined;
  checkedIn: { gate: string; at: number } | undefined;
  refundId: RefundId | undefined;
};

/** One attempt to pay in both books, side by side. */
export type DeskAttempt = {
  attempt: number;
  provider: string;
  providerRef: string | undefined;
  here: { state: string; refunded: number };
  /** `none`: the provider knows of no money; `unreadable`: it does not answer now. */
  there: { state: string; captured: number; refunded: number } | "none" | "unreadable";
  /** undefined where one of them cannot be read. */
  agree: boolean | undefined;
};

export type DeskRefund = {
  refundId: RefundId;
  state: RefundState;
  askedBy: "operator" | "fan";
  operator: string | undefined;
  reason: string;
  amount: number;
  fee: number;
  seats: SeatNumber[];
  seatsGo: "to-sale" | "withheld";
  stuckBecause: string | undefined;
  settledWhere: "provider" | "elsewhere" | undefined;
  settledReason: string | undefined;
  requestedAt: number;
  history: { at: number; state: RefundState; because: string | undefined }[];
};

export type DeskOrder = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  performance: { name: Words; venue: Words; startsAt: number; timeZone: string };
  state: OrderState;
  reason: string | undefined;
  attempt: number;
  buyer: { name: string; email: string };
  amount: Money;
  lines: DeskOrderLine[];
  attempts: DeskAttempt[];
  refunds: DeskRefund[];
  history: { at: number; state: OrderState; reason: string | undefined }[];
  /** What the on-sale keeps of a ticket that a fan gives back. */
  fanFee: number;
  createdAt: number;
  now: number;
};

export type RefundWish = {
  seats: SeatNumber[] | "all";
  /** The on-sale's own fee is kept. */
  keepFee: boolean;
  seatsGo: "to-sale" | "withheld";
};
export type RefundPreview = {
  seats: SeatNumber[];
  amount: Money;
  fee: number;
  /** What a person should know before: by seat. */
  checkedIn: SeatNumber[];
  givenAway: SeatNumber[];
  /** Whether an on-sale of the performance sells now what is freed. */
  sellsNow: boolean;
  /** Why it cannot be done; undefined: it can. */
  refusal: RefundRefusal | undefined;
};

/** Of one currency, in minor units. `amount` is all that was paid; `fee` of it stays, where it is kept. */
export type Worth = { currency: string; orders: number; amount: number; fee: number };

/** A performance that does not take place. What is left to give back, and what is on its way. */
export type CancellationView = {
  performance: {
    performanceId: PerformanceId;
    name: Words;
    venue: Words;
    startsAt: number;
    timeZone: string;
  };
  /** undefined: nobody has said so. */
  cancellation:
    | { operator: string; reason: string; keepFee: boolean; requestedAt: number }
    | undefined;
  left: {
    worth: Worth[];
    tickets: number;
    /** Of them, whose holder was let in, and which somebody else holds than the buyer. */
    checkedIn: number;
    givenAway: number;
    /** Orders on their way: what they become is given back then. */
    underWay: number;
    /** Orders with tickets that count and no payment to give back: a person's. */
    byHand: number;
    /** On-sales that could still sell: they must be closed first. */
    onSale: number;
  };
  /** The refunds made for it, by state: here `amount` is what goes back and `fee` what stays. */
  refunds: (Worth & { state: RefundState })[];
  now: number;
};

export type StuckRefund = {
  refundId: RefundId;
  orderId: OrderId;
  performance: Words;
  buyerName: string;
  amount: Money;
  stuckBecause: string;
  updatedAt: number;
};

/** Money that came after its order had ended, newest first. */
export type LatePayment = {
  orderId: OrderId;
  performance: Words;
  buyerName: string;
  amount: Money;
  /** Where it has come to. */
  state: OrderState;
  /** The same seats were free. */
  kept: boolean;
  foundAt: number;
};
