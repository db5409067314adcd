// What only the desk reads, in PostgreSQL: orders that wait for a person, with all that the person
// needs, and the operators' names. Every list is bounded; nothing here is on a hot path.

import type { OnSaleId, OrderId } from "../../../foundation/ids.ts";
import type { Operator } from "../../../ports/catalog.ts";
import type { DeskReads } from "../../../ports/reads/desk-reads.ts";
import { now } from "../../../ports/reads/freshness.ts";
import type { StuckOrder } from "../../../wire/desk-contract.ts";
import type { OrderState, Words } from "../../../wire/contract.ts";
import { type Database, statement } from "../database.ts";

const maxListed = 500;

const stuckOrders = statement(
  "desk-stuck-orders",
  `select o.order_id, o.on_sale_id, p.name as performance, o.buyer, o.amount, o.currency, o.reason,
          o.attempt, o.created_at, o.updated_at,
          pay.provider, pay.state as payment_state, pay.provider_ref, pay.refunded,
          (select coalesce(json_agg(concat_ws(' ', l.section, l."row", l.label) order by l.seat), '[]')
             from order_lines l where l.order_id = o.order_id) as seats,
          (select coalesce(json_agg(json_build_object('at', h.at, 'state', h.state, 'reason', h.reason)
                                    order by h.id), '[]')
             from (select * from order_history r where r.order_id = o.order_id
                   order by r.id desc limit 20) h) as history
   from orders o
   join performances p using (performance_id)
   left join payments pay on pay.order_id = o.order_id and pay.attempt = o.attempt
   where o.stuck_since is not null
   order by o.stuck_since
   limit $1`,
);
const countStuck = statement(
  "desk-count-stuck",
  `select (select count(*) from orders where stuck_since is not null)
     + (select count(*) from refunds where state = 'stuck') as count`,
);
const allOperators = statement(
  "desk-operators",
  `select operator_id as "operatorId", email, name, role from operators order by created_at limit $1`,
);
const ping = statement("desk-ping", "select 1 as one");

type StuckRow = {
  order_id: OrderId;
  on_sale_id: OnSaleId;
  performance: Words;
  buyer: { name: string; email: string };
  amount: number;
  currency: string;
  reason: string | null;
  attempt: number;
  created_at: number;
  updated_at: number;
  provider: string | null;
  payment_state: string | null;
  provider_ref: string | null;
  refunded: number | null;
  seats: string[];
  history: { at: number; state: OrderState; reason: string | null }[];
};

export function openDeskReads(database: Database): DeskReads {
  return {
    async stuckOrders(limit, freshness = now) {
      const values = [Math.min(limit, maxListed)];
      const rows = await database.read(freshness, (from) =>
        from.rows<StuckRow>(stuckOrders, values),
      );
      return rows.map(toStuckOrder);
    },
    async countStuck(freshness = now) {
      const [row] = await database.read(freshness, (from) =>
        from.rows<{ count: number }>(countStuck, []),
      );
      return row?.count ?? 0;
    },
    operators: (freshness = now) =>
      database.read(freshness, (from) => from.rows<Operator>(allOperators, [maxListed])),
    async ping() {
      await database.rows(ping, []);
    },
  };
}

function toStuckOrder(row: StuckRow): StuckOrder {
  return {
    orderId: row.order_id,
    onSaleId: row.on_sale_id,
    performance: row.performance,
    buyerName: row.buyer.name,
    buyerEmail: row.buyer.email,
    amount: { amount: row.amount, currency: row.currency },
    seats: row.seats,
    reason: row.reason ?? undefined,
    attempt: row.attempt,
    payment:
      row.provider === null
        ? undefined
        : {
            provider: row.provider,
            state: row.payment_state ?? "unknown",
            providerRef: row.provider_ref ?? undefined,
            refunded: row.refunded ?? 0,
          },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    history: row.history.map(({ reason, ...step }) => ({ ...step, reason: reason ?? undefined })),
  };
}
