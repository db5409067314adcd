// A refund as rows and back: one statement reads any number of them with their lines, and with what a
// worker needs of the payment behind.

import type { OnSaleId, OperatorId, OrderId, PerformanceId } from "../../../foundation/ids.ts";
import type { RefundId } from "../../../foundation/after-sale-ids.ts";
import type {
  LeasedRefund,
  Refund,
  RefundLine,
  RefundState,
  SeatsGo,
} from "../../../ports/tickets/refund-store.ts";
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

export type RefundRow = {
  refundId: RefundId;
  orderId: OrderId;
  onSaleId: OnSaleId;
  performanceId: PerformanceId;
  attempt: number;
  state: RefundState;
  version: number;
  askedBy: Refund["askedBy"];
  operatorId: OperatorId | null;
  reason: string;
  amount: number;
  currency: string;
  fee: number;
  seatsGo: SeatsGo;
  stuckBecause: string | null;
  settledWhere: Refund["settledWhere"] | null;
  settledReason: string | null;
  requestedAt: number;
  updatedAt: number;
  leaseToken: string | null;
  leaseUntil: number;
  providerRef: string | null;
  paidBack: number;
  othersOpen: number;
  lines: RefundLine[] | null;
};

export function toRefund(row: RefundRow): Refund {
  return {
    refundId: row.refundId,
    orderId: row.orderId,
    onSaleId: row.onSaleId,
    performanceId: row.performanceId,
    attempt: row.attempt,
    state: row.state,
    version: row.version,
    askedBy: row.askedBy,
    operatorId: row.operatorId ?? undefined,
    reason: row.reason,
    lines: row.lines ?? [],
    amount: { amount: row.amount, currency: row.currency },
    fee: row.fee,
    seatsGo: row.seatsGo,
    stuckBecause: row.stuckBecause ?? undefined,
    settledWhere: row.settledWhere ?? undefined,
    settledReason: row.settledReason ?? undefined,
    requestedAt: row.requestedAt,
    updatedAt: row.updatedAt,
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
