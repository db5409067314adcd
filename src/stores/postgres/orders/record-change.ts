// Moves orders on, each fenced by its lease and version: state, payment, seats and the duty to notify
// in one transaction, shared by all changes of the same moment. Keeps S10 (the table of order.ts, versions by one) and M4 (one outbox row
// per notifiable change, in its own transaction, told apart by key).
//
// When to look again: with the lease kept, at once after it lapses, since its holder may die; with the
// lease given back, at `dueAt`, or at once where somebody nudged while the work was going on.

import { isEnd, mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { Leased, Order, OrderChange, OrderStore } from "../../../ports/order-store.ts";
import type { OrderTopic } from "../../../ports/outbox.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { readOrders } from "./order-rows.ts";
import { orderSeats } from "./order-seats.ts";

const lockOrders = statement(
  "order-record-lock",
  `select order_id from orders where order_id = any ($1::text[]) order by order_id for update`,
);
const recordChanges = statement(
  "order-record",
  `with moved as (
     update orders o set state = r.state, version = o.version + 1,
       reason = coalesce(r.reason, o.reason),
       due_at = case when r.keep then coalesce(r.due, now_ms())
                     when o.nudged and r.nudgeable then least(coalesce(r.due, now_ms()), now_ms())
                     else r.due end,
       nudged = o.nudged and r.keep,
       lease_token = case when r.keep then o.lease_token end,
       lease_until = case when r.keep then o.lease_until else 0 end,
       updated_at = now_ms()
     from unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::boolean[],
         $7::bigint[], $8::boolean[], $9::text[], $10::text[], $11::text[], $12::text[],
         $13::bigint[], $14::text[])
       as r (order_id, token, version, state, reason, keep, due, nudgeable, payment, provider_ref,
         action_url, decline_code, refunded, topic)
     where o.order_id = r.order_id and o.lease_token = r.token and o.version = r.version
     returning o.order_id, o.attempt, r.payment, r.provider_ref, r.action_url, r.decline_code,
       r.refunded, r.topic),
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
   select order_id as "orderId" from moved`,
);

type Asked = { leased: Leased; change: OrderChange };
type Reply = Awaited<ReturnType<OrderStore["record"]>>;

export function openRecord(database: Database): OrderStore["record"] {
  const record = groupCommit<Asked, Reply>({
    name: "order-changes",
    keysOf: ({ leased }) => [leased.order.orderId],
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

async function recordBatch(database: Database, batch: readonly Asked[]): Promise<Reply[]> {
  return await database.transaction(async (tx) => {
    await tx.rows(lockOrders, [batch.map(({ leased }) => leased.order.orderId)]);
    const moved = await tx.rows<{ orderId: OrderId }>(recordChanges, columnsOf(batch));
    const ids = new Set(moved.map(({ orderId }) => orderId));
    const given = batch.filter(({ leased, change }) => {
      return ids.has(leased.order.orderId) && (change.seats ?? "keep") !== "keep";
    });
    const seats = await giveBack(tx, given);
    const orders = await readOrders(tx, [...ids]);
    return batch.map(({ leased }): Reply => {
      const { orderId } = leased.order;
      if (!ids.has(orderId)) return { kind: "lost" };
      const order = orders.get(orderId);
      assert(order !== undefined, "a recorded order can be read");
      return { kind: "recorded", order, truths: seats.get(orderId) ?? [] };
    });
  });
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
  tx: Runner,
  given: readonly Asked[],
): Promise<ReadonlyMap<OrderId, SeatTruth[]>> {
  if (given.length === 0) return new Map();
  const rows = await tx.rows<SeatRow>(orderSeats.giveBack, [
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
