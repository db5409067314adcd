// Reads what the checks judge, and writes nothing. One statement, so that all of it is of one moment
// even while a sale runs: rows from two moments would accuse the innocent. The whole of a performance
// comes at once (a sold-out stadium is some tens of megabytes); a read of its own pool, for a person
// who waits, not for the peak.

import type { PerformanceId } from "../../../foundation/ids.ts";
import type { Evidence, EvidenceReader } from "../../../ports/reads/evidence.ts";
import { openDatabase, statement } from "../database.ts";

const readMs = 120_000;

const list = (columns: string, from: string, order: string) =>
  `(select coalesce(json_agg(x), '[]') from (select ${columns} from ${from} order by ${order}) as x)`;

const seatColumns = `seat, state, fence, owner, hold_id as "holdId", order_id as "orderId", deadline`;
const ofPerformance = "performance_id = $1";
const ofOrders = `using (order_id) where orders.${ofPerformance}`;

const read = statement(
  "evidence-read",
  `select p.performance_id as "performanceId", now_ms() as "readAt", p.seat_count as "seatCount", v.plan,
   ${list(
     `on_sale_id as "onSaleId", phase, commitment, case when opened_at is not null then seed end as seed,
      cohort, opened_at as "openedAt", serving, high_water_mark as "highWaterMark", currency, prices, settings`,
     `on_sales where ${ofPerformance}`,
     "on_sale_id",
   )} as "onSales",
   ${list(
     `admission_id as "admissionId", on_sale_id as "onSaleId", entry_id as "entryId", index, position,
      claimed_at as "claimedAt", a.deadline, entered_at as "enteredAt", ended_at as "endedAt"`,
     `admissions a join on_sales using (on_sale_id) where ${ofPerformance}`,
     "on_sale_id, entry_id",
   )} as admissions,
   ${list(seatColumns, `seat_claims where ${ofPerformance}`, "seat")} as seats,
   ${list(`id, at, was, ${seatColumns}`, `seat_history where ${ofPerformance}`, "id")} as "seatChanges",
   ${list(
     `order_id as "orderId", on_sale_id as "onSaleId", entry_id as "entryId", hold_id as "holdId", state,
      version, attempt, amount, currency, deadline, reason, idempotency_key as "idempotencyKey"`,
     `orders where ${ofPerformance}`,
     "order_id",
   )} as orders,
   (select coalesce(json_agg(order_id), '[]') from orders where performance_id <> $1) as "ordersElsewhere",
   ${list(
     `order_id as "orderId", seat, category, l.amount`,
     `order_lines l join orders ${ofOrders}`,
     "order_id, seat",
   )} as "orderLines",
   ${list(
     `h.id, order_id as "orderId", h.at, h.was, h.state, h.version`,
     `order_history h join orders ${ofOrders}`,
     "h.id",
   )} as "orderChanges",
   ${list(
     `order_id as "orderId", a.attempt, a.state, a.amount, a.currency, a.refunded,
      a.provider_ref as "providerRef"`,
     `payments a join orders ${ofOrders}`,
     "order_id, a.attempt",
   )} as attempts,
   ${list(
     `refund_id as "refundId", order_id as "orderId", r.attempt, r.state, r.version, r.amount, r.fee,
      r.settled_where as "settledWhere"`,
     `refunds r join orders ${ofOrders}`,
     "refund_id",
   )} as refunds,
   ${list(
     `refund_id as "refundId", order_id as "orderId", seat, ticket_id as "ticketId", l.amount, l.fee`,
     `refund_lines l join orders ${ofOrders}`,
     "order_id, seat",
   )} as "refundLines",
   ${list(
     `h.id, refund_id as "refundId", h.was, h.state, h.version`,
     `refund_history h join refunds using (refund_id) join orders ${ofOrders}`,
     "h.id",
   )} as "refundChanges",
   ${list(
     `ticket_id as "ticketId", order_id as "orderId", seat, state`,
     `tickets where ${ofPerformance}`,
     "ticket_id",
   )} as tickets,
   ${list(
     `b.key, b.topic, b.payload->>'orderId' as "orderId"`,
     `outbox b join orders on orders.order_id = b.payload->>'orderId' where orders.${ofPerformance}`,
     "b.id",
   )} as duties
   from performances p join venue_plans v on v.hash = p.plan_hash where p.performance_id = $1`,
);

const performances = statement(
  "evidence-performances",
  `select performance_id as "performanceId", name ->> 'en' as name
   from performances order by created_at, performance_id`,
);

export function openEvidence(connectionString: string): EvidenceReader {
  const database = openDatabase(connectionString, {
    poolSize: 1,
    statementTimeoutMs: readMs,
    applicationName: "usher-checks",
  });
  return {
    performances: () => database.rows(performances, []),
    async read(performanceId: PerformanceId) {
      const [row] = await database.rows<Evidence>(read, [performanceId]);
      return row;
    },
    close: () => database.close(),
  };
}
