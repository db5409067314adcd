// Orders at the desk: found by id, e-mail or ticket, and one of them with its lines, tickets, attempts,
// refunds and histories in one statement, so that all of it is of one moment.

import type { OnSaleId, OrderId } from "../../../foundation/ids.ts";
import type { RefundId } from "../../../foundation/after-sale-ids.ts";
import { now } from "../../../ports/reads/freshness.ts";
import type { DeskOrders, OrderRecord, OrderSearch } from "../../../ports/reads/desk-orders.ts";
import type { Money, OrderState, Words } from "../../../wire/contract.ts";
import type {
  DeskOrderLine,
  DeskOrderRow,
  DeskRefund,
  LatePayment,
  StuckRefund,
} from "../../../wire/desk/desk-orders.ts";
import { type Database, statement } from "../database.ts";
import { type PaymentColumns, toPayment } from "../orders/order-rows.ts";

const maxListed = 200;

const ids = {
  order: statement("desk-find-order", `select order_id from orders where order_id = $1 limit $2`),
  email: statement(
    "desk-find-email",
    `select o.order_id from orders o where o.order_id in (
       select order_id from orders where lower(buyer ->> 'email') = lower($1)
       union select t.order_id from ticket_transfers x join tickets t on t.ticket_id = x.new_ticket_id
       where lower(x.receiver ->> 'email') = lower($1))
     order by o.created_at desc limit $2`,
  ),
  ticket: statement(
    "desk-find-ticket",
    `select order_id from tickets where ticket_id = $1 limit $2`,
  ),
  code: statement("desk-find-code", `select order_id from tickets where code = $1 limit $2`),
};

const rows = statement(
  "desk-order-rows",
  `select o.order_id as "orderId", o.on_sale_id as "onSaleId", p.name as performance, o.state,
     o.buyer ->> 'name' as "buyerName", o.buyer ->> 'email' as "buyerEmail",
     json_build_object('amount', o.amount, 'currency', o.currency) as amount,
     (select coalesce(json_agg(concat_ws(' ', l.section, l."row", l.label) order by l.seat), '[]')
      from order_lines l where l.order_id = o.order_id) as seats,
     (select coalesce(sum(y.refunded), 0)::bigint from payments y where y.order_id = o.order_id)
       as refunded,
     o.created_at as "createdAt"
   from orders o join performances p using (performance_id)
   where o.order_id = any ($1::text[]) order by o.created_at desc`,
);

const look = statement(
  "desk-order-look",
  `select o.order_id as "orderId", o.on_sale_id as "onSaleId", o.state, o.reason, o.attempt,
     o.buyer, o.created_at as "createdAt",
     json_build_object('amount', o.amount, 'currency', o.currency) as amount,
     json_build_object('name', p.name, 'venue', p.venue, 'startsAt', p.starts_at,
       'timeZone', p.time_zone) as performance,
     coalesce((s.settings ->> 'fanCancelFee')::bigint, 0) as "fanFee",
     (select coalesce(json_agg(json_build_object('seat', l.seat, 'section', l.section,
          'row', l."row", 'label', l.label, 'category', l.category, 'price', l.amount,
          'ticketId', t.ticket_id, 'holder', x.receiver, 'refundId', f.refund_id,
          'checkedIn', (select json_build_object('gate', g.name, 'at', c.scanned_at)
             from check_ins c join gates g using (gate_id)
             where c.ticket_id = t.ticket_id and c.let_in order by c.id limit 1)) order by l.seat), '[]')
      from order_lines l
      left join tickets t on t.order_id = l.order_id and t.seat = l.seat and t.state = 'live'
      left join ticket_transfers x on x.transfer_id = t.transfer_id
      left join refund_lines f on f.order_id = l.order_id and f.seat = l.seat
      where l.order_id = o.order_id) as lines,
     (select coalesce(json_agg(to_json(y) order by y.attempt), '[]')
      from payments y where y.order_id = o.order_id) as payments,
     (select coalesce(json_agg(json_build_object('at', h.at, 'state', h.state, 'reason', h.reason)
          order by h.id), '[]')
      from (select * from order_history r where r.order_id = o.order_id order by r.id desc limit 100) h)
       as history,
     (select coalesce(json_agg(json_build_object('refundId', r.refund_id, 'state', r.state,
          'askedBy', r.asked_by, 'operator', w.name, 'reason', r.reason, 'amount', r.amount,
          'fee', r.fee, 'seatsGo', r.seats_go, 'stuckBecause', r.stuck_because,
          'settledWhere', r.settled_where, 'settledReason', r.settled_reason,
          'requestedAt', r.requested_at,
          'seats', (select json_agg(q.seat order by q.seat) from refund_lines q
                    where q.refund_id = r.refund_id),
          'history', (select json_agg(json_build_object('at', h.at, 'state', h.state,
                        'because', h.because) order by h.id)
                      from (select * from refund_history k where k.refund_id = r.refund_id
                            order by k.id desc limit 20) h)) order by r.requested_at), '[]')
      from refunds r left join operators w using (operator_id) where r.order_id = o.order_id)
       as refunds
   from orders o join performances p using (performance_id) join on_sales s using (on_sale_id)
   where o.order_id = $1`,
);

