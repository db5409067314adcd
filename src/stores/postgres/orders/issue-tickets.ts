// Saga step 4, for all orders of the same moment in one transaction: order → confirmed, the provider's
// answer that led here, the mail owed, the end of the fan's admission, claims paying → sold, tickets.
// Keeps S1, S4 and M4.
//
// Nearly always all is as the callers know it, for each has the lease and the version: so it is written,
// and what the statements answer tells whether it was. If not, all is rolled back and each order judged
// alone, under the lock of its row: who lost the lease is `lost`, whose seats or payment do not carry
// tickets is `impossible` (and will be refunded), the others go through. An order's paying seats change
// only under that lock, so what is judged is still true when it is written.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import { Fault, isFault } from "../../../foundation/fault.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { Leased, OrderChange, OrderStore, Ticket } from "../../../ports/order-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { bySeat, lookUp, type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { orderSeats, seatColumnsOf } from "./order-seats.ts";

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
  /** Orders and admissions in order of their keys, so that no two batches wait in a circle. */
  confirm: statement(
    "issue-confirm",
    `with moved as (
       update orders o set state = 'confirmed', version = o.version + 1, reason = null, due_at = null,
         nudged = false, lease_token = null, lease_until = 0, updated_at = now_ms()
       from (select * from unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[])
         as u (order_id, token, version, payment, provider_ref) order by order_id) as r
       where o.order_id = r.order_id and o.lease_token = r.token and o.version = r.version
       returning o.order_id, o.attempt, o.on_sale_id, o.entry_id, r.payment, r.provider_ref),
     paid as (
       update payments p set state = m.payment,
         provider_ref = coalesce(m.provider_ref, p.provider_ref), updated_at = now_ms()
       from moved m
       where p.order_id = m.order_id and p.attempt = m.attempt and m.payment is not null),
     owed as (
       insert into outbox (key, topic, payload)
       select 'order:' || order_id || ':' || 'order-confirmed', 'order-confirmed',
         jsonb_build_object('orderId', order_id)
       from moved on conflict (key) do nothing),
     ended as (
       update admissions a set ended_at = now_ms()
       from (select on_sale_id, entry_id from moved order by on_sale_id, entry_id) as m
       where a.on_sale_id = m.on_sale_id and a.entry_id = m.entry_id and a.ended_at is null)
     select coalesce(m.payment, (select p.state from payments p
       where p.order_id = m.order_id and p.attempt = m.attempt)) as payment from moved m`,
  ),
};

type Entry = { leased: Leased; tickets: readonly Ticket[]; answer: OrderChange | undefined };
type Reply = Awaited<ReturnType<OrderStore["issue"]>>;

export function openIssue(database: Database): OrderStore["issue"] {
  const issue = groupCommit<Entry, Reply>({
    name: "issued-orders",
    keysOf: ({ leased }) => [leased.order.orderId],
    maxBatch: 100,
    gauges: database.groups,
    commit: (batch) => issueBatch(database, batch),
  });
  return async (leased, tickets, answer) => {
    const entry = { leased, tickets, answer };
    checkTickets(entry);
    const { state, payment } = leased.order;
    assert(mayMove(state, "confirmed"), `order ${leased.order.orderId} is ${state}`);
    assert(!answer?.payment || payment, `order ${leased.order.orderId} has no payment to change`);
    return await issue(entry);
  };
}

async function issueBatch(database: Database, batch: readonly Entry[]): Promise<Reply[]> {
  const sold = await database.transaction((tx) => write(tx, batch)).catch(whereSomeAreOff);
  if (sold !== undefined) return batch.map((entry) => issued(entry, sold));
  return await database.transaction(async (tx) => {
    const refused = await judge(tx, batch);
    const good = batch.filter(({ leased }) => !refused.has(leased.order.orderId));
    const rows = good.length === 0 ? new Map() : await write(tx, good);
    return batch.map((entry) => refused.get(entry.leased.order.orderId) ?? issued(entry, rows));
  });
}

