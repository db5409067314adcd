// Saga step 4, for all orders of the same moment in one transaction: claims paying → sold, tickets, the
// mail owed, order issuing → confirmed. Keeps S1, S4 and M4. Each order is judged alone: who lost the lease is `lost`,
// whose seats or payment do not carry tickets is `impossible` (and will be refunded), the others go
// through. The order rows are locked first, in order of id; an order's paying seats change only under
// that lock, so what is judged is still true when it is written.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { Leased, OrderStore, Ticket } from "../../../ports/order-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { bySeat, lookUp, type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { orderSeats } from "./order-seats.ts";

const sql = {
  lock: statement(
    "issue-lock",
    `select order_id as "orderId", lease_token as "leaseToken", version, state
     from orders where order_id = any ($1::text[]) order by order_id for update`,
  ),
  look: statement(
    "issue-look",
    `select l.order_id as "orderId", coalesce(p.state, 'none') as payment,
       count(*) filter (where c.state = 'paying' and c.order_id = l.order_id) as paying,
       bool_or(t.ticket_id is not null) as ticketed
     from order_lines l
     join orders o on o.order_id = l.order_id
     left join payments p on p.order_id = o.order_id and p.attempt = o.attempt
     ${lookUp("c", "x.performance_id = l.performance_id and x.seat = l.seat")}
     left join tickets t on t.performance_id = l.performance_id and t.seat = l.seat
       and t.state = 'live'
     where l.order_id = any ($1::text[]) group by l.order_id, p.state`,
  ),
  tickets: statement(
    "issue-tickets",
    `insert into tickets (ticket_id, order_id, performance_id, seat, code, issued_at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::bigint[])`,
  ),
  confirm: statement(
    "issue-confirm",
    `with moved as (
       update orders set state = 'confirmed', version = version + 1, reason = null, due_at = null,
         nudged = false, lease_token = null, lease_until = 0, updated_at = now_ms()
       where order_id = any ($1::text[]) returning order_id)
     insert into outbox (key, topic, payload)
     select 'order:' || order_id || ':' || 'order-confirmed', 'order-confirmed',
       jsonb_build_object('orderId', order_id)
     from moved on conflict (key) do nothing`,
  ),
};

type Entry = { leased: Leased; tickets: readonly Ticket[] };
type Reply = Awaited<ReturnType<OrderStore["issue"]>>;

export function openIssue(database: Database): OrderStore["issue"] {
  const issue = groupCommit<Entry, Reply>({
    name: "issued-orders",
    keysOf: ({ leased }) => [leased.order.orderId],
    maxBatch: 100,
    gauges: database.groups,
    commit: (batch) => issueBatch(database, batch),
  });
  return async (leased, tickets) => {
    const entry = { leased, tickets };
    checkTickets(entry);
    return await issue(entry);
  };
}

async function issueBatch(database: Database, batch: readonly Entry[]): Promise<Reply[]> {
  return await database.transaction(async (tx) => {
    const refused = await judge(tx, batch);
    const good = batch.filter(({ leased }) => !refused.has(leased.order.orderId));
    const sold = await write(tx, good);
    return batch.map(({ leased }): Reply => {
      const { orderId } = leased.order;
      const truths = bySeat(sold.get(orderId) ?? []).map(toTruth);
      return refused.get(orderId) ?? { kind: "issued", truths };
    });
  });
}

async function judge(tx: Runner, batch: readonly Entry[]): Promise<Map<OrderId, Reply>> {
  const ids = batch.map(({ leased }) => leased.order.orderId);
  type Locked = { orderId: OrderId; leaseToken: string | null; version: number; state: string };
  type Seen = { orderId: OrderId; payment: string; paying: number; ticketed: boolean };
  const locked = byId(await tx.rows<Locked>(sql.lock, [ids]));
  const seen = byId(await tx.rows<Seen>(sql.look, [ids]));
  const refused = new Map<OrderId, Reply>();
  for (const { leased } of batch) {
    const { orderId, version, lines } = leased.order;
    const now = locked.get(orderId);
    const isOurs = now?.leaseToken === leased.leaseToken && now.version === version;
    if (!isOurs || now.state !== "issuing") {
      refused.set(orderId, { kind: "lost" });
      continue;
    }
    const reason = whyImpossible(seen.get(orderId), lines.length);
    if (reason !== undefined) refused.set(orderId, { kind: "impossible", reason });
  }
  return refused;
}

function whyImpossible(
  seen: { payment: string; paying: number; ticketed: boolean } | undefined,
  lines: number,
): string | undefined {
  if (seen?.payment !== "captured") return "not-captured";
  if (seen.paying !== lines) return "seats-not-kept";
  return seen.ticketed ? "seat-has-a-ticket" : undefined;
}

async function write(tx: Runner, good: readonly Entry[]): Promise<Map<OrderId, SeatRow[]>> {
  const sold = new Map<OrderId, SeatRow[]>();
  if (good.length === 0) return sold;
  assert(mayMove("issuing", "confirmed"), "the table lets an order be confirmed");
  const ids = good.map(({ leased }) => leased.order.orderId);
  const tickets = good.flatMap((entry) => entry.tickets);
  const rows = await tx.rows<SeatRow>(orderSeats.sell, [ids]);
  assert(rows.length === tickets.length, `${rows.length} seats sold for ${tickets.length} tickets`);
  for (const row of rows) {
    assert(row.orderId !== null, "a sold seat names its order");
    sold.set(row.orderId, [...(sold.get(row.orderId) ?? []), row]);
  }
  await tx.rows(sql.tickets, [
    tickets.map(({ ticketId }) => ticketId),
    tickets.map(({ orderId }) => orderId),
    tickets.map(({ performanceId }) => performanceId),
    tickets.map(({ seat }) => seat),
    tickets.map(({ code }) => code),
    tickets.map(({ issuedAt }) => issuedAt),
  ]);
  await tx.rows(sql.confirm, [ids]);
  return sold;
}

/** One ticket for each line, of this order: anything else is a bug of the caller. */
function checkTickets({ leased: { order }, tickets }: Entry): void {
  const seats = new Set(tickets.map(({ seat }) => seat));
  const isComplete =
    seats.size === tickets.length &&
    tickets.length === order.lines.length &&
    order.lines.every(({ seat }) => seats.has(seat)) &&
    tickets.every(({ orderId, performanceId }) => {
      return orderId === order.orderId && performanceId === order.performanceId;
    });
  assert(isComplete, `order ${order.orderId}: the tickets are not one for each line`);
}

function byId<Row extends { orderId: OrderId }>(rows: readonly Row[]): Map<OrderId, Row> {
  return new Map(rows.map((row) => [row.orderId, row]));
}
