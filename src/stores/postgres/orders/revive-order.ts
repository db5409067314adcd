// Money for an order that had ended. One transaction: the order goes back to asking the provider, and its
// own seats are taken again, all or none, where they are free and the owner's limit allows it (S14). A seat
// that is lost between the look and the taking is a conflict, and the whole is done anew: then it is seen
// to be lost. Whoever comes second finds the order no longer cancelled.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { Order, OrderStore } from "../../../ports/order-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { bySeat, lookUp, type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { readOrder } from "./order-rows.ts";
import { orderSeats } from "./order-seats.ts";

const sql = {
  // A fan who chose anew has another order behind the same hold: then this one is not brought back.
  lock: statement(
    "revive-lock",
    `select o.order_id from orders o where o.order_id = $1 and o.state = 'cancelled'
       and o.version = $2::integer and o.attempt > 0 and not exists (
         select 1 from orders x where x.living_hold = o.hold_id)
     for update of o`,
  ),
  /** Which of its seats anybody may take, and which the same hold has still. */
  look: statement(
    "revive-look",
    `select s.state = 'free' or (s.state = 'held' and s.deadline <= now_ms()) as open, coalesce(s.state = 'held' and s.owner = o.entry_id and s.hold_id = o.hold_id
       and s.deadline > now_ms(), false) as own
     from order_lines l join orders o on o.order_id = l.order_id
     ${lookUp("s", "x.performance_id = l.performance_id and x.seat = l.seat")}
     where l.order_id = $1`,
  ),
  revive: statement(
    "revive-order",
    `with moved as (
       update orders set state = 'payment-unknown', version = version + 1,
         reason = case when reason = 'fan-left' then reason else 'late-money' end,
         deadline = case when $2::boolean then now_ms() + $3::bigint
                         else least(deadline, now_ms()) end,
         due_at = now_ms(), nudged = false, lease_token = null, lease_until = 0,
         updated_at = now_ms()
       where order_id = $1 returning order_id, attempt),
     asked as (
       update payments p set state = 'unknown', updated_at = now_ms() from moved m
       where p.order_id = m.order_id and p.attempt = m.attempt)
     insert into late_payments (order_id, attempt, kept) select order_id, attempt, $2 from moved
     on conflict (order_id) do update set attempt = excluded.attempt, kept = excluded.kept,
       found_at = now_ms()`,
  ),
};

type LookRow = { open: boolean; own: boolean };

export async function revive(
  database: Database,
  { orderId, version, graceMs }: Parameters<OrderStore["revive"]>[0],
): ReturnType<OrderStore["revive"]> {
  assert(mayMove("cancelled", "payment-unknown"), "the table lets late money bring an order back");
  return await database.transaction(async (tx) => {
    const [locked] = await tx.rows(sql.lock, [orderId, version]);
    const before = locked === undefined ? undefined : await readOrder(tx, orderId);
    if (before === undefined) return { kind: "lost" };
    const keeps = before.reason !== "fan-left" && (await areFree(tx, before));
    await tx.rows(sql.revive, [orderId, keeps, graceMs]);
    const seats = keeps ? await tx.rows<SeatRow>(orderSeats.confirmLate, [orderId]) : [];
    if (keeps && seats.length < before.lines.length)
      throw new Fault("database-conflict", "a seat was taken meanwhile", { retryable: true });
    const order = await readOrder(tx, orderId);
    assert(order !== undefined, "an order that was locked can be read");
    return { kind: "revived", order, truths: bySeat(seats).map(toTruth) };
  });
}

async function areFree(tx: Runner, order: Order): Promise<boolean> {
  const { orderId, performanceId, entryId, onSaleId, lines } = order;
  await tx.rows(orderSeats.lockOwner, [performanceId, entryId]);
  const seen = await tx.rows<LookRow>(sql.look, [orderId]);
  const open = seen.filter((seat) => seat.open || seat.own);
  const [count] = await tx.rows<{ has: number; limit: number }>(orderSeats.ownerCount, [
    performanceId,
    entryId,
    onSaleId,
  ]);
  const own = seen.filter((seat) => seat.own).length;
  return (
    open.length === lines.length &&
    count !== undefined &&
    count.has - own + lines.length <= count.limit
  );
}
