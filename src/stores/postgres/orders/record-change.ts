// Moves one order on, fenced by the lease and the version: state, payment, seats and the duty to
// notify in one transaction. Keeps S10 (the table of order.ts, versions by one) and M4 (one outbox row
// per notifiable change, in its own transaction, told apart by key).
//
// When to look again: with the lease kept, at once after it lapses, since its holder may die; with the
// lease given back, at `dueAt`, or at once where somebody nudged while the work was going on.

import { isEnd, mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import type { Leased, Order, OrderChange, OrderStore } from "../../../ports/order-store.ts";
import type { OutboxRow } from "../../../ports/outbox.ts";
import { type Database, statement } from "../database.ts";
import { bySeat, type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { readOrder } from "./order-rows.ts";
import { orderSeats } from "./order-seats.ts";

const recordChange = statement(
  "order-record",
  `with moved as (
     update orders set state = $4, version = version + 1, reason = coalesce($5::text, reason),
       due_at = case when $6::boolean then coalesce($7::bigint, now_ms())
                     when nudged and $8::boolean then least(coalesce($7::bigint, now_ms()), now_ms())
                     else $7::bigint end,
       nudged = nudged and $6::boolean,
       lease_token = case when $6::boolean then lease_token end,
       lease_until = case when $6::boolean then lease_until else 0 end,
       updated_at = now_ms()
     where order_id = $1 and lease_token = $2 and version = $3
     returning order_id, attempt),
   paid as (
     update payments p set state = coalesce($9::text, p.state),
       provider_ref = coalesce($10::text, p.provider_ref),
       action_url = coalesce($11::text, p.action_url),
       decline_code = coalesce($12::text, p.decline_code),
       refunded = coalesce($13::bigint, p.refunded), updated_at = now_ms()
     from moved m where p.order_id = m.order_id and p.attempt = m.attempt),
   owed as (
     insert into outbox (key, topic, payload)
     select 'order:' || order_id || ':' || $14::text, $14::text,
       jsonb_build_object('orderId', order_id)
     from moved where $14::text is not null
     on conflict (key) do nothing)
   select order_id from moved`,
);

export async function record(
  database: Database,
  { order, leaseToken }: Leased,
  change: OrderChange,
): ReturnType<OrderStore["record"]> {
  const { state, payment, keepLease = false } = change;
  assert(mayMove(order.state, state), `order ${order.orderId}: ${order.state} to ${state}`);
  assert(!payment || order.payment, `order ${order.orderId} has no payment to change`);
  return await database.transaction(async (tx) => {
    const moved = await tx.rows(recordChange, [
      order.orderId,
      leaseToken,
      order.version,
      state,
      change.reason,
      keepLease,
      change.dueAt,
      !isEnd(state) && state !== "stuck",
      payment?.state,
      payment?.providerRef,
      payment?.actionUrl,
      payment?.declineCode,
      payment?.refunded,
      mailOwed(order, change),
    ]);
    if (moved.length === 0) return { kind: "lost" };
    const seats = change.seats ?? "keep";
    const rows = seats === "keep" ? [] : await tx.rows<SeatRow>(orderSeats[seats], [order.orderId]);
    const recorded = await readOrder(tx, order.orderId);
    assert(recorded !== undefined, "a recorded order can be read");
    return { kind: "recorded", order: recorded, truths: bySeat(rows).map(toTruth) };
  });
}

/** A fan hears of money that came back, and of an order that ended after the provider knew of it. */
export function mailOwed(
  order: Pick<Order, "state" | "payment">,
  { state, payment }: OrderChange,
): OutboxRow["topic"] | undefined {
  if (state === order.state) return undefined;
  if (state === "refunded") return "order-refunded";
  const undone = payment?.state === "voided" && order.payment?.providerRef !== undefined;
  return state === "cancelled" && undone ? "order-cancelled" : undefined;
}
