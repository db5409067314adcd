// Two real books that were made to differ, and what the reconciler makes of them.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Shop, startShop } from "../../test/support/purchase.ts";
import { idempotencyKey } from "../domain/ordering/payment.ts";
import { systemClock } from "../foundation/clock.ts";
import { newId, type OrderId } from "../foundation/ids.ts";
import { silentLog } from "../foundation/log.ts";
import { newRefundId, type RefundId } from "../foundation/after-sale-ids.ts";
import { type ReconcilerDeps, reconcileOnce } from "./reconciler.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
}, 60_000);
afterAll(() => shop?.close());

const price = { amount: 66_000, currency: "KRW" };

function reconcile(other: Partial<ReconcilerDeps> = {}) {
  const { stores, sandbox, purchase } = shop;
  return reconcileOnce({
    store: stores.orders,
    gateway: sandbox.gateway,
    purchase,
    clock: systemClock,
    log: silentLog,
    restMs: 0,
    ...other,
  });
}

async function giveBack(orderId: OrderId, seat = -1): Promise<RefundId> {
  const refundId = newRefundId();
  const asked = await shop.refunds.request({
    refundId,
    orderId,
    seats: [seat],
    feePerTicket: 0,
    by: { kind: "fan" },
    reason: "cannot come",
    seatsGo: "to-sale",
    idempotencyKey: refundId,
    bodyHash: "0",
  });
  expect(asked.kind).toBe("requested");
  await shop.refunds.idle();
  return refundId;
}

async function pay(number?: string) {
  const order = await shop.draft({ count: 1 });
  await shop.purchase.pay(order, await shop.sandbox.card(number));
  await shop.purchase.idle();
  return shop.find(order.orderId);
}

/** At the provider only, as after a restore of an old backup. */
async function plant(orderId: OrderId, attempt: number, captured: boolean) {
  const { gateway } = shop.sandbox;
  const call = (operation: "authorize" | "capture") => ({
    orderId,
    attempt,
    idempotencyKey: idempotencyKey(orderId, attempt, operation),
    amount: price,
  });
  const method = await shop.sandbox.card();
  const reply = await gateway.authorize({
    ...call("authorize"),
    method,
    returnUrl: "http://x.test/",
  });
  if (reply.kind !== "authorized") throw new Error(reply.kind);
  const { providerRef } = reply;
  if (captured) await gateway.capture({ ...call("capture"), providerRef });
}

async function inLedger(orderId: OrderId, attempt = 1) {
  const all = await shop.sandbox.ledger();
  return all.find((payment) => payment.orderId === orderId && payment.attempt === attempt);
}

test("orphans are voided and refunded, sales are left alone, and a second look finds nothing", async () => {
  const sold = await pay();
  const declined = await pay("4000000000000002");
  const [nobodys, another] = [newId("order"), newId("order")];
  await plant(nobodys, 1, false);
  await plant(another, 1, true);
  await plant(declined.orderId, 2, true);
  const findings = await reconcile();
  expect(findings.map(({ orderId, kind }) => `${orderId} ${kind}`).sort()).toEqual(
    [`${nobodys} voided`, `${another} refunded`, `${declined.orderId} refunded`].sort(),
  );
  expect(await inLedger(nobodys)).toMatchObject({ state: "voided" });
  expect(await inLedger(another)).toMatchObject({ captured: 66_000, refunded: 66_000 });
  expect(await inLedger(sold.orderId)).toMatchObject({ captured: 66_000, refunded: 0 });
  expect(await reconcile()).toEqual([]);
  expect(await shop.booksAgree()).toEqual([]);
});

test("money that went back behind our back is a contradiction, and nothing is guessed", async () => {
  const { orderId, payment } = await pay();
  await shop.sandbox.gateway.refund({
    orderId,
    attempt: 1,
    idempotencyKey: "by-hand",
    providerRef: payment?.providerRef ?? "",
    amount: price,
  });
  expect(await reconcile()).toMatchObject([{ orderId, kind: "contradiction" }]);
  expect((await shop.find(orderId)).state).toBe("confirmed");
});

