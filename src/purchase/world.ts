// What the steps of a purchase may reach, and the spans they keep. Built once by the main file.

import type { Clock } from "../foundation/clock.ts";
import type { OrderId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { Order, OrderStore, Ticket } from "../ports/order-store.ts";
import type { PaymentGateway } from "../ports/payment-gateway.ts";
import type { SeatTruth } from "../ports/seat-store.ts";
import type { Reach } from "./failpoint.ts";

export type World = {
  store: OrderStore;
  gateway: PaymentGateway;
  clock: Clock;
  log: Log;
  /** Where the provider sends the fan back to after a proof. */
  returnUrlOf: (orderId: OrderId) => string;
  /** One ticket per line, signed; the same tickets for the same order every time. */
  ticketsFor: (order: Order) => Promise<Ticket[]>;
  tell: (order: Order, truths: readonly SeatTruth[]) => Promise<void>;
  spans: PurchaseSpans;
  /** Only in tests. */
  reach?: Reach;
};

export type PurchaseSpans = {
  /** One worker's right to an order; longer than its slowest call. */
  leaseMs: number;
  /** How long after the deadline a silent provider is waited for before a person is called. */
  silenceMs: number;
};

export const usualSpans: PurchaseSpans = {
  leaseMs: 30_000,
  silenceMs: 900_000,
};
