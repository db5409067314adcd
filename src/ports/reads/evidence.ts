// What the invariants of one performance are judged from, as PostgreSQL has it: the rows themselves,
// the two histories that triggers write, and nothing computed. Everything is of one moment. Amounts
// are minor units, instants ms since 1970; a missing value is null, as in the table.
// The other witnesses (provider's ledger, clients' history, hot store) join it in checks/evidence/case-file.ts.

import type { OrderState } from "../../domain/ordering/order.ts";
import type { PaymentState } from "../../domain/ordering/payment.ts";
import type { RefundState } from "../../domain/ordering/refund.ts";
import type { VenuePlan } from "../../domain/seating/venue-plan.ts";
import type { Phase } from "../../domain/waiting-room/frontier.ts";
import type { EntryId, HoldId, OnSaleId, OrderId, PerformanceId } from "../../foundation/ids.ts";
import type { RefundId } from "../../foundation/after-sale-ids.ts";
import type { OnSaleSettings } from "../catalog.ts";
import type { SeatState } from "../seat-store.ts";

export type SeatRow = {
  seat: number;
  state: SeatState;
  fence: number;
  owner: EntryId | null;
  holdId: HoldId | null;
  orderId: OrderId | null;
  deadline: number | null;
};
/** In the order of `id`, which is the order of the changes of each seat. */
export type SeatChange = SeatRow & { id: number; at: number; was: SeatState | null };

export type OrderRow = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  entryId: EntryId;
  holdId: HoldId;
  state: OrderState;
  version: number;
  attempt: number;
  amount: number;
  currency: string;
  deadline: number;
  reason: string | null;
  idempotencyKey: string;
};
export type OrderLineRow = { orderId: OrderId; seat: number; category: string; amount: number };
export type OrderChangeRow = {
  id: number;
  orderId: OrderId;
  at: number;
  was: OrderState | null;
  state: OrderState;
  version: number;
};
export type AttemptRow = {
  orderId: OrderId;
  attempt: number;
  state: PaymentState;
  amount: number;
  currency: string;
  refunded: number;
  providerRef: string | null;
};
/** Of confirmed orders. `settledWhere`: where the money went back, once it did. */
export type RefundRow = {
  refundId: RefundId;
  orderId: OrderId;
  attempt: number;
  state: RefundState;
  version: number;
  amount: number;
  fee: number;
  settledWhere: "provider" | "elsewhere" | null;
};
export type RefundLineRow = {
  refundId: RefundId;
  orderId: OrderId;
  seat: number;
  ticketId: string;
  amount: number;
  fee: number;
};
export type RefundChangeRow = {
  id: number;
  refundId: RefundId;
  was: RefundState | null;
  state: RefundState;
  version: number;
};
export type TicketRow = {
  ticketId: string;
  orderId: OrderId;
  seat: number;
  state: "live" | "revoked";
};
export type DutyRow = { key: string; topic: string; orderId: OrderId | null };
export type AdmissionRow = {
  admissionId: string;
  onSaleId: OnSaleId;
  entryId: EntryId;
  index: number;
  position: number;
  claimedAt: number;
  deadline: number;
  enteredAt: number | null;
  endedAt: number | null;
};
export type OnSaleRow = {
  onSaleId: OnSaleId;
  phase: Phase;
  commitment: string;
  /** null before the opening: the checks do not read it early either. */
  seed: string | null;
  cohort: number | null;
  openedAt: number | null;
  serving: number;
  highWaterMark: number;
  currency: string;
  prices: Record<string, number>;
  settings: OnSaleSettings;
};

export type Evidence = {
  performanceId: PerformanceId;
  /** The database's clock when it was read. */
  readAt: number;
  seatCount: number;
  plan: VenuePlan;
  onSales: OnSaleRow[];
  admissions: AdmissionRow[];
  seats: SeatRow[];
  seatChanges: SeatChange[];
  orders: OrderRow[];
  /** Orders of other performances: a provider's ledger knows no performances. */
  ordersElsewhere: OrderId[];
  orderLines: OrderLineRow[];
  orderChanges: OrderChangeRow[];
  attempts: AttemptRow[];
  refunds: RefundRow[];
  refundLines: RefundLineRow[];
  refundChanges: RefundChangeRow[];
  tickets: TicketRow[];
  duties: DutyRow[];
};

export type EvidenceReader = {
  performances(): Promise<{ performanceId: PerformanceId; name: string }[]>;
  /** undefined: there is no such performance. */
  read(performanceId: PerformanceId): Promise<Evidence | undefined>;
  close(): Promise<void>;
};