test("tickets that were given back, and one that is about to be, are no contradiction", async () => {
  const order = await shop.bought(2);
  const [first, second] = order.lines;
  const { refunds, stores, sandbox } = shop;
  await giveBack(order.orderId, first?.seat);
  await sandbox.behave({ operation: "find", conduct: "error-before", order: order.orderId });
  const open = await giveBack(order.orderId, second?.seat);
  expect(await stores.refunds.find(open)).toMatchObject({ state: "refunding" });
  const about = async () => (await reconcile()).filter(({ orderId }) => orderId === order.orderId);
  expect(await about()).toEqual([]);
  await refunds.advance(open);
  expect(await stores.refunds.find(open)).toMatchObject({ state: "refunded" });
  expect(await about()).toEqual([]);
  // More than all refunds together is one.
  const more = await shop.bought(2);
  await giveBack(more.orderId, more.lines[0]?.seat);
  await sandbox.gateway.refund({
    orderId: more.orderId,
    attempt: 1,
    idempotencyKey: `${more.orderId}:by-hand`,
    providerRef: more.payment?.providerRef ?? "",
    amount: price,
  });
  expect(await reconcile()).toContainEqual(
    expect.objectContaining({ orderId: more.orderId, kind: "contradiction" }),
  );
});

test("a payment from before the window that changed today is looked up, not called unknown", async () => {
  const order = await shop.bought(1);
  await giveBack(order.orderId, order.lines[0]?.seat);
  const { gateway } = shop.sandbox;
  const old = { ...gateway, async *ledger() {} };
  const knownOld = new Map<string, number>();
  const findings = await reconcile({ gateway: old, knownOld });
  expect(findings.filter(({ orderId }) => orderId === order.orderId)).toEqual([]);
  expect([...knownOld.keys()]).toContain(`${order.orderId}:1`);
  // And one that it does not know at all is still told.
  const forgets = { ...old, find: async () => ({ kind: "none" }) as const };
  expect(await reconcile({ gateway: forgets })).toContainEqual(
    expect.objectContaining({ orderId: order.orderId, detail: "captured by us, unknown there" }),
  );
});

test("an order that nobody works on is advanced", async () => {
  const draft = await shop.draft({ count: 1 });
  const { orderId } = draft;
  const method = await shop.sandbox.card();
  const confirmed = { draft, provider: "sandbox", method };
  expect((await shop.stores.orders.confirmSeats(confirmed)).kind).toBe("confirmed");
  expect(await reconcile()).toContainEqual(expect.objectContaining({ orderId, kind: "advanced" }));
  await shop.until(orderId, "confirmed");
});

test("a refused refund is stuck, and ends once the provider gives in", async () => {
  const order = await shop.draft({ count: 1 });
  const { orderId, performanceId, lines } = order;
  await shop.sandbox.behave({ operation: "refund", conduct: "decline", order: orderId });
  await shop.database.query(
    `insert into tickets (ticket_id, order_id, performance_id, seat, code)
     values ('planted', $1, $2, $3, 'planted')`,
    [(await shop.draft({ count: 1 })).orderId, performanceId, lines[0]?.seat],
  );
  await shop.purchase.pay(order, await shop.sandbox.card());
  const stuck = await shop.until(orderId, "stuck");
  expect(stuck.reason).toBe("refund-card-declined");
  expect(await shop.seatStates(stuck)).toEqual(["paying"]);
  await shop.purchase.advance(orderId);
  expect((await shop.find(orderId)).state).toBe("stuck");
  await shop.purchase.reopen(orderId);
  const refunded = await shop.until(orderId, "refunded");
  expect(await shop.seatStates(refunded)).toEqual(["free"]);
});

test("money of somebody else who shares the account is left alone", async () => {
  const theirs = "shop-4711" as OrderId;
  await plant(theirs, 1, true);
  expect(await reconcile()).toContainEqual(
    expect.objectContaining({ orderId: theirs, kind: "contradiction" }),
  );
  expect(await inLedger(theirs)).toMatchObject({ captured: 66_000, refunded: 0 });
});

test("a provider that fails: its ledger unreadable ends the round, one answer missing only itself", async () => {
  const [first, second] = [newId("order"), newId("order")];
  await plant(first, 1, true);
  await plant(second, 1, true);
  const { gateway } = shop.sandbox;
  await shop.sandbox.behave({ operation: "ledger", conduct: "error-before" });
  await expect(reconcile()).rejects.toThrow(/ledger cannot be read/);
  const broken = {
    ...gateway,
    refund: (call: Parameters<typeof gateway.refund>[0]) =>
      call.orderId === first ? Promise.reject(new Error("away")) : gateway.refund(call),
  };
  const found = await reconcile({ gateway: broken });
  expect(found.filter(({ orderId }) => orderId === first)).toEqual([]);
  expect(found).toContainEqual(expect.objectContaining({ orderId: second, kind: "refunded" }));
  await shop.sandbox.behave({ operation: "refund", conduct: "error-before", order: first });
  expect(await reconcile()).toContainEqual(
    expect.objectContaining({ orderId: first, kind: "contradiction" }),
  );
  expect(await reconcile()).toContainEqual(
    expect.objectContaining({ orderId: first, kind: "refunded" }),
  );
});