function issued({ leased }: Entry, sold: ReadonlyMap<OrderId, SeatRow[]>): Reply {
  return { kind: "issued", truths: bySeat(sold.get(leased.order.orderId) ?? []).map(toTruth) };
}

/** Thrown to roll back: an order of the batch is not what its caller knows. */
class SomeAreOff extends Fault {
  constructor(what: string) {
    super("some-are-off", what);
  }
}

/** A seat that has a live ticket is seen by the key that forbids a second one (S1). */
function whereSomeAreOff(error: unknown): undefined {
  if (error instanceof SomeAreOff || isFault(error, "database-refused")) return undefined;
  throw error;
}

async function judge(tx: Runner, batch: readonly Entry[]): Promise<Map<OrderId, Reply>> {
  const ids = batch.map(({ leased }) => leased.order.orderId);
  type Locked = { orderId: OrderId; leaseToken: string | null; version: number; state: string };
  type Seen = { orderId: OrderId; payment: string; paying: number; ticketed: boolean };
  const locked = byId(await tx.rows<Locked>(sql.lock, [ids]));
  const seen = byId(await tx.rows<Seen>(sql.look, [ids]));
  const refused = new Map<OrderId, Reply>();
  for (const { leased, answer } of batch) {
    const { orderId, version, lines } = leased.order;
    const now = locked.get(orderId);
    if (now?.leaseToken !== leased.leaseToken || now.version !== version) {
      refused.set(orderId, { kind: "lost" });
      continue;
    }
    const reason = whyImpossible(seen.get(orderId), { lines: lines.length, answer });
    if (reason !== undefined) refused.set(orderId, { kind: "impossible", reason });
  }
  return refused;
}

function whyImpossible(
  seen: { payment: string; paying: number; ticketed: boolean } | undefined,
  { lines, answer }: { lines: number; answer: OrderChange | undefined },
): string | undefined {
  if ((answer?.payment?.state ?? seen?.payment) !== "captured") return "not-captured";
  if (seen?.paying !== lines) return "seats-not-kept";
  return seen.ticketed ? "seat-has-a-ticket" : undefined;
}

async function write(tx: Runner, batch: readonly Entry[]): Promise<Map<OrderId, SeatRow[]>> {
  const orders = batch.map(({ leased }) => leased.order);
  const moved = await tx.rows<{ payment: string | null }>(sql.confirm, [
    orders.map(({ orderId }) => orderId),
    batch.map(({ leased }) => leased.leaseToken),
    orders.map(({ version }) => version),
    batch.map(({ answer }) => answer?.payment?.state ?? null),
    batch.map(({ answer }) => answer?.payment?.providerRef ?? null),
  ]);
  if (moved.length < batch.length) throw new SomeAreOff("a lease was lost");
  if (moved.some(({ payment }) => payment !== "captured")) throw new SomeAreOff("not captured");
  const tickets = batch.flatMap((entry) => entry.tickets);
  const rows = await tx.rows<SeatRow>(orderSeats.sell, seatColumnsOf(orders).ofOrders);
  if (rows.length !== tickets.length) throw new SomeAreOff("a seat was not kept");
  await tx.rows(sql.tickets, [
    tickets.map(({ ticketId }) => ticketId),
    tickets.map(({ orderId }) => orderId),
    tickets.map(({ performanceId }) => performanceId),
    tickets.map(({ seat }) => seat),
    tickets.map(({ code }) => code),
    tickets.map(({ issuedAt }) => issuedAt),
  ]);
  const sold = new Map<OrderId, SeatRow[]>(orders.map(({ orderId }) => [orderId, []]));
  for (const row of rows) {
    const own = row.orderId === null ? undefined : sold.get(row.orderId);
    assert(own !== undefined, "a sold seat names its order");
    own.push(row);
  }
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
