// Saga step 1: the hold's claims become claims that are being paid, the order goes draft → authorizing,
// and the payment row is the intent of step 2. Orders of the same moment share one transaction. Order
// rows are locked first (never the seats), so nobody else moves them meanwhile. What the caller knows of
// the draft is still true then, because its version is: the confirmed order is made of that, unread.
//
// Late fans: where the hold has lapsed (or is not what it was), the seats are taken again if nobody else
// has them, in a transaction of their own, and then the owner's limit is counted anew under the same lock
// as claims (S14), because a lapsed hold does not count and the owner may have taken other seats since.

import { mayMove } from "../../../domain/ordering/order.ts";
import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { OrderId } from "../../../foundation/ids.ts";
import type { Order, OrderStore } from "../../../ports/order-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { bySeat, type SeatRow, toTruth } from "../seats/seat-rows.ts";
import { orderSeats, seatColumnsOf } from "./order-seats.ts";
import { keepPayRequests } from "./pay-requests.ts";

const sql = {
  lockDrafts: statement(
    "order-lock-drafts",
    `select order_id as "orderId", state, version
     from orders where order_id = any ($1::text[]) order by order_id for update`,
  ),
  authorizing: statement(
    "order-authorizing",
    `with moved as (
       update orders o set state = 'authorizing', version = o.version + 1, attempt = o.attempt + 1,
         reason = null, deadline = r.deadline, due_at = now_ms(), nudged = false,
         lease_token = r.token,
         lease_until = case when r.token is null then 0 else now_ms() + r.lease_ms end,
         updated_at = now_ms()
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[])
         as r (order_id, provider, method, deadline, token, lease_ms)
       where o.order_id = r.order_id
       returning o.order_id, o.attempt, o.amount, o.currency, o.updated_at, o.lease_until, r.provider,
         r.method),
     paid as (
       insert into payments (order_id, attempt, provider, state, amount, currency, method)
       select order_id, attempt, provider, 'authorizing', amount, currency, method from moved)
     select order_id as "orderId", updated_at as "updatedAt", lease_until as "leaseUntil" from moved`,
  ),
};

type Request = Parameters<OrderStore["confirmSeats"]>[0];
type Reply = Awaited<ReturnType<OrderStore["confirmSeats"]>>;
/** Its hold has lapsed (or is not what it was): needs a transaction of its own. */
type Late = { kind: "late" };
type LookRow = SeatRow & { forOrder: OrderId };
type MovedRow = { orderId: OrderId; updatedAt: number; leaseUntil: number };

export function openConfirmSeats(database: Database): OrderStore["confirmSeats"] {
  const confirmTimely = groupCommit<Request, Reply | Late>({
    name: "order-confirmations",
    keysOf: ({ draft }) => [draft.orderId],
    maxBatch: 100,
    gauges: database.groups,
    commit: (batch) => confirmBatch(database, batch),
  });
  return async (request) => {
    const reply = await confirmTimely(request);
    return reply.kind === "late" ? await confirmLate(database, request) : reply;
  };
}

const idOf = ({ draft }: Request) => draft.orderId;

/** Those who turn out to be late are left to themselves, and the others go through without them. */
async function confirmBatch(
  database: Database,
  batch: readonly Request[],
): Promise<(Reply | Late)[]> {
  const late = new Set<OrderId>();
  for (;;) {
    const timely = batch.filter((request) => !late.has(idOf(request)));
    const outcome = await database
      .transaction((tx) => confirmTogether(tx, timely))
      .catch((error: unknown) => {
        if (error instanceof SomeAreLate) return error;
        throw error;
      });
    if (!(outcome instanceof SomeAreLate)) {
      return batch.map((request) => outcome.get(idOf(request)) ?? { kind: "late" });
    }
    for (const orderId of outcome.late) late.add(orderId);
  }
}

/** Thrown to roll back what was taken of their seats. */
class SomeAreLate extends Fault {
  readonly late: readonly OrderId[];
  constructor(late: readonly OrderId[]) {
    super("some-are-late", "the seats of an order are not all of a running hold");
    this.late = late;
  }
}

