// A refund as rows and back: one statement reads any number of them with their lines, and with what a
// worker needs of the payment behind.

import type { RefundId } from "../../../foundation/after-sale-ids.ts";
import type { LeasedRefund, Refund, RefundLine } from "../../../ports/tickets/refund-store.ts";
import { type Runner, statement } from "../database.ts";

const columns = `r.refund_id as "refundId", r.order_id as "orderId", o.on_sale_id as "onSaleId",
  o.performance_id as "performanceId", r.attempt, r.state, r.version, r.asked_by as "askedBy",
  r.operator_id as "operatorId", r.reason, r.amount, o.currency, r.fee, r.seats_go as "seatsGo",
  r.stuck_because as "stuckBecause", r.settled_where as "settledWhere",
  r.settled_reason as "settledReason", r.requested_at as "requestedAt", r.updated_at as "updatedAt",
  r.lease_token as "leaseToken", r.lease_until as "leaseUntil", p.provider_ref as "providerRef",
  p.refunded as "paidBack",
  (select count(*) from refunds x where x.order_id = r.order_id and x.attempt = r.attempt
     and x.refund_id <> r.refund_id and x.state <> 'refunded') as "othersOpen",
  (select json_agg(json_build_object('seat', l.seat, 'ticketId', l.ticket_id, 'amount', l.amount,
            'fee', l.fee) order by l.seat)
   from refund_lines l where l.refund_id = r.refund_id) as lines`;
const from = `from refunds r join orders o using (order_id)
  join payments p on p.order_id = r.order_id and p.attempt = r.attempt`;

export const refundReads = {
  byIds: statement(
    "refund-by-ids",
    `select ${columns} ${from} where r.refund_id = any ($1::text[])`,
  ),
  byOrder: statement(
    "refund-by-order",
    `select ${columns} ${from} where r.order_id = $1 order by r.requested_at, r.refund_id limit 100`,
  ),
};

/** As PostgreSQL says it: what is not there is null. */
type Nullable<T> = { [Key in keyof T]: undefined extends T[Key] ? T[Key] | null : T[Key] };
/** A refund, and what a worker needs beside it. */
export type RefundRow = Nullable<Omit<Refund, "amount" | "lines">> & {
  amount: number;
  currency: string;
  lines: RefundLine[] | null;
  leaseToken: string | null;
  leaseUntil: number;
  providerRef: string | null;
  paidBack: number;
  othersOpen: number;
};

export function toRefund(row: RefundRow): Refund {
  const { amount, currency, lines, leaseToken: _, leaseUntil: _until, ...rest } = row;
  const { providerRef: _ref, paidBack: _paid, othersOpen: _others, ...refund } = rest;
  return {
    ...refund,
    operatorId: refund.operatorId ?? undefined,
    lines: lines ?? [],
    amount: { amount, currency },
    stuckBecause: refund.stuckBecause ?? undefined,
    settledWhere: refund.settledWhere ?? undefined,
    settledReason: refund.settledReason ?? undefined,
  };
}

export function toLeased(row: RefundRow): LeasedRefund {
  return {
    refund: toRefund(row),
    providerRef: row.providerRef ?? undefined,
    paidBack: row.paidBack,
    othersOpen: row.othersOpen,
    leaseToken: row.leaseToken ?? "",
    until: row.leaseUntil,
  };
}

export async function readRefunds(
  runner: Pick<Runner, "rows">,
  ids: readonly RefundId[],
): Promise<RefundRow[]> {
  return ids.length === 0 ? [] : await runner.rows<RefundRow>(refundReads.byIds, [ids]);
}
