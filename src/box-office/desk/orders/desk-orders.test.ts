// Orders at the desk over HTTP, on the real stores and the real provider: found, seen whole, given back
// with the effect shown first, and what a person does where the machine stopped.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { startDesk, type TestDesk } from "../../../../test/support/desk.ts";
import { type Shop, startShop } from "../../../../test/support/purchase.ts";
import type { RefundId } from "../../../foundation/after-sale-ids.ts";
import type { Order } from "../../../ports/order-store.ts";
import type { DeskOrder, OrdersFound, RefundPreview } from "../../../wire/desk/desk-orders.ts";
import type { Problem } from "../../../wire/problems.ts";
import { systemClock } from "../../../foundation/clock.ts";
import { silentLog } from "../../../foundation/log.ts";
import { reconcileOnce } from "../../../workers/reconciler.ts";
import { searchOf } from "./desk-orders.ts";

let shop: Shop;
let desk: TestDesk;
let cookie: string;
beforeAll(async () => {
  shop = await startShop();
  desk = await startDesk({ on: { records: shop, gateway: shop.sandbox.gateway } });
  cookie = await signIn(desk.owner);
}, 60_000);
afterAll(async () => {
  await desk?.stop();
  await shop?.close();
});
beforeEach(() => shop.sandbox.calm());

async function signIn(who: { email: string; password: string }): Promise<string> {
  const reply = await fetch(`${desk.address}/desk/api/sign-in`, {
    method: "POST",
    body: JSON.stringify(who),
  });
  return reply.headers.get("set-cookie")?.split(";")[0] ?? "";
}

async function ask<Body>(
  method: string,
  path: string,
  body?: unknown,
  { as = cookie, key = crypto.randomUUID() }: { as?: string; key?: string } = {},
): Promise<{ status: number; body: Body & Problem }> {
  const response = await fetch(`${desk.address}/desk/api${path}`, {
    method,
    headers: { cookie: as, "idempotency-key": key },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body & Problem };
}
const look = async ({ orderId }: Order) => (await ask<DeskOrder>("GET", `/orders/${orderId}`)).body;
const found = async (find: string) => {
  const reply = await ask<OrdersFound>("POST", "/orders/find", { find });
  return reply.body.orders.map(({ orderId }) => orderId as string);
};
const wish = (seats: number[] | "all") => ({ seats, keepFee: false, seatsGo: "to-sale" });
const seatOf = (order: Order, at: number) => order.lines[at]?.seat ?? -1;
async function until(order: Order, holds: (now: DeskOrder) => boolean): Promise<DeskOrder> {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const now = await look(order);
    if (holds(now)) return now;
    if (Date.now() > giveUpAt) throw new Error(JSON.stringify(now.refunds));
    await Bun.sleep(20);
  }
}

test("found by its number, the buyer's address in any letters, a ticket's number, code and page", async () => {
  const order = await shop.bought();
  const [ticket] = await shop.stores.orders.tickets(order.orderId);
  for (const text of [
    order.orderId,
    ` ${order.orderId} `,
    `https://shop.test/o/${order.onSaleId}/${order.orderId}#x`,
    "Fan@Example.TEST",
    ticket?.ticketId ?? "",
    ticket?.code ?? "",
    `https://shop.test/t/${ticket?.code}#h=abc`,
  ])
    expect(await found(text)).toContain(order.orderId);
  expect(await found("nobody@example.test")).toEqual([]);
  expect(await found("%@%.%")).toEqual([]);
  expect(searchOf("what is this")).toBeUndefined();
});

test("one order: buyer, tickets, both books, what it went through", async () => {
  const order = await shop.bought();
  const seen = await look(order);
  expect(seen).toMatchObject({
    state: "confirmed",
    buyer: { name: "Kim", email: "fan@example.test" },
    amount: { amount: 132_000 },
    attempts: [
      { here: { state: "captured", refunded: 0 }, there: { captured: 132_000 }, agree: true },
    ],
    refunds: [],
  });
  expect(seen.lines.map(({ ticketId }) => typeof ticketId)).toEqual(["string", "string"]);
  expect(seen.history.at(-1)?.state).toBe("confirmed");
  await shop.sandbox.behave({ operation: "find", conduct: "error-before", order: order.orderId });
  const unread = (await look(order)).attempts[0];
  expect(unread).toMatchObject({ there: "unreadable" });
  expect(unread).not.toHaveProperty("agree");
  const none = await ask("GET", "/orders/or_0000000000000000000000");
  expect([none.status, none.body.code]).toEqual([404, "order-not-found"]);
});

