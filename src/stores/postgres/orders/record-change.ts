// Moves orders on, each fenced by its lease and version: state, payment, seats and the duty to notify
// in one transaction, shared by all changes of the same moment. Keeps S10 (the table of order.ts, versions
// by one) and M4 (one outbox row per notifiable change, in its own transaction, told apart by key).
// The version fences what the caller knows of the order, so the changed order is made of that, unread.
//
// When to look again: with the lease kept, at once after it lapses, since its holder may die (whatever is
// due already stays as it is, so that no index hears of the step); with the lease given back, at `dueAt`, or at once where somebody nudged while the work was going on.

import { isEnd, mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import {
  asChanged,
  type Leased,
  type Order,
  type OrderChange,
  type OrderStore,
} from "../../../ports/order-store.ts";
import type { OrderTopic } from "../../../ports/outbox.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { orderSeats } from "./order-seats.ts";

// Sorted, so that rows are locked in one order and no two batches wait for each other in a circle.
const recordChanges = statement(
  "order-record",
  `with moved as (
     update orders o set state = r.state, version = o.version + 1,
       reason = coalesce(r.reason, o.reason),
       due_at = case when r.keep then coalesce(r.due, least(o.due_at, now_ms()))
                     when o.nudged and r.nudgeable then least(coalesce(r.due, now_ms()), now_ms())
                     else r.due end,
       nudged = o.nudged and r.keep,
       lease_token = case when r.keep then o.lease_token end,
       lease_until = case when r.keep then o.lease_until else 0 end,
       updated_at = now_ms()
     from (select * from unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[],
         $6::boolean[], $7::bigint[], $8::boolean[], $9::text[], $10::text[], $11::text[], $12::text[],
         $13::bigint[], $14::text[])
       as u (order_id, token, version, state, reason, keep, due, nudgeable, payment, provider_ref,
         action_url, decline_code, refunded, topic) order by order_id) as r
     where o.order_id = r.order_id and o.lease_token = r.token and o.version = r.version
     returning o.order_id, o.attempt, o.deadline, o.updated_at, r.payment, r.provider_ref, r.action_url,
       r.decline_code, r.refunded, r.topic),
   paid as (
     update payments p set state = m.payment,
       provider_ref = coalesce(m.provider_ref, p.provider_ref),
       action_url = coalesce(m.action_url, p.action_url),
       decline_code = coalesce(m.decline_code, p.decline_code),
       refunded = coalesce(m.refunded, p.refunded), updated_at = now_ms()
     from moved m
     where p.order_id = m.order_id and p.attempt = m.attempt and m.payment is not null),
   owed as (
     insert into outbox (key, topic, payload)
     select 'order:' || order_id || ':' || topic, topic, jsonb_build_object('orderId', order_id)
     from moved where topic is not null
     on conflict (key) do nothing)
   select order_id as "orderId", deadline, updated_at as "updatedAt" from moved`,
);

type MovedRow = Pick<Order, "orderId" | "deadline" | "updatedAt">;
type Asked = { leased: Leased; change: OrderChange };
type Reply = Awaited<ReturnType<OrderStore["record"]>>;

export function openRecord(database: Database): OrderStore["record"] {
  const record = groupCommit<Asked, Reply>({
    name: "order-changes",
    keysOf: ({ leased }) => [leased.order.orderId],
    gauges: database.groups,
    commit: (batch) => recordBatch(database, batch),
  });
  return async (leased, change) => {
    const { order } = leased;
    const { state, payment } = change;
    assert(mayMove(order.state, state), `order ${order.orderId}: ${order.state} to ${state}`);
    assert(!payment || order.payment, `order ${order.orderId} has no payment to change`);
    return await record({ leased, change });
  };
}

/** Where no seat is given back, one statement is the whole transaction. */
async function recordBatch(database: Database, batch: readonly Asked[]): Promise<Reply[]> {
  return batch.some(givesBack)
    ? await database.transaction((tx) => recordOn(tx, batch))
    : await recordOn(database, batch);
}

const givesBack = ({ change }: Asked) => (change.seats ?? "keep") !== "keep";

async function recordOn(runner: Runner, batch: readonly Asked[]): Promise<Reply[]> {
  const rows = await runner.rows<MovedRow>(recordChanges, columnsOf(batch));
  const moved = new Map(rows.map((row) => [row.orderId, row]));
  const given = batch.filter((asked) => moved.has(asked.leased.order.orderId) && givesBack(asked));
  const seats = await giveBack(runner, given);
  return batch.map(({ leased: { order }, change }): Reply => {
    const row = moved.get(order.orderId);
    if (row === undefined) return { kind: "lost" };
    const truths = seats.get(order.orderId) ?? [];
    return { kind: "recorded", order: changed(order, change, row), truths };
  });
}

/** As it would be read. */
function changed(order: Order, change: OrderChange, row: MovedRow): Order {
  return { ...asChanged(order, change), ...row, version: order.version + 1 };
}

function columnsOf(batch: readonly Asked[]): unknown[][] {
  const rows = batch.map(({ leased: { order, leaseToken }, change }) => {
    const { state, payment } = change;
    return [
      order.orderId,
      leaseToken,
      order.version,
      state,
      change.reason,
      change.keepLease ?? false,
      change.dueAt,
      !isEnd(state) && state !== "stuck",
      payment && (payment.state ?? order.payment?.state),
      payment?.providerRef,
      payment?.actionUrl,
      payment?.declineCode,
      payment?.refunded,
      mailOwed(order, change),
    ];
  });
  return Array.from({ length: 14 }, (_, column) => rows.map((row) => row[column] ?? null));
}

async function giveBack(
  runner: Runner,
  given: readonly Asked[],
): Promise<ReadonlyMap<OrderId, SeatTruth[]>> {
  if (given.length === 0) return new Map();
  const rows = await runner.rows<SeatRow>(orderSeats.giveBack, [
    given.map(({ leased }) => leased.order.orderId),
    given.map(({ change }) => change.seats === "back"),
  ]);
  const bySeatKey = new Map(rows.map((row) => [`${row.performanceId} ${row.seat}`, row]));
  return new Map(
    given.map(({ leased: { order } }) => {
      const own = order.lines.flatMap(({ seat }) => {
        return bySeatKey.get(`${order.performanceId} ${seat}`) ?? [];
      });
      return [order.orderId, own.map(toTruth)];
    }),
  );
}

/** A fan hears of money that came back, and of an order that ended after the provider knew of it. */
export function mailOwed(
  order: Pick<Order, "state" | "payment">,
  { state, payment }: OrderChange,
): OrderTopic | undefined {
  if (state === order.state) return undefined;
  if (state === "refunded") return "order-refunded";
  const undone = payment?.state === "voided" && order.payment?.providerRef !== undefined;
  return state === "cancelled" && undone ? "order-cancelled" : undefined;
}