const stuckRefunds = statement(
  "desk-stuck-refunds",
  `select r.refund_id as "refundId", r.order_id as "orderId", p.name as performance,
     o.buyer ->> 'name' as "buyerName",
     json_build_object('amount', r.amount, 'currency', o.currency) as amount,
     r.stuck_because as "stuckBecause", r.updated_at as "updatedAt"
   from refunds r join orders o using (order_id) join performances p using (performance_id)
   where r.state = 'stuck' order by r.updated_at limit $1`,
);

const latePayments = statement(
  "desk-late-payments",
  `select l.order_id as "orderId", p.name as performance, o.buyer ->> 'name' as "buyerName",
     json_build_object('amount', o.amount, 'currency', o.currency) as amount, o.state, l.kept,
     l.found_at as "foundAt"
   from late_payments l join orders o using (order_id) join performances p using (performance_id)
   order by l.found_at desc limit $1`,
);

type Nullable<T> = { [Key in keyof T]: undefined extends T[Key] ? T[Key] | null : T[Key] };
type LookRow = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  state: OrderState;
  reason: string | null;
  attempt: number;
  buyer: { name: string; email: string };
  createdAt: number;
  amount: Money;
  performance: { name: Words; venue: Words; startsAt: number; timeZone: string };
  fanFee: number;
  lines: Nullable<DeskOrderLine>[];
  payments: PaymentColumns[];
  history: { at: number; state: OrderState; reason: string | null }[];
  refunds: (Nullable<Omit<DeskRefund, "history">> & {
    history: { at: number; state: DeskRefund["state"]; because: string | null }[];
  })[];
};

export function openDeskOrders(database: Database): DeskOrders {
  return {
    async find(search, limit, freshness = now) {
      const most = Math.min(limit, maxListed);
      return await database.read(freshness, async (from) => {
        const found = await from.rows<{ order_id: OrderId }>(ids[search.by], [
          wantedOf(search),
          most,
        ]);
        return found.length === 0
          ? []
          : await from.rows<DeskOrderRow>(rows, [found.map((row) => row.order_id)]);
      });
    },
    async look(orderId) {
      const [row] = await database.rows<LookRow>(look, [orderId]);
      return row && toRecord(row);
    },
    latePayments: (limit, freshness = now) =>
      database.read(freshness, (from) =>
        from.rows<LatePayment>(latePayments, [Math.min(limit, maxListed)]),
      ),
    stuckRefunds: (limit, freshness = now) =>
      database.read(freshness, (from) =>
        from.rows<StuckRefund>(stuckRefunds, [Math.min(limit, maxListed)]),
      ),
  };
}

function wantedOf(search: OrderSearch): string {
  switch (search.by) {
    case "order":
      return search.orderId;
    case "email":
      return search.email;
    case "ticket":
      return search.ticketId;
    case "code":
      return search.code;
  }
}

function toRecord(row: LookRow): OrderRecord {
  const { name, email } = row.buyer;
  return {
    ...row,
    buyer: { name, email },
    reason: row.reason ?? undefined,
    lines: row.lines.map((line) => ({
      ...line,
      ticketId: line.ticketId ?? undefined,
      holder: line.holder ? { name: line.holder.name, email: line.holder.email } : undefined,
      checkedIn: line.checkedIn ?? undefined,
      refundId: (line.refundId as RefundId | null) ?? undefined,
    })),
    payments: row.payments.map(toPayment),
    history: row.history.map(({ reason, ...step }) => ({ ...step, reason: reason ?? undefined })),
    refunds: row.refunds.map((refund) => ({
      ...refund,
      operator: refund.operator ?? undefined,
      stuckBecause: refund.stuckBecause ?? undefined,
      settledWhere: refund.settledWhere ?? undefined,
      settledReason: refund.settledReason ?? undefined,
      history: refund.history.map(({ because, ...step }) => ({
        ...step,
        because: because ?? undefined,
      })),
    })),
  };
}
