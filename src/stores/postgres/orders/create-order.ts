// Makes a draft of a running hold. Keeps M1 (one order per entry and idempotency key; another body is
// refused) and: at most one living order behind a hold. A fan who went back and chose anew has a draft
// of the same hold; it is cancelled in the same transaction, since nothing was ever paid on it.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { NewOrder, OrderStore } from "../../../ports/order-store.ts";
import type { OrderState } from "../../../wire/contract.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { readOrder } from "./order-rows.ts";

const sql = {
  byKey: statement(
    "order-by-key",
    `select order_id as "orderId", body_hash as "bodyHash" from orders
     where entry_id = $1 and idempotency_key = $2`,
  ),
  livingByHold: statement(
    "order-living-by-hold",
    `select order_id as "orderId", state from orders
     where hold_id = $1 and state not in ('cancelled', 'refunded') for update`,
  ),
  replace: statement(
    "order-replace",
    `update orders set state = 'cancelled', version = version + 1, reason = 'replaced', due_at = null,
       lease_token = null, lease_until = 0, updated_at = now_ms()
     where order_id = $1`,
  ),
  heldSeats: statement(
    "order-held-seats",
    `select count(*) as held from seat_claims
     where performance_id = $1 and hold_id = $2 and owner = $3 and seat = any ($4::integer[])
       and state = 'held' and deadline > now_ms()`,
  ),
  insert: statement(
    "order-insert",
    `with made as (
       insert into orders (order_id, on_sale_id, performance_id, entry_id, hold_id, amount, currency,
         buyer, deadline, due_at, idempotency_key, body_hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)
       on conflict do nothing returning order_id)
     insert into order_lines (order_id, performance_id, seat, category, section, "row", label, amount)
     select made.order_id, $3, l.* from made,
       unnest($12::integer[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[])
         as l (seat, category, section, "row", label, amount)
     returning seat`,
  ),
};

export async function createOrder(
  database: Database,
  order: NewOrder,
): ReturnType<OrderStore["create"]> {
  return await database.transaction(async (tx) => {
    const known = await findByKey(tx, order);
    if (known) return known;
    const [living] = await tx.rows<{ orderId: OrderId; state: OrderState }>(sql.livingByHold, [
      order.holdId,
    ]);
    if (order.lines.length === 0 || (living && living.state !== "draft"))
      return { kind: "no-hold" };
    checkNew(order);
    const seats = order.lines.map(({ seat }) => seat);
    const [found] = await tx.rows<{ held: number }>(sql.heldSeats, [
      order.performanceId,
      order.holdId,
      order.entryId,
      seats,
    ]);
    if (found?.held !== seats.length) return { kind: "no-hold" };
    if (living) {
      assert(mayMove(living.state, "cancelled"), `a ${living.state} may be replaced`);
      await tx.rows(sql.replace, [living.orderId]);
    }
    return { kind: "created", order: await insert(tx, order) };
  });
}

async function findByKey(tx: Runner, { entryId, idempotencyKey, bodyHash }: NewOrder) {
  const [known] = await tx.rows<{ orderId: OrderId; bodyHash: string }>(sql.byKey, [
    entryId,
    idempotencyKey,
  ]);
  if (known === undefined) return undefined;
  if (known.bodyHash !== bodyHash) return { kind: "mismatch" } as const;
  const order = await readOrder(tx, known.orderId);
  assert(order !== undefined, "an order that was found can be read");
  return { kind: "repeated", order } as const;
}

async function insert(tx: Runner, order: NewOrder) {
  const { lines } = order;
  const made = await tx.rows(sql.insert, [
    order.orderId,
    order.onSaleId,
    order.performanceId,
    order.entryId,
    order.holdId,
    order.amount.amount,
    order.amount.currency,
    JSON.stringify(order.buyer),
    order.deadline,
    order.idempotencyKey,
    order.bodyHash,
    lines.map(({ seat }) => seat),
    lines.map(({ category }) => category),
    lines.map(({ section }) => section),
    lines.map(({ row }) => row),
    lines.map(({ label }) => label),
    lines.map(({ price }) => price.amount),
  ]);
  if (made.length === 0) {
    // The same request at the same moment in another process: looked at again, it is a repeat.
    throw new Fault("database-conflict", "the same order is being made", { retryable: true });
  }
  const created = await readOrder(tx, order.orderId);
  assert(created !== undefined, "an order that was made can be read");
  return created;
}

function checkNew({ lines, amount }: NewOrder): void {
  assert(lines.length > 0 && lines.length <= 100, `an order of ${lines.length} lines`);
  assert(new Set(lines.map(({ seat }) => seat)).size === lines.length, "a seat is ordered once");
  assert(
    lines.every(({ price }) => price.currency === amount.currency),
    "an order has one currency",
  );
  const sum = lines.reduce((total, { price }) => total + price.amount, 0);
  assert(sum === amount.amount, `the lines add up to ${sum}, the order says ${amount.amount}`);
}
