// Saga step 1 in one transaction: the hold's claims become claims that are being paid, the order goes
// draft → confirming → authorizing, and the payment row is the intent of step 2. The order row is
// locked first (never the seats), so nobody else moves this order meanwhile.
//
// Late fans: where the hold has lapsed, the seats are taken again if nobody else has them, and then
// the owner's limit is counted anew under the same lock as claims (S14), because a lapsed hold does
// not count and the owner may have taken other seats since.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { Order, OrderStore } from "../../../ports/order-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { bySeat, type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { readOrder } from "./order-rows.ts";
import { orderSeats } from "./order-seats.ts";

const sql = {
  lockDraft: statement(
    "order-lock-draft",
    `select order_id from orders
     where order_id = $1 and version = $2 and state = 'draft' for update`,
  ),
  confirming: statement(
    "order-confirming",
    `update orders set state = 'confirming', version = version + 1, reason = null,
       lease_token = null, lease_until = 0, nudged = false, updated_at = now_ms()
     where order_id = $1`,
  ),
  authorizing: statement(
    "order-authorizing",
    `with moved as (
       update orders set state = 'authorizing', version = version + 1, attempt = attempt + 1,
         deadline = $4::bigint, due_at = now_ms(), updated_at = now_ms()
       where order_id = $1 returning order_id, attempt, amount, currency)
     insert into payments (order_id, attempt, provider, state, amount, currency, method)
     select order_id, attempt, $2, 'authorizing', amount, currency, $3 from moved`,
  ),
};

type Request = Parameters<OrderStore["confirmSeats"]>[0];
type Reply = Awaited<ReturnType<OrderStore["confirmSeats"]>>;

/** Thrown to roll back; what it carries is the answer. */
class SeatsLost extends Fault {
  readonly reply: Reply;
  constructor(rows: readonly SeatRow[]) {
    super("seats-lost", "the seats are not this hold's any more");
    this.reply = { kind: "seats-lost", truths: bySeat(rows).map(toTruth) };
  }
}

export async function confirmSeats(database: Database, request: Request): Promise<Reply> {
  const { orderId, version, provider, method } = request;
  try {
    return await database.transaction(async (tx): Promise<Reply> => {
      const [locked] = await tx.rows(sql.lockDraft, [orderId, version]);
      if (locked === undefined) return { kind: "lost" };
      const draft = await orderOf(tx, orderId);
      const rows = await takeSeats(tx, draft);
      const deadline = Math.min(...rows.map((row) => row.deadline ?? draft.deadline));
      assert(mayMove("draft", "confirming") && mayMove("confirming", "authorizing"), "step 1");
      await tx.rows(sql.confirming, [orderId]);
      await tx.rows(sql.authorizing, [orderId, provider, method, deadline]);
      const order = await orderOf(tx, orderId);
      return { kind: "confirmed", order, truths: bySeat(rows).map(toTruth) };
    });
  } catch (error) {
    if (error instanceof SeatsLost) return error.reply;
    throw error;
  }
}

async function takeSeats(tx: Runner, draft: Order): Promise<SeatRow[]> {
  const { orderId, lines } = draft;
  const seen = await tx.rows<SeatRow & { timely: boolean }>(orderSeats.look, [orderId]);
  if (seen.length === lines.length && seen.every(({ timely }) => timely)) {
    const rows = await tx.rows<SeatRow>(orderSeats.confirm, [orderId]);
    if (rows.length === lines.length) return rows;
    throw new Fault("database-conflict", "the hold changed meanwhile", { retryable: true });
  }
  return await takeLate(tx, draft, seen);
}

async function takeLate(tx: Runner, draft: Order, seen: readonly SeatRow[]): Promise<SeatRow[]> {
  const { orderId, performanceId, entryId, onSaleId, lines } = draft;
  await tx.rows(orderSeats.lockOwner, [performanceId, entryId]);
  const rows = await tx.rows<SeatRow>(orderSeats.confirmLate, [orderId]);
  if (rows.length < lines.length) throw new SeatsLost(seen);
  const [count] = await tx.rows<{ has: number; limit: number }>(orderSeats.ownerCount, [
    performanceId,
    entryId,
    onSaleId,
  ]);
  if (count === undefined || count.has > count.limit) throw new SeatsLost(seen);
  return rows;
}

async function orderOf(tx: Runner, orderId: OrderId): Promise<Order> {
  const order = await readOrder(tx, orderId);
  assert(order !== undefined, `order ${orderId} was locked and can be read`);
  return order;
}