test("a ticket is given back: the effect first, then the deed, once, with a reason in the audit", async () => {
  const order = await shop.bought();
  const path = `/orders/${order.orderId}/refunds`;
  const seats = [seatOf(order, 1)];
  const preview = await ask<RefundPreview>("POST", `${path}/preview`, wish(seats));
  expect(preview.body).toEqual({
    seats,
    amount: { amount: 66_000, currency: "KRW" },
    fee: 0,
    checkedIn: [],
    givenAway: [],
    sellsNow: false,
  } as never);
  expect((await look(order)).refunds).toEqual([]);

  const body = { ...wish(seats), reason: "sold by mistake" };
  const replies = await Promise.all(
    [1, 2].map(() => ask("POST", path, body, { key: "same-key-1" })),
  );
  expect(replies.map(({ status }) => status)).toEqual([200, 200]);
  const done = await until(order, ({ refunds }) => refunds[0]?.state === "refunded");
  expect(done.refunds).toMatchObject([{ amount: 66_000, seats, operator: expect.any(String) }]);
  expect(done.attempts[0]).toMatchObject({ there: { refunded: 66_000 }, agree: true });
  expect(done.lines.map(({ ticketId }) => ticketId !== undefined)).toEqual([true, false]);
  const trail = await shop.stores.operators.auditTrail(20);
  const written = trail.filter(({ subject }) => subject === order.orderId);
  expect(written).toMatchObject([
    { action: "order.refund", detail: { after: { amount: 66_000, reason: "sold by mistake" } } },
  ]);
  const twice = await ask("POST", path, body);
  expect([twice.status, twice.body.code]).toEqual([409, "refund-refused"]);
  const other = await ask("POST", path, { ...body, reason: "another" }, { key: "same-key-1" });
  expect(other.body.code).toBe("idempotency-key-reused");
});

test("[S9] what a request says of money is nothing; without a reason nothing is done", async () => {
  const order = await shop.bought(1);
  const path = `/orders/${order.orderId}/refunds`;
  const greedy = { ...wish("all"), reason: "more", amount: 9_999_999, fee: -1, feePerTicket: -5 };
  expect((await ask("POST", path, { ...wish("all"), reason: " " })).status).toBe(400);
  expect((await ask("POST", path, greedy)).status).toBe(200);
  const done = await until(order, ({ refunds }) => refunds[0]?.state === "refunded");
  expect(done.refunds[0]).toMatchObject({ amount: 66_000, fee: 0 });
});

test("who may only look can look, and do nothing", async () => {
  const order = await shop.bought(1);
  const password = crypto.randomUUID();
  const viewer = { email: "viewer@example.test", password };
  await shop.stores.operators.create({ ...viewer, name: "Viewer", role: "viewer" });
  const as = await signIn(viewer);
  const { orderId } = order;
  expect((await ask("GET", `/orders/${orderId}`, undefined, { as })).status).toBe(200);
  for (const path of ["refunds", "again", "pay-back", "settle"]) {
    const body = { ...wish("all"), reason: "because" };
    const reply = await ask("POST", `/orders/${orderId}/${path}`, body, { as });
    expect([path, reply.status, reply.body.code]).toEqual([path, 403, "forbidden"]);
  }
  expect((await ask("GET", `/orders/${orderId}`, undefined, { as: "" })).status).toBe(401);
});

