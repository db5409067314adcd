// Cancelled performances in PostgreSQL: read and written by single statements, each of one moment.

import type { PerformanceId } from "../../../foundation/ids.ts";
import { now } from "../../../ports/reads/freshness.ts";
import {
  type Cancellation,
  type CancellationCost,
  cancellationKey,
  type CancellationProgress,
  type Cancellations,
  type ToGiveBack,
  type Worth,
} from "../../../ports/tickets/cancellations.ts";
import { type Database, statement } from "../database.ts";

/** Late money may still make a ticket of a cancelled performance; so long after the show it is looked for. */
const watchedMs = 30 * 86_400_000;

/** Tickets that count, with the line, the fee and the payment behind each. */
const counting = `tickets t join orders o on o.order_id = t.order_id
  join on_sales s on s.on_sale_id = o.on_sale_id
  join order_lines l on l.order_id = t.order_id and l.seat = t.seat
  left join payments p on p.order_id = o.order_id and p.attempt = o.attempt and p.state = 'captured'
  cross join lateral (select least(l.amount, coalesce((s.settings ->> 'fanCancelFee')::bigint, 0)) as kept) f`;

const sql = {
  worth: statement(
    "cancellation-worth",
    `select o.currency, count(distinct t.order_id)::int as orders, sum(l.amount)::bigint as amount,
       sum(f.kept)::bigint as fee, count(*)::int as tickets,
       count(*) filter (where exists (select 1 from check_ins c
         where c.ticket_id = t.ticket_id and c.let_in))::int as "checkedIn",
       count(*) filter (where t.transfer_id is not null)::int as "givenAway"
     from ${counting}
     where t.performance_id = $1 and t.state = 'live' and o.state = 'confirmed' and p.state is not null
     group by o.currency order by o.currency`,
  ),
  beside: statement(
    "cancellation-beside",
    `select (select count(*)::int from orders where performance_id = $1
         and state not in ('confirmed', 'cancelled', 'refunded', 'draft')) as "underWay",
       (select count(distinct t.order_id)::int from ${counting}
         where t.performance_id = $1 and t.state = 'live' and p.state is null) as "byHand",
       (select count(*)::int from on_sales where performance_id = $1
         and phase not in ('sold-out', 'closed')) as "onSale"`,
  ),
  find: statement(
    "cancellation-find",
    `select c.performance_id as "performanceId", c.operator_id as "operatorId", w.name as operator,
       c.reason, c.keep_fee as "keepFee", c.requested_at as "requestedAt"
     from cancellations c join operators w using (operator_id) where c.performance_id = $1`,
  ),
  progress: statement(
    "cancellation-progress",
    `select r.state, o.currency, count(*)::int as orders, sum(r.amount)::bigint as amount,
       sum(r.fee)::bigint as fee
     from refunds r join orders o using (order_id) where r.idempotency_key = $1
     group by r.state, o.currency order by r.state, o.currency`,
  ),
  begin: statement(
    "cancellation-begin",
    `with made as (
       insert into cancellations (performance_id, operator_id, reason, keep_fee)
       select $1, $2, $3, $4::boolean where not exists (
         select 1 from on_sales where performance_id = $1 and phase not in ('sold-out', 'closed'))
       on conflict (performance_id) do nothing
       returning performance_id, operator_id, reason, keep_fee)
     insert into audit (operator_id, action, subject, detail)
     select operator_id, 'performance.cancel', performance_id,
       jsonb_build_object('after', jsonb_build_object('reason', reason, 'keepFee', keep_fee))
     from made returning subject`,
  ),
  next: statement(
    "cancellation-next",
    `select c.performance_id as "performanceId", c.operator_id as "operatorId", c.reason,
       t.order_id as "orderId",
       max(case when c.keep_fee then coalesce((s.settings ->> 'fanCancelFee')::bigint, 0) else 0 end)
         as "feePerTicket"
     from cancellations c join performances y using (performance_id)
     join (${counting}) on t.performance_id = c.performance_id
     where greatest(y.starts_at, c.requested_at) > now_ms() - $2::bigint
       and t.state = 'live' and o.state = 'confirmed' and p.state is not null
     group by c.performance_id, t.order_id order by c.requested_at, t.order_id limit $1`,
  ),
  unanswered: statement(
    "cancellation-unanswered",
    `select count(*)::int as n from refunds r join cancellations c
       on r.idempotency_key = 'cancellation ' || c.performance_id
     where r.state in ('requested', 'refunding')`,
  ),
};

type WorthRow = Worth & Pick<CancellationCost, "tickets" | "checkedIn" | "givenAway">;

export function openCancellations(database: Database): Cancellations {
  return {
    cost: (performanceId, freshness = now) =>
      database.read(freshness, async (from) => {
        const [rows, [beside]] = await Promise.all([
          from.rows<WorthRow>(sql.worth, [performanceId]),
          from.rows<Pick<CancellationCost, "underWay" | "byHand" | "onSale">>(sql.beside, [
            performanceId,
          ]),
        ]);
        const sum = (of: "tickets" | "checkedIn" | "givenAway") =>
          rows.reduce((total, row) => total + row[of], 0);
        return {
          worth: rows.map(({ currency, orders, amount, fee }) => ({
            currency,
            orders,
            amount,
            fee,
          })),
          tickets: sum("tickets"),
          checkedIn: sum("checkedIn"),
          givenAway: sum("givenAway"),
          underWay: beside?.underWay ?? 0,
          byHand: beside?.byHand ?? 0,
          onSale: beside?.onSale ?? 0,
        };
      }),
    find: (performanceId, freshness = now) =>
      database.read(freshness, (from) => find(from, performanceId)),
    progress: (performanceId, freshness = now) =>
      database.read(freshness, (from) =>
        from.rows<CancellationProgress[number]>(sql.progress, [cancellationKey(performanceId)]),
      ),
    async begin({ performanceId, operatorId, reason, keepFee }) {
      const made = await database.rows(sql.begin, [performanceId, operatorId, reason, keepFee]);
      if (made.length > 0) return { kind: "begun" };
      return { kind: (await find(database, performanceId)) === undefined ? "on-sale" : "known" };
    },
    next: (limit) => database.rows<ToGiveBack>(sql.next, [limit, watchedMs]),
    async unanswered() {
      const [row] = await database.rows<{ n: number }>(sql.unanswered, []);
      return row?.n ?? 0;
    },
  };
}

async function find(
  from: Pick<Database, "rows">,
  performanceId: PerformanceId,
): Promise<Cancellation | undefined> {
  const [row] = await from.rows<Cancellation>(sql.find, [performanceId]);
  return row;
}