async function confirmTogether(
  tx: Runner,
  batch: readonly Request[],
): Promise<Map<OrderId, Reply>> {
  const drafts = await lockDrafts(tx, batch);
  const going = batch.filter((request) => drafts.has(idOf(request)));
  const { ofOrders, ofOwners } = seatColumnsOf(going.map(({ draft }) => draft));
  const seats =
    going.length === 0
      ? []
      : await tx.rows<SeatRow>(orderSeats.confirm, [...ofOrders, ...ofOwners]);
  const bySeats = groupByOrder(seats);
  const late = going.filter(({ draft }) => {
    return (bySeats.get(draft.orderId) ?? []).length < draft.lines.length;
  });
  if (late.length > 0) throw new SomeAreLate(late.map(idOf));
  const replies = await moveOn(tx, going, bySeats);
  for (const request of batch)
    if (!drafts.has(idOf(request))) replies.set(idOf(request), { kind: "lost" });
  return replies;
}

async function lockDrafts(tx: Runner, batch: readonly Request[]): Promise<Set<OrderId>> {
  if (batch.length === 0) return new Set();
  type Locked = Pick<Order, "orderId" | "state" | "version">;
  const locked = await tx.rows<Locked>(sql.lockDrafts, [batch.map(idOf)]);
  const versions = new Map(batch.map(({ draft }) => [draft.orderId, draft.version]));
  const same = locked.filter(({ orderId, state, version }) => {
    return state === "draft" && version === versions.get(orderId);
  });
  return new Set(same.map(({ orderId }) => orderId));
}

function groupByOrder(rows: readonly SeatRow[]): Map<OrderId, SeatRow[]> {
  const groups = new Map<OrderId, SeatRow[]>();
  for (const row of rows) {
    assert(row.orderId !== null, "a seat that is being paid names its order");
    const group = groups.get(row.orderId);
    if (group === undefined) groups.set(row.orderId, [row]);
    else group.push(row);
  }
  return groups;
}

/** draft → authorizing, with the intent of the payment, and the caller's lease. */
async function moveOn(
  tx: Runner,
  going: readonly Request[],
  seats: ReadonlyMap<OrderId, SeatRow[]>,
): Promise<Map<OrderId, Reply>> {
  if (going.length === 0) return new Map();
  assert(mayMove("draft", "authorizing"), "step 1");
  const asked = going.map((request) => {
    const own = bySeat(seats.get(idOf(request)) ?? []);
    const deadline = Math.min(...own.map((row) => row.deadline ?? 0));
    const token = request.leaseMs === undefined ? null : crypto.randomUUID();
    return { request, truths: own.map(toTruth), deadline, token };
  });
  const rows = await tx.rows<MovedRow>(sql.authorizing, [
    going.map(idOf),
    going.map(({ provider }) => provider),
    going.map(({ method }) => method),
    asked.map(({ deadline }) => deadline),
    asked.map(({ token }) => token),
    going.map(({ leaseMs }) => leaseMs ?? null),
  ]);
  await keepPayRequests(tx, going);
  const moved = new Map(rows.map((row) => [row.orderId, row]));
  return new Map(
    asked.map(({ request, truths, deadline, token }): [OrderId, Reply] => {
      const row = moved.get(idOf(request));
      assert(row !== undefined, `order ${idOf(request)} was locked and can be moved`);
      const order = authorizing(request, { deadline, updatedAt: row.updatedAt });
      const leased =
        token === null ? undefined : { order, leaseToken: token, until: row.leaseUntil };
      return [order.orderId, { kind: "confirmed", order, leased, truths }];
    }),
  );
}

/** As it would be read. */
function authorizing(
  { draft, provider, method }: Request,
  now: Pick<Order, "deadline" | "updatedAt">,
): Order {
  const attempt = draft.attempt + 1;
  return {
    ...draft,
    ...now,
    state: "authorizing",
    version: draft.version + 1,
    attempt,
    reason: undefined,
    payment: {
      attempt,
      provider,
      state: "authorizing",
      amount: draft.amount,
      method,
      providerRef: undefined,
      actionUrl: undefined,
      declineCode: undefined,
      refunded: 0,
    },
  };
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
  const { draft } = request;
  try {
    return await database.transaction(async (tx): Promise<Reply> => {
      if (!(await lockDrafts(tx, [request])).has(draft.orderId)) return { kind: "lost" };
      const seats = await takeLate(tx, draft);
      const reply = (await moveOn(tx, [request], groupByOrder(seats))).get(draft.orderId);
      assert(reply !== undefined, `order ${draft.orderId} was moved`);
      return reply;
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