describe("where the machine stopped", () => {
  async function stuckRefund(): Promise<{ order: Order; refundId: RefundId }> {
    const order = await shop.bought();
    await shop.sandbox.behave({ operation: "refund", conduct: "decline", order: order.orderId });
    const body = { ...wish([seatOf(order, 0)]), reason: "cannot come" };
    await ask("POST", `/orders/${order.orderId}/refunds`, body);
    const stuck = await until(order, ({ refunds }) => refunds[0]?.state === "stuck");
    const [refund] = stuck.refunds;
    if (refund === undefined) throw new Error("nothing is stuck");
    return { order, refundId: refund.refundId };
  }

  test("a stuck refund is listed, and asked again", async () => {
    const { order, refundId } = await stuckRefund();
    const listed = await ask<{ refunds: { refundId: string }[] }>("GET", "/stuck-orders");
    expect(listed.body.refunds.map((refund) => refund.refundId)).toContain(refundId);
    expect(await shop.stores.deskReads.countStuck()).toBeGreaterThanOrEqual(1);
    const again = await ask<DeskOrder>("POST", `/refunds/${refundId}/again`);
    expect(again.body.refunds[0]).toMatchObject({ state: "refunded", settledWhere: "provider" });
    expect((await look(order)).attempts[0]?.agree).toBeTrue();
  });

  test("settled by a person: only what the ledger shows, or elsewhere by their word", async () => {
    const { refundId } = await stuckRefund();
    const path = `/refunds/${refundId}/settle`;
    const reason = "seen in the dashboard";
    const early = await ask("POST", path, { how: "at-provider", reason });
    expect([early.status, early.body.facts?.["reason"]]).toEqual([409, "not-there"]);
    const { order, refundId: other } = await stuckRefund();
    const bank = { how: "elsewhere", reason: "bank transfer" };
    const done = await ask<DeskOrder>("POST", `/refunds/${other}/settle`, bank);
    expect(done.body.refunds[0]).toMatchObject({
      state: "refunded",
      settledWhere: "elsewhere",
      settledReason: "bank transfer",
    });
    expect(await shop.seatStates(order)).toContain("free");
    const trail = await shop.stores.operators.auditTrail(5);
    expect(trail[0]).toMatchObject({ action: "refund.settle", detail: { after: bank } });
  });

  test("asking again while somebody has it says so, and when to press again; nothing is noted", async () => {
    const { refundId } = await stuckRefund();
    const [held] = await shop.stores.refunds.lease({ limit: 1, leaseMs: 20_000, refundId });
    expect(held?.refund.state).toBe("stuck");
    for (const [path, body] of [
      [`/refunds/${refundId}/again`, undefined],
      [`/refunds/${refundId}/settle`, { how: "elsewhere", reason: "bank transfer" }],
    ] as const) {
      const busy = await ask("POST", path, body);
      expect([busy.status, busy.body.code]).toEqual([409, "being-worked-on"]);
      expect(busy.body.retryAfterMs).toBeGreaterThan(10_000);
      expect(busy.body.retryAfterMs).toBeLessThanOrEqual(20_000);
    }
    const trail = await shop.stores.operators.auditTrail(20);
    expect(trail.filter(({ subject }) => subject === refundId)).toEqual([]);
    if (held !== undefined)
      await shop.stores.refunds.record(held, { state: "refunding", dueAt: 0 });
  });

  async function stuckOrder(): Promise<Order> {
    const order = await shop.draft({ count: 1 });
    const { orderId } = order;
    await shop.sandbox.behave({ operation: "refund", conduct: "decline", order: orderId });
    const planted = `planted-${orderId}`;
    await shop.database.query(
      `insert into tickets (ticket_id, order_id, performance_id, seat, code) values ($4, $1, $2, $3, $4)`,
      [(await shop.draft({ count: 1 })).orderId, order.performanceId, seatOf(order, 0), planted],
    );
    await shop.purchase.pay(order, await shop.sandbox.card());
    await shop.until(orderId, "stuck");
    await shop.database.query("delete from tickets where ticket_id = $1", [planted]);
    return await shop.find(orderId);
  }

  test("a stuck order is paid back by a person, who cannot settle it while money is held", async () => {
    const order = await stuckOrder();
    const { orderId } = order;
    expect((await look(order)).attempts[0]).toMatchObject({ agree: false });
    const held = await ask("POST", `/orders/${orderId}/settle`, {
      how: "at-provider",
      reason: "nothing there",
    });
    expect([held.status, held.body.facts?.["reason"]]).toEqual([409, "money-held"]);
    expect((await shop.find(orderId)).state).toBe("stuck");
    const [leased] = await shop.stores.orders.lease({ limit: 1, leaseMs: 20_000, orderId });
    for (const [act, body] of [
      ["again", undefined],
      ["pay-back", { reason: "no seat" }],
      ["settle", { how: "elsewhere", reason: "bank transfer" }],
    ] as const) {
      const busy = await ask("POST", `/orders/${orderId}/${act}`, body);
      expect([busy.status, busy.body.code]).toEqual([409, "being-worked-on"]);
      expect(busy.body.retryAfterMs).toBeGreaterThan(10_000);
    }
    if (leased !== undefined) await shop.stores.orders.record(leased, { state: "stuck" });
    const back = await ask<DeskOrder>("POST", `/orders/${orderId}/pay-back`, { reason: "no seat" });
    expect(back.body).toMatchObject({ state: "refunded", reason: "by-operator" });
    expect(await shop.seatStates(order)).toEqual(["free"]);
    const again = await ask("POST", `/orders/${orderId}/pay-back`, { reason: "again" });
    expect(again.body.facts?.["reason"]).toBe("not-stuck");
  });

  test("a stuck order whose fan was paid back another way is settled by a person's word, and stays so", async () => {
    const order = await stuckOrder();
    const { orderId } = order;
    const by = { how: "elsewhere", reason: "bank transfer of 3 May" };
    const done = await ask<DeskOrder>("POST", `/orders/${orderId}/settle`, by);
    expect(done.body).toMatchObject({ state: "refunded", reason: "settled-elsewhere" });
    expect(await shop.seatStates(order)).toEqual(["free"]);
    // The provider keeps it in both books, and the reconciler does not send it back a second time.
    expect(done.body.attempts[0]).toMatchObject({
      here: { state: "captured", refunded: 0 },
      there: { captured: 66_000, refunded: 0 },
    });
    const { gateway } = shop.sandbox;
    const { orders: store } = shop.stores;
    const { purchase } = shop;
    const findings = await reconcileOnce({
      ...{ store, gateway, purchase, clock: systemClock, log: silentLog },
      restMs: 0,
    });
    expect(findings.filter((finding) => finding.orderId === orderId)).toEqual([]);
    const ledger = await shop.sandbox.ledger();
    expect(ledger.find((payment) => payment.orderId === orderId)?.refunded).toBe(0);
    const trail = await shop.stores.operators.auditTrail(1);
    expect(trail[0]).toMatchObject({ action: "order.settle", detail: { after: by } });
    const again = await ask("POST", `/orders/${orderId}/settle`, by);
    expect(again.body.facts?.["reason"]).toBe("not-stuck");
  });

  test("a stuck order whose money is back at the provider is settled, not paid back again", async () => {
    const order = await stuckOrder();
    const { orderId, payment } = order;
    await shop.sandbox.gateway.refund({
      orderId,
      attempt: 1,
      idempotencyKey: crypto.randomUUID(),
      providerRef: payment?.providerRef ?? "",
      amount: order.amount,
    });
    const none = await ask("POST", `/orders/${orderId}/pay-back`, { reason: "pay" });
    expect(none.body.facts?.["reason"]).toBe("not-all-held");
    await shop.sandbox.behave({ operation: "find", conduct: "error-before", order: orderId });
    const by = { how: "at-provider", reason: "by hand" };
    const silent = await ask("POST", `/orders/${orderId}/settle`, by);
    expect(silent.body.facts?.["reason"]).toBe("unreadable");
    const gone = await ask("POST", `/orders/${orderId}/settle`, { ...by, how: "elsewhere" });
    expect(gone.body.facts?.["reason"]).toBe("nothing-held");
    const done = await ask<DeskOrder>("POST", `/orders/${orderId}/settle`, by);
    expect(done.body).toMatchObject({ state: "refunded", reason: "settled-by-person" });
    expect(await shop.seatStates(order)).toEqual(["free"]);
  });
});
