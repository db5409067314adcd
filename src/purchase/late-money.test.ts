// Money that comes after its order has ended, by every way in which the provider can bring it about: the
// call takes effect long after its silence, or what was cancelled turns out taken. The same seats where
// they are free; else it goes back, and the fan is told. Whatever knocks, and however often.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type Shop, startShop } from "../../test/support/purchase.ts";
import { systemClock } from "../foundation/clock.ts";
import { newId } from "../foundation/ids.ts";
import { silentLog } from "../foundation/log.ts";
import type { Order } from "../ports/order-store.ts";
import { completeOnce } from "../workers/completer.ts";
import { reconcileOnce } from "../workers/reconciler.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ callMs: 800 });
}, 60_000);
afterAll(() => shop?.close());
beforeEach(() => shop.sandbox.calm());

const holdMs = 2_400;
const lateMs = 6_500;

async function advanceUntil(order: Order, ...states: Order["state"][]): Promise<Order> {
  const giveUpAt = Date.now() + 15_000;
  for (;;) {
    const now = await shop.find(order.orderId);
    if (states.includes(now.state)) return now;
    if (Date.now() > giveUpAt) throw new Error(`${now.state} (${now.reason})`);
    await shop.purchase.advance(order.orderId);
    await Bun.sleep(20);
  }
}

/** Begun, silent, not there when asked, over: and then the provider takes it after all. */
async function cancelledBeforeItCame(): Promise<Order> {
  const order = await shop.draft({ holdMs });
  const { orderId } = order;
  const times = { operation: "authorize", conduct: "silent-late", order: orderId, delayMs: lateMs };
  await shop.sandbox.behave(times);
  // A repeat of the call before the deadline is silent as well, and takes nothing.
  await shop.sandbox.behave({
    operation: "authorize",
    conduct: "silent-before",
    order: orderId,
    times: 9,
  });
  await shop.purchase.pay(order, await shop.sandbox.card());
  const cancelled = await advanceUntil(order, "cancelled");
  expect(cancelled.reason).toBe("too-late");
  expect(await shop.seatStates(order)).toEqual(["free"]);
  return cancelled;
}

async function comes({ orderId }: Order): Promise<void> {
  const giveUpAt = Date.now() + 20_000;
  while (!(await shop.sandbox.ledger()).some((payment) => payment.orderId === orderId)) {
    if (Date.now() > giveUpAt) throw new Error("it never came");
    await Bun.sleep(20);
  }
}

async function takenBySomebody(order: Order): Promise<void> {
  const claimed = await shop.stores.seatClaims.claim({
    performanceId: order.performanceId,
    owner: newId("entry"),
    holdId: newId("hold"),
    seats: order.lines.slice(0, 1).map(({ seat }) => seat),
    heldAt: Date.now(),
    deadline: Date.now() + 60_000,
    limit: 6,
  });
  expect(claimed.kind).toBe("claimed");
}

async function inLedger({ orderId }: Order) {
  const found = (await shop.sandbox.ledger()).filter((payment) => payment.orderId === orderId);
  return found.map(({ state, captured, refunded }) => [state, captured, refunded] as const);
}
async function mails({ orderId }: Order): Promise<string[]> {
  const sql = "select topic from outbox where payload->>'orderId' = $1 order by id";
  const { rows } = await shop.database.query<{ topic: string }>(sql, [orderId]);
  return rows.map(({ topic }) => topic);
}
async function late({ orderId }: Order): Promise<boolean[]> {
  const sql = "select kept from late_payments where order_id = $1";
  const { rows } = await shop.database.query<{ kept: boolean }>(sql, [orderId]);
  return rows.map(({ kept }) => kept);
}
const reconcile = () =>
  reconcileOnce({
    store: shop.stores.orders,
    gateway: shop.sandbox.gateway,
    purchase: shop.purchase,
    clock: systemClock,
    log: silentLog,
    restMs: 0,
    windowMs: 180_000,
    theirsOnly: true,
  });

test("the same seats are free: the order goes on, and ends confirmed; whoever knocks, it is one", async () => {
  const order = await cancelledBeforeItCame();
  await comes(order);
  await Promise.all([1, 2, 3].map(() => shop.purchase.advance(order.orderId)));
  await advanceUntil(order, "confirmed");
  expect(await shop.seatStates(order)).toEqual(["sold"]);
  expect(await inLedger(order)).toEqual([["captured", 132_000, 0]]);
  expect(await mails(order)).toEqual(["order-confirmed"]);
  expect(await late(order)).toEqual([true]);
  await shop.purchase.advance(order.orderId);
  expect((await shop.find(order.orderId)).state).toBe("confirmed");
});

test("somebody has one of the seats: not the other alone; the money goes back, the fan is told", async () => {
  const order = await cancelledBeforeItCame();
  await takenBySomebody(order);
  await comes(order);
  await shop.purchase.advance(order.orderId);
  const ended = await advanceUntil(order, "cancelled");
  expect(ended.reason).toBe("late-money");
  expect(await inLedger(order)).toEqual([["voided", 0, 0]]);
  expect((await shop.seatStates(order)).sort()).toEqual(["free", "held"]);
  expect(await mails(order)).toEqual(["order-cancelled"]);
  expect(await late(order)).toEqual([false]);
});

