// Makes drafts of running holds. Keeps M1 (one order per entry and idempotency key; another body is
// refused) and: at most one living order behind a hold.
//
// Nearly all orders are new ones of holds that run, so these are made together: one statement writes
// those whose seats are all held and whose key and hold nobody has used yet. Whatever it leaves out is
// looked at alone: a repeat, a hold that has ended, or a fan who went back and chose anew, whose draft
// of the same hold is cancelled in the same transaction, since nothing was ever paid on it.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { NewOrder, Order, OrderStore } from "../../../ports/order-store.ts";
import type { OrderState } from "../../../wire/contract.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
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
     where living_hold = $1 for update`,
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
  /**
   * Orders ($1–$12) in order of hold, so that no two groups wait in a circle; their lines ($13–$20).
   * `is true` keeps the planner from making a join of the look at which were made: it would be one of
   * every line with every order, for joins by hash are off (pools/pool.ts).
   */
  insert: statement(
    "order-insert",
    `with made as (insert into orders (order_id, on_sale_id, performance_id, entry_id, hold_id, amount, currency,
       buyer, deadline, due_at, idempotency_key, body_hash)
     select r.order_id, r.on_sale_id, r.performance_id, r.entry_id, r.hold_id, r.amount, r.currency,
       r.buyer, r.deadline, r.deadline, r.idempotency_key, r.body_hash
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[],
         $8::jsonb[], $9::bigint[], $10::text[], $11::text[], $12::text[])
       as r (order_id, on_sale_id, performance_id, entry_id, hold_id, amount, currency,
         buyer, deadline, idempotency_key, body_hash, seats)
     where cardinality(r.seats::integer[]) = (
       select count(*) from seat_claims c
       where c.performance_id = r.performance_id and c.seat = any (r.seats::integer[])
         and c.state = 'held' and c.owner = r.entry_id and c.hold_id = r.hold_id
         and c.deadline > now_ms())
     order by r.hold_id
     on conflict do nothing returning order_id, created_at, updated_at),
     lined as (
       insert into order_lines (order_id, performance_id, seat, category, section, "row", label, amount)
       select l.* from unnest($13::text[], $14::text[], $15::integer[], $16::text[], $17::text[],
           $18::text[], $19::text[], $20::bigint[])
         as l (order_id, performance_id, seat, category, section, "row", label, amount)
       where (l.order_id in (select order_id from made)) is true)
     select order_id as "orderId", created_at as "createdAt", updated_at as "updatedAt" from made`,
  ),
};

type MadeRow = { orderId: OrderId; createdAt: number; updatedAt: number };
type Reply = Awaited<ReturnType<OrderStore["create"]>>;
/** It was left out, for whatever reason. */
type LeftOut = { kind: "left-out" };

export function openCreateOrder(database: Database): OrderStore["create"] {
  const insertOne = groupCommit<NewOrder, Reply | LeftOut>({
    name: "new-orders",
    keysOf: ({ entryId, holdId }) => [entryId, holdId],
    maxBatch: 100,
    gauges: database.groups,
    commit: (batch) => insert(database, batch),
  });
  return async (order) => {
    if (order.lines.length > 0) {
      checkNew(order);
      const reply = await insertOne(order);
      if (reply.kind !== "left-out") return reply;
    }
    return await createAlone(database, order);
  };
}

async function createAlone(database: Database, order: NewOrder): Promise<Reply> {
  return await database.transaction(async (tx) => {
    const known = await findByKey(tx, order);
    if (known) return known;
    const [living] = await tx.rows<{ orderId: OrderId; state: OrderState }>(sql.livingByHold, [
      order.holdId,
    ]);
    if (order.lines.length === 0 || (living && living.state !== "draft"))
      return { kind: "no-hold" };
    const [found] = await tx.rows<{ held: number }>(sql.heldSeats, [
      order.performanceId,
      order.holdId,
      order.entryId,
      order.lines.map(({ seat }) => seat),
    ]);
    if (found?.held !== order.lines.length) return { kind: "no-hold" };
    if (living) {
      assert(mayMove(living.state, "cancelled"), `a ${living.state} may be replaced`);
      await tx.rows(sql.replace, [living.orderId]);
    }
    const [made] = await insert(tx, [order]);
    assert(made !== undefined, "one order, one reply");
    if (made.kind !== "left-out") return made;
    // The same request at the same moment in another process: looked at again, it is a repeat.
    throw new Fault("database-conflict", "the same order is being made", { retryable: true });
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

/** One statement, and so one transaction. */
async function insert(runner: Runner, batch: readonly NewOrder[]): Promise<(Reply | LeftOut)[]> {
  const columns = [...orderColumns(batch), ...lineColumns(batch)];
  const rows = await runner.rows<MadeRow>(sql.insert, columns);
  const made = new Map(rows.map((row) => [row.orderId, row]));
  return batch.map((order): Reply | LeftOut => {
    const row = made.get(order.orderId);
    return row === undefined
      ? { kind: "left-out" }
      : { kind: "created", order: draftOf(order, row) };
  });
}

function lineColumns(batch: readonly NewOrder[]): unknown[][] {
  const lines = batch.flatMap(({ orderId, performanceId, lines: own }) =>
    own.map((line) => ({ orderId, performanceId, ...line })),
  );
  return [
    lines.map(({ orderId }) => orderId),
    lines.map(({ performanceId }) => performanceId),
    lines.map(({ seat }) => seat),
    lines.map(({ category }) => category),
    lines.map(({ section }) => section),
    lines.map(({ row }) => row),
    lines.map(({ label }) => label),
    lines.map(({ price }) => price.amount),
  ];
}

function orderColumns(batch: readonly NewOrder[]): unknown[][] {
  return [
    batch.map(({ orderId }) => orderId),
    batch.map(({ onSaleId }) => onSaleId),
    batch.map(({ performanceId }) => performanceId),
    batch.map(({ entryId }) => entryId),
    batch.map(({ holdId }) => holdId),
    batch.map(({ amount }) => amount.amount),
    batch.map(({ amount }) => amount.currency),
    batch.map(({ buyer }) => JSON.stringify(buyer)),
    batch.map(({ deadline }) => deadline),
    batch.map(({ idempotencyKey }) => idempotencyKey),
    batch.map(({ bodyHash }) => bodyHash),
    // An array of arrays must be rectangular, so each order's seats go as the text of one.
    batch.map(({ lines }) => `{${lines.map(({ seat }) => seat).join(",")}}`),
  ];
}

/** As it would be read; what a new row begins with is in the schema. */
function draftOf(
  { idempotencyKey: _, bodyHash: __, ...order }: NewOrder,
  { createdAt, updatedAt }: MadeRow,
): Order {
  return {
    ...order,
    state: "draft",
    version: 1,
    attempt: 0,
    lines: order.lines.toSorted((a, b) => a.seat - b.seat),
    payment: undefined,
    reason: undefined,
    createdAt,
    updatedAt,
  };
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
