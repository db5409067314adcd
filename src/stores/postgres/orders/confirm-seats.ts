// Saga step 1: the hold's claims become claims that are being paid, the order goes draft → confirming →
// authorizing, and the payment row is the intent of step 2. Orders of the same moment share one
// transaction. Order rows are locked first (never the seats), so nobody else moves them meanwhile.
//
// Late fans: where the hold has lapsed, the seats are taken again if nobody else has them, in a
// transaction of their own, and then the owner's limit is counted anew under the same lock as claims
// (S14), because a lapsed hold does not count and the owner may have taken other seats since.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { Order, OrderStore } from "../../../ports/order-store.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { bySeat, type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { readOrders } from "./order-rows.ts";
import { orderSeats } from "./order-seats.ts";
import { keepPayRequests } from "./pay-requests.ts";

const sql = {
  lockDrafts: statement(
    "order-lock-drafts",
    `select o.order_id as "orderId" from orders o
     where o.order_id = any ($1::text[]) and o.state = 'draft'
       and o.version = ($2::integer[])[array_position($1::text[], o.order_id)]
     order by o.order_id for update`,
  ),
  confirming: statement(
    "order-confirming",
    `update orders set state = 'confirming', version = version + 1, reason = null,
       lease_token = null, lease_until = 0, nudged = false, updated_at = now_ms()
     where order_id = any ($1::text[])`,
  ),
  authorizing: statement(
    "order-authorizing",
    `with moved as (
       update orders o set state = 'authorizing', version = o.version + 1, attempt = o.attempt + 1,
         deadline = r.deadline, due_at = now_ms(), updated_at = now_ms()
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
         as r (order_id, provider, method, deadline)
       where o.order_id = r.order_id
       returning o.order_id, o.attempt, o.amount, o.currency, r.provider, r.method)
     insert into payments (order_id, attempt, provider, state, amount, currency, method)
     select order_id, attempt, provider, 'authorizing', amount, currency, method from moved`,
  ),
};

type Request = Parameters<OrderStore["confirmSeats"]>[0];
type Reply = Awaited<ReturnType<OrderStore["confirmSeats"]>>;
/** Its hold has lapsed (or is not what it was): needs a transaction of its own. */
type Late = { kind: "late" };
type LookRow = SeatRow & { forOrder: OrderId; timely: boolean };

export function openConfirmSeats(database: Database): OrderStore["confirmSeats"] {
  const confirmTimely = groupCommit<Request, Reply | Late>({
    name: "order-confirmations",
    keysOf: ({ orderId }) => [orderId],
    maxBatch: 100,
    commit: (batch) => database.transaction((tx) => confirmBatch(tx, batch)),
  });
  return async (request) => {
    const reply = await confirmTimely(request);
    return reply.kind === "late" ? await confirmLate(database, request) : reply;
  };
}

async function confirmBatch(tx: Runner, batch: readonly Request[]): Promise<(Reply | Late)[]> {
  const drafts = await lockDrafts(tx, batch);
  const looked = await tx.rows<LookRow>(orderSeats.look, [[...drafts.keys()]]);
  const isTimely = ({ orderId, lines }: Order) => {
    const seats = looked.filter((row) => row.forOrder === orderId);
    return seats.length === lines.length && seats.every(({ timely }) => timely);
  };
  const timely = new Set([...drafts.values()].filter(isTimely).map(({ orderId }) => orderId));
  const going = batch.filter(({ orderId }) => timely.has(orderId));
  const seats = going.length === 0 ? [] : await takeTimely(tx, going, drafts);
  const orders = await moveOn(tx, going, seats);
  return batch.map(({ orderId }) => {
    const order = orders.get(orderId);
    if (order) return { kind: "confirmed", order, truths: truthsOf(orderId, seats) };
    return { kind: drafts.has(orderId) ? "late" : "lost" };
  });
}

async function lockDrafts(tx: Runner, batch: readonly Request[]): Promise<Map<OrderId, Order>> {
  const locked = await tx.rows<{ orderId: OrderId }>(sql.lockDrafts, [
    batch.map(({ orderId }) => orderId),
    batch.map(({ version }) => version),
  ]);
  return await readOrders(
    tx,
    locked.map(({ orderId }) => orderId),
  );
}

async function takeTimely(
  tx: Runner,
  going: readonly Request[],
  drafts: ReadonlyMap<OrderId, Order>,
): Promise<SeatRow[]> {
  const rows = await tx.rows<SeatRow>(orderSeats.confirm, [going.map(({ orderId }) => orderId)]);
  const wanted = going.flatMap(({ orderId }) => drafts.get(orderId)?.lines ?? []).length;
  if (rows.length === wanted) return rows;
  throw new Fault("database-conflict", "a hold changed meanwhile", { retryable: true });
}

/** draft → confirming → authorizing, with the intent of the payment. */
async function moveOn(
  tx: Runner,
  going: readonly Request[],
  seats: readonly SeatRow[],
): Promise<Map<OrderId, Order>> {
  if (going.length === 0) return new Map();
  assert(mayMove("draft", "confirming") && mayMove("confirming", "authorizing"), "step 1");
  const ids = going.map(({ orderId }) => orderId);
  const deadlines = ids.map((id) => {
    const own = seats.filter((row) => row.orderId === id);
    return Math.min(...own.map((row) => row.deadline ?? 0));
  });
  await tx.rows(sql.confirming, [ids]);
  await tx.rows(sql.authorizing, [
    ids,
    going.map(({ provider }) => provider),
    going.map(({ method }) => method),
    deadlines,
  ]);
  await keepPayRequests(tx, going);
  return await readOrders(tx, ids);
}

function truthsOf(orderId: OrderId, seats: readonly SeatRow[]): SeatTruth[] {
  return bySeat(seats.filter((row) => row.orderId === orderId)).map(toTruth);
}

/** Thrown to roll back; what it carries is the answer. */
class SeatsLost extends Fault {
  readonly reply: Reply;
  constructor(rows: readonly SeatRow[]) {
    super("seats-lost", "the seats are not this hold's any more");
    this.reply = { kind: "seats-lost", truths: bySeat(rows).map(toTruth) };
  }
}

async function confirmLate(database: Database, request: Request): Promise<Reply> {
  const { orderId } = request;
  try {
    return await database.transaction(async (tx): Promise<Reply> => {
      const draft = (await lockDrafts(tx, [request])).get(orderId);
      if (draft === undefined) return { kind: "lost" };
      const seats = await takeLate(tx, draft);
      const order = (await moveOn(tx, [request], seats)).get(orderId);
      assert(order !== undefined, `order ${orderId} was locked and can be read`);
      return { kind: "confirmed", order, truths: truthsOf(orderId, seats) };
    });
  } catch (error) {
    if (error instanceof SeatsLost) return error.reply;
    throw error;
  }
}

async function takeLate(tx: Runner, draft: Order): Promise<SeatRow[]> {
  const { orderId, performanceId, entryId, onSaleId, lines } = draft;
  await tx.rows(orderSeats.lockOwner, [performanceId, entryId]);
  const seen = await tx.rows<LookRow>(orderSeats.look, [[orderId]]);
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
