// Orders, payments, tickets: the settled state. One file per kind of transaction, all of them fenced:
//   create-order · confirm-seats (saga step 1) · lease-orders · record-change · issue-tickets (step 4) ·
//   revive-order (money that came late)
// What an order does to seats is in order-seats.ts; how orders are read, in order-rows.ts.

import { orderStates } from "../../../domain/ordering/order.ts";
import type { OnSaleId, OrderId } from "../../../foundation/ids.ts";
import type { OrderStore, Ticket } from "../../../ports/order-store.ts";
import { now } from "../../../ports/reads/freshness.ts";
import type { OrderState } from "../../../wire/contract.ts";
import { type Database, statement } from "../database.ts";
import { openConfirmSeats } from "./confirm-seats.ts";
import { openCreateOrder } from "./create-order.ts";
import { openIssue } from "./issue-tickets.ts";
import { lease, leaseLeftMs, nudge } from "./lease-orders.ts";
import {
  type OrderRow,
  orderReads,
  type PaymentColumns,
  readOrder,
  toOrder,
  toPayment,
} from "./order-rows.ts";
import { payRequest } from "./pay-requests.ts";
import { openRecord } from "./record-change.ts";
import { revive } from "./revive-order.ts";

const sql = {
  tickets: statement(
    "order-tickets",
    `select ticket_id as "ticketId", order_id as "orderId", performance_id as "performanceId", seat,
       code, state, issued_at as "issuedAt"
     from tickets where order_id = $1 and transfer_id is null order by seat`,
  ),
  ticket: statement(
    "order-ticket",
    `select t.ticket_id as "ticketId", t.order_id as "orderId", t.performance_id as "performanceId",
       t.seat, t.code, t.state, t.issued_at as "issuedAt", o.on_sale_id as "onSaleId"
     from tickets t join orders o using (order_id) where t.ticket_id = $1`,
  ),
  payments: statement(
    "order-payments",
    `select p.*, o.state as "orderState",
       (select coalesce(sum(r.amount), 0)::bigint from refunds r where r.order_id = p.order_id
          and r.attempt = p.attempt and r.state <> 'refunded') as "goingBack"
     from payments p join orders o using (order_id)
     where (p.updated_at, p.order_id, p.attempt) > ($1::bigint, $2::text, $3::integer)
     order by p.updated_at, p.order_id, p.attempt limit $4`,
  ),
  underWay: statement(
    "order-under-way",
    `select count(*) as orders from orders
     where due_at is not null and performance_id = $1
       and state in ('authorizing', 'capturing', 'issuing', 'payment-unknown')`,
  ),
  backlog: statement(
    "order-backlog",
    `select state, count(*) as orders from orders
     where (due_at is not null or stuck_since is not null)
       and ($1::text is null or performance_id = $1)
     group by state`,
  ),
};

const paymentsPerPage = 1_000;
type BookRow = PaymentColumns & {
  order_id: OrderId;
  updated_at: number;
  orderState: OrderState;
  goingBack: number;
};

export function openOrderStore(database: Database): OrderStore {
  return {
    create: openCreateOrder(database),
    payRequest: (request) => payRequest(database, request),
    find: (orderId, freshness = now) =>
      database.read(freshness, (from) => readOrder(from, orderId)),
    async ofOwner(onSaleId, entryId, freshness = now) {
      const rows = await database.read(freshness, (from) =>
        from.rows<OrderRow>(orderReads.byOwner, [onSaleId, entryId]),
      );
      return rows.map(toOrder);
    },
    tickets: (orderId, freshness = now) =>
      database.read(freshness, (from) => from.rows<Ticket>(sql.tickets, [orderId])),
    async ticket(ticketId, freshness = now) {
      const row = await database.read(freshness, async (from) => {
        const rows = await from.rows<Ticket & { onSaleId: OnSaleId }>(sql.ticket, [ticketId]);
        return rows[0];
      });
      if (row === undefined) return undefined;
      const { onSaleId, ...ticket } = row;
      return { ticket, onSaleId };
    },
    confirmSeats: openConfirmSeats(database),
    lease: (request) => lease(database, request),
    revive: (request) => revive(database, request),
    record: openRecord(database),
    issue: openIssue(database),
    nudge: (orderId) => nudge(database, orderId),
    leaseLeftMs: (orderId) => leaseLeftMs(database, orderId),
    async *payments(since) {
      let after: [number, string, number] = [since, "", 0];
      for (;;) {
        const rows = await database.rows<BookRow>(sql.payments, [...after, paymentsPerPage]);
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows.map((row) => ({
          ...toPayment(row),
          orderId: row.order_id,
          orderState: row.orderState,
          goingBack: row.goingBack,
          updatedAt: row.updated_at,
        }));
        after = [last.updated_at, last.order_id, last.attempt];
      }
    },
    async underWay(performanceId) {
      const [row] = await database.rows<{ orders: number }>(sql.underWay, [performanceId]);
      return row?.orders ?? 0;
    },
    async backlog(performanceId) {
      const rows = await database.rows<{ state: OrderState; orders: number }>(sql.backlog, [
        performanceId ?? null,
      ]);
      const counts = Object.fromEntries(orderStates.map((state) => [state, 0]));
      for (const { state, orders } of rows) counts[state] = orders;
      return counts as Record<OrderState, number>;
    },
  };
}
