// An order as rows and back: one statement reads any number of orders with their lines and the payment
// of their current attempt. Amounts are numbers in minor units; the currency is the order's.

import type { EntryId, HoldId, OnSaleId, OrderId, PerformanceId } from "../../../foundation/ids.ts";
import type { Order, Payment, PaymentState } from "../../../ports/order-store.ts";
import type { OrderState } from "../../../wire/contract.ts";
import { type Runner, statement } from "../database.ts";

const orderColumns = `o.order_id as "orderId", o.on_sale_id as "onSaleId",
  o.performance_id as "performanceId", o.entry_id as "entryId", o.hold_id as "holdId", o.state,
  o.version, o.attempt, o.amount, o.currency, o.buyer, o.deadline, o.reason,
  o.lease_token as "leaseToken", o.lease_until as "leaseUntil",
  o.created_at as "createdAt", o.updated_at as "updatedAt",
  (select json_agg(json_build_object('seat', l.seat, 'category', l.category, 'section', l.section,
            'row', l."row", 'label', l.label, 'amount', l.amount) order by l.seat)
   from order_lines l where l.order_id = o.order_id) as lines,
  to_json(p) as payment`;
const fromOrders = `from orders o
  left join payments p on p.order_id = o.order_id and p.attempt = o.attempt`;

export const orderReads = {
  byIds: statement(
    "order-by-ids",
    `select ${orderColumns} ${fromOrders} where o.order_id = any ($1::text[])`,
  ),
  byOwner: statement(
    "order-by-owner",
    `select ${orderColumns} ${fromOrders}
     where o.on_sale_id = $1 and o.entry_id = $2 order by o.created_at limit 100`,
  ),
};

/** A row of payments as it is. */
export type PaymentColumns = {
  attempt: number;
  provider: string;
  state: PaymentState;
  amount: number;
  currency: string;
  method: string;
  provider_ref: string | null;
  action_url: string | null;
  decline_code: string | null;
  refunded: number;
};

export type OrderRow = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  performanceId: PerformanceId;
  entryId: EntryId;
  holdId: HoldId;
  state: OrderState;
  version: number;
  attempt: number;
  amount: number;
  currency: string;
  buyer: Order["buyer"];
  deadline: number;
  reason: string | null;
  leaseToken: string | null;
  leaseUntil: number;
  createdAt: number;
  updatedAt: number;
  lines:
    | {
        seat: number;
        category: string;
        section: string;
        row: string;
        label: string;
        amount: number;
      }[]
    | null;
  payment: PaymentColumns | null;
};

export function toOrder(row: OrderRow): Order {
  const { currency } = row;
  return {
    orderId: row.orderId,
    onSaleId: row.onSaleId,
    performanceId: row.performanceId,
    entryId: row.entryId,
    holdId: row.holdId,
    state: row.state,
    version: row.version,
    attempt: row.attempt,
    amount: { amount: row.amount, currency },
    buyer: row.buyer,
    lines: (row.lines ?? []).map(({ amount, ...line }) => ({
      ...line,
      price: { amount, currency },
    })),
    deadline: row.deadline,
    payment: row.payment === null ? undefined : toPayment(row.payment),
    reason: row.reason ?? undefined,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

export function toPayment(row: PaymentColumns): Payment {
  return {
    attempt: row.attempt,
    provider: row.provider,
    state: row.state,
    amount: { amount: row.amount, currency: row.currency },
    providerRef: row.provider_ref ?? undefined,
    method: row.method,
    actionUrl: row.action_url ?? undefined,
    declineCode: row.decline_code ?? undefined,
    refunded: row.refunded,
  };
}

export async function readOrders(
  runner: Runner,
  ids: readonly OrderId[],
): Promise<Map<OrderId, Order>> {
  if (ids.length === 0) return new Map();
  const rows = await runner.rows<OrderRow>(orderReads.byIds, [ids]);
  return new Map(rows.map((row) => [row.orderId, toOrder(row)]));
}

export async function readOrder(runner: Runner, orderId: OrderId): Promise<Order | undefined> {
  return (await readOrders(runner, [orderId])).get(orderId);
}
