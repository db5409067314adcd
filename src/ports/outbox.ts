// Duties to notify, written in the transaction of the change that owes them (M4): exactly one row per
// notifiable change, told apart by `key`. The relay sends them, at least once, and never undoes a sale.

import type { RefundId, TransferId } from "../foundation/after-sale-ids.ts";
import type { OrderId, TicketId } from "../foundation/ids.ts";

export type OrderTopic = "order-confirmed" | "order-refunded" | "order-cancelled";
export type TransferTopic = "ticket-offered" | "ticket-received" | "ticket-given";
/** Facts that do not change; the mail is composed from what they name when it is sent. */
export type OutboxRow = { id: number; key: string; tries: number } & (
  | { topic: OrderTopic; payload: { orderId: OrderId } }
  | { topic: TransferTopic; payload: { transferId: TransferId } }
  | { topic: "tickets-refunded"; payload: { orderId: OrderId; refundId: RefundId } }
  /** `ticket-void`: to whom a ticket was given, when its buyer's money goes back. */
  | { topic: "ticket-again" | "ticket-void"; payload: { ticketId: TicketId } }
);

export type Outbox = {
  /** Leases up to `limit` unsent rows for `leaseMs`. */
  take(limit: number, leaseMs: number): Promise<OutboxRow[]>;
  sent(id: number): Promise<void>;
  /** Back in the row, due later; after too many tries it is kept and listed for a person. */
  failed(id: number, why: string, retryMs: number): Promise<void>;
};

export type Mail = {
  to: string;
  subject: string;
  text: string;
  html: string;
  messageId: string;
  /** With a `cid` it is shown inside the mail. */
  attachments?: { filename: string; contentType: string; content: Uint8Array; cid?: string }[];
};
export type Mailer = { send(mail: Mail): Promise<void>; close(): Promise<void> };