test("taken outright, and its webhook lost: the reconciler brings it, and it is paid back in full", async () => {
  const order = await cancelledBeforeItCame();
  await takenBySomebody(order);
  await comes(order);
  const found = await shop.sandbox.gateway.find(order.orderId, 1);
  if (found.kind !== "found") throw new Error(found.kind);
  const { providerRef, amount } = found.payment;
  const call = { orderId: order.orderId, attempt: 1, idempotencyKey: crypto.randomUUID() };
  await shop.sandbox.gateway.capture({ ...call, providerRef, amount });
  expect(await reconcile()).toContainEqual(
    expect.objectContaining({ orderId: order.orderId, kind: "late" }),
  );
  const ended = await advanceUntil(order, "refunded");
  expect(ended.reason).toBe("late-money");
  expect(await inLedger(order)).toEqual([["captured", 132_000, 132_000]]);
  expect(await mails(order)).toEqual(["order-refunded"]);
  expect(await reconcile()).toEqual([]);
});

test("[M5] killed when the order has just been brought back: a worker finishes it", async () => {
  const order = await cancelledBeforeItCame();
  await comes(order);
  const { orders: store } = shop.stores;
  const { orderId, version } = order;
  const brought = await store.revive({ orderId, version, graceMs: 60_000 });
  expect(brought).toMatchObject({ kind: "revived", order: { state: "payment-unknown" } });
  expect(await store.revive({ orderId, version, graceMs: 60_000 })).toEqual({ kind: "lost" });
  expect(await shop.seatStates(order)).toEqual(["paying"]);
  const { purchase } = shop;
  while ((await shop.find(orderId)).state !== "confirmed")
    await completeOnce({ store, purchase, log: silentLog, leaseMs: 5_000 });
  expect(await inLedger(order)).toEqual([["captured", 132_000, 0]]);
});

test("a fan who left has left: nothing is taken again, the money goes back", async () => {
  const order = await shop.draft({ holdMs: 60_000 });
  const { orderId } = order;
  const silent = { operation: "authorize", order: orderId, delayMs: lateMs };
  await shop.sandbox.behave({ ...silent, conduct: "silent-late" });
  await shop.sandbox.behave({ ...silent, conduct: "silent-before", times: 9 });
  await shop.purchase.pay(order, await shop.sandbox.card());
  // While the provider is being asked there is nothing to cancel yet.
  while ((await shop.leave(orderId)) !== "cancelling") await shop.purchase.advance(orderId);
  const left = await advanceUntil(order, "cancelled");
  expect(left.reason).toBe("fan-left");
  await comes(order);
  await shop.purchase.advance(orderId);
  const ended = await advanceUntil(order, "cancelled");
  expect(ended.reason).toBe("fan-left");
  expect(await inLedger(order)).toEqual([["voided", 0, 0]]);
  expect(await late(order)).toEqual([false]);
});

test("a fan who chose anew keeps the new order: the late money of the old one goes back by itself", async () => {
  const order = await cancelledBeforeItCame();
  await comes(order);
  const { stores, database } = shop;
  await database.query(
    `insert into orders (order_id, on_sale_id, performance_id, entry_id, hold_id, amount, currency,
       buyer, deadline, idempotency_key, body_hash)
     select $2, on_sale_id, performance_id, entry_id, hold_id, amount, currency, buyer, deadline, $2, '0'
     from orders where order_id = $1`,
    [order.orderId, newId("order")],
  );
  expect(await reconcile()).toContainEqual(
    expect.objectContaining({ orderId: order.orderId, kind: "voided" }),
  );
  expect((await stores.orders.find(order.orderId))?.state).toBe("cancelled");
  expect(await inLedger(order)).toEqual([["voided", 0, 0]]);
});

test("taken, and silent until long after the deadline: the seats were kept all the while", async () => {
  const order = await shop.draft({ holdMs });
  const { orderId } = order;
  await shop.sandbox.behave({ operation: "capture", conduct: "silent-after", order: orderId });
  const away = { operation: "find", conduct: "error-before", order: orderId, times: 1_000 };
  await shop.sandbox.behave(away);
  await shop.purchase.pay(order, await shop.sandbox.card());
  while (Date.now() < order.deadline + 300) {
    await shop.purchase.advance(orderId);
    await Bun.sleep(50);
  }
  expect((await shop.find(orderId)).state).toBe("payment-unknown");
  expect(await shop.seatStates(order)).toEqual(["paying"]);
  await shop.sandbox.calm();
  await advanceUntil(order, "confirmed");
  expect(await inLedger(order)).toEqual([["captured", 132_000, 0]]);
  expect(await late(order)).toEqual([]);
});

test("a webhook of an ended order whose money is not there changes nothing", async () => {
  const order = await shop.draft({ holdMs: 60_000 });
  await shop.purchase.pay(order, await shop.sandbox.card("4000000000003220"));
  await shop.until(order.orderId, "requires-action");
  await shop.leave(order.orderId);
  const ended = await shop.until(order.orderId, "cancelled");
  for (let n = 0; n < 3; n += 1) await shop.purchase.advance(order.orderId);
  expect(await shop.find(order.orderId)).toEqual(ended);
});

test("[S5, S6, S7, S8] at rest both books agree", async () => {
  expect(await shop.booksAgree()).toEqual([]);
});
