// The purchase against the real PostgreSQL and the real sandbox provider.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { purchaseOf, type Shop, startShop } from "../../test/support/purchase.ts";
import type { Order } from "../ports/order-store.ts";
import { readTicketCode } from "../wire/tickets/ticket-code.ts";

let shop: Shop;
let webhooks = 0;
const listener = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const { sandbox, purchase } = shop;
    const told = await sandbox.gateway.readWebhook(await request.text(), request.headers);
    if (told === undefined) return new Response(null, { status: 400 });
    webhooks += 1;
    await purchase.advance(told.orderId);
    return new Response(null, { status: 204 });
  },
});

beforeAll(async () => {
  const url = `http://127.0.0.1:${listener.port}/`;
  shop = await startShop({ args: ["--webhook-url", url, "--webhook-retry-ms", "50"] });
}, 60_000);
afterAll(async () => {
  await shop?.close();
  await listener.stop(true);
});
beforeEach(() => shop.sandbox.calm());

async function pay(order: Order, number?: string) {
  const reply = await shop.purchase.pay(order, await shop.sandbox.card(number));
  await shop.purchase.idle();
  return reply;
}

async function attemptsOf(order: Order) {
  const all = await shop.sandbox.ledger();
  return all.filter(({ orderId }) => orderId === order.orderId);
}

test("approved: captured once, seats sold, a signed ticket per seat", async () => {
  const order = await shop.draft();
  expect(await pay(order)).toMatchObject({ kind: "paying", order: { state: "authorizing" } });
  const confirmed = await shop.until(order.orderId, "confirmed");
  expect(confirmed.payment).toMatchObject({ state: "captured" });
  expect(await shop.seatStates(confirmed)).toEqual(["sold"]);
  const tickets = await shop.stores.orders.tickets(order.orderId);
  expect(tickets).toHaveLength(2);
  const { publicKeys } = await shop.stores.keys.signing("ticket");
  for (const { code, seat } of tickets)
    expect(await readTicketCode(publicKeys, code)).toMatchObject({ ticket: { seat } });
  expect(await attemptsOf(order)).toMatchObject([{ captured: 132_000, refunded: 0 }]);
  const told = shop.told.filter(({ orderId }) => orderId === order.orderId);
  expect(told.map(({ state }) => state)).toEqual(["authorizing", "confirmed"]);
});

test("declined: the seats go back to the hold, and a second card works", async () => {
  const order = await shop.draft();
  await pay(order, "4000000000009995");
  const again = await shop.until(order.orderId, "draft");
  expect(again).toMatchObject({ reason: "insufficient-funds", attempt: 1 });
  expect(await shop.seatStates(again)).toEqual(["held"]);
  await pay(again);
  expect(await shop.until(order.orderId, "confirmed")).toMatchObject({ attempt: 2 });
  expect(await attemptsOf(order)).toHaveLength(2);
});

test("a repeat of pay while one runs, and after it, begins nothing", async () => {
  const order = await shop.draft();
  const method = await shop.sandbox.card();
  const replies = await Promise.all([1, 2, 3].map(() => shop.purchase.pay(order, method)));
  // One that is answered late may find it bought already.
  for (const reply of replies)
    expect(reply.kind === "paying" || reply.order.state === "confirmed").toBeTrue();
  await shop.until(order.orderId, "confirmed");
  expect((await shop.purchase.pay(order, method)).kind).toBe("not-payable");
  expect(await attemptsOf(order)).toHaveLength(1);
});

test("[M2] proof: waits for the fan, goes on by webhooks, even sent twice and late", async () => {
  const order = await shop.draft();
  await shop.sandbox.behave({ operation: "webhook", conduct: "twice", times: 9 });
  await pay(order, "4000000000003220");
  const waiting = await shop.until(order.orderId, "requires-action");
  const before = webhooks;
  await fetch(waiting.payment?.actionUrl ?? "", {
    method: "POST",
    body: new URLSearchParams({ answer: "approve" }),
    redirect: "manual",
  });
  await shop.until(order.orderId, "confirmed");
  expect(webhooks).toBeGreaterThan(before);
  expect(await attemptsOf(order)).toMatchObject([{ state: "captured", captured: 132_000 }]);
});

test("[M2] what is said of an order while it is driven here waits for that, and costs no question", async () => {
  const asked: string[] = [];
  const watched = (["find", "lease", "nudge"] as const).map((name) => {
    const ask = shop.stores.orders[name] as (...all: unknown[]) => Promise<unknown>;
    return [name, (...all: unknown[]) => (asked.push(name), ask(...all))];
  });
  const orders = { ...shop.stores.orders, ...Object.fromEntries(watched) };
  const { gateway } = shop.sandbox;
  let losses = 0;
  const orLost = <Reply>(reply: Reply) =>
    losses-- > 0 ? ({ kind: "unknown", detail: "lost" } as const) : reply;
  const purchase = purchaseOf(
    { ...shop.stores, orders },
    {
      ...gateway,
      async authorize(call) {
        const reply = await gateway.authorize(call);
        for (let times = 0; times < 3; times++) await purchase.advance(call.orderId);
        return orLost(reply);
      },
      find: async (...named) => orLost(await gateway.find(...named)),
    },
  );
  const pay = async () => {
    const order = await shop.draft();
    asked.length = 0;
    const reply = await purchase.pay(order, await shop.sandbox.card());
    expect(reply.kind).toBe("paying");
    await purchase.idle();
    const questions = [...asked];
    expect(await shop.find(order.orderId)).toMatchObject({ state: "confirmed", attempt: 1 });
    expect(await attemptsOf(order)).toMatchObject([{ captured: 132_000, refunded: 0 }]);
    return questions;
  };
  await shop.sandbox.behave({ operation: "webhook", conduct: "never", times: 9 });
  expect(await pay()).toEqual([]);
  // It would rest a while after two lost answers; it goes on because the three were not forgotten, once.
  losses = 2;
  expect(await pay()).toEqual(["find", "lease"]);
});

test("the provider took it and never answered: asked, not paid twice", async () => {
  for (const number of ["4000000000000119", "4000000000006975"]) {
    const order = await shop.draft();
    await pay(order, number);
    await shop.until(order.orderId, "confirmed");
    const history = await shop.database.query(
      "select state from order_history where order_id = $1 order by id",
      [order.orderId],
    );
    expect(history.rows.map(({ state }) => state)).toContain("payment-unknown");
    expect(await attemptsOf(order)).toMatchObject([{ captured: 132_000, refunded: 0 }]);
  }
});

test("a capture that failed before or after it took effect is asked about, and made once", async () => {
  for (const conduct of ["silent-before", "error-before", "error-after"]) {
    const order = await shop.draft();
    await shop.sandbox.behave({ operation: "capture", conduct, order: order.orderId });
    await pay(order);
    await shop.until(order.orderId, "confirmed");
    expect(await attemptsOf(order)).toMatchObject([{ state: "captured", captured: 132_000 }]);
  }
});

test("the provider never took it: the same attempt is made again", async () => {
  const order = await shop.draft();
  const { orderId } = order;
  await shop.sandbox.behave({ operation: "authorize", conduct: "silent-before", order: orderId });
  await pay(order);
  while ((await shop.find(orderId)).state !== "confirmed") {
    await shop.purchase.advance(orderId);
    await Bun.sleep(20);
  }
  expect(await attemptsOf(order)).toHaveLength(1);
});

test("[S1] issue impossible: the money goes back, then the seats are free", async () => {
  const order = await shop.draft();
  const other = await shop.draft();
  // Somebody else's live ticket on one of the seats: only a fault or an operator can do this.
  await shop.database.query(
    `insert into tickets (ticket_id, order_id, performance_id, seat, code)
     values ('planted', $1, $2, $3, 'planted')`,
    [other.orderId, order.performanceId, order.lines[0]?.seat],
  );
  await pay(order);
  const refunded = await shop.until(order.orderId, "refunded");
  expect(refunded).toMatchObject({ reason: "seat-has-a-ticket", payment: { refunded: 132_000 } });
  expect(await shop.seatStates(refunded)).toEqual(["free"]);
  expect(await attemptsOf(order)).toMatchObject([{ captured: 132_000, refunded: 132_000 }]);
  await shop.database.query("delete from tickets where ticket_id = 'planted'");
});

test("capture refused: voided, and another card may be tried", async () => {
  const order = await shop.draft();
  await pay(order, "4000000000000341");
  expect(await shop.until(order.orderId, "draft")).toMatchObject({
    reason: "authorization-expired",
    payment: { state: "voided" },
  });
  expect(await attemptsOf(order)).toMatchObject([{ state: "voided", captured: 0 }]);
});

test("the deadline passes at the proof: cancelled at the provider first, then the seats are free", async () => {
  const order = await shop.draft({ holdMs: 4_000 });
  await pay(order, "4000000000003220");
  await shop.until(order.orderId, "requires-action");
  await shop.sandbox.behave({ operation: "void", conduct: "error-before", order: order.orderId });
  while (Date.now() < order.deadline) await Bun.sleep(10);
  await shop.purchase.advance(order.orderId);
  const between = await shop.find(order.orderId);
  if (between.state !== "cancelled") expect(await shop.seatStates(between)).toEqual(["paying"]);
  while ((await shop.find(order.orderId)).state !== "cancelled") {
    await shop.purchase.advance(order.orderId);
    await Bun.sleep(20);
  }
  const cancelled = await shop.find(order.orderId);
  expect(cancelled.reason).toBe("too-late");
  expect(await shop.seatStates(cancelled)).toEqual(["free"]);
  expect(await attemptsOf(order)).toMatchObject([{ state: "voided" }]);
});

test("a fan leaves: a draft ends, a proof is voided first, a confirmed order stays", async () => {
  const draft = await shop.draft();
  expect(await shop.purchase.cancelDraft(draft.orderId)).toEqual({ kind: "cancelled" });
  expect(await shop.seatStates(draft)).toEqual(["held"]);

  const order = await shop.draft();
  await pay(order, "4000000000003220");
  await shop.until(order.orderId, "requires-action");
  expect(await shop.purchase.cancelDraft(order.orderId)).toEqual({ kind: "not-a-draft" });
  expect(await shop.leave(order.orderId)).toBe("cancelling");
  const left = await shop.until(order.orderId, "cancelled");
  expect(left.reason).toBe("fan-left");
  expect(await attemptsOf(order)).toMatchObject([{ state: "voided" }]);

  const bought = await shop.draft();
  await pay(bought);
  await shop.until(bought.orderId, "confirmed");
  expect(await shop.purchase.cancel(bought.orderId)).toEqual({ kind: "not-cancellable" });
});

test("a hold that is gone: the order is cancelled and no money is asked for", async () => {
  const order = await shop.draft();
  const { performanceId, entryId: owner, holdId } = order;
  await shop.stores.seatClaims.release({ performanceId, owner, holdId });
  await shop.stores.seatClaims.claim({
    performanceId,
    owner: "qe_somebodyElse0000000000" as Order["entryId"],
    holdId: "hd_somebodyElse0000000000" as Order["holdId"],
    seats: order.lines.map(({ seat }) => seat),
    heldAt: Date.now(),
    deadline: Date.now() + 60_000,
    limit: 6,
  });
  expect(await pay(order)).toMatchObject({
    kind: "seats-lost",
    order: { state: "cancelled", reason: "seats-lost" },
  });
  expect(await attemptsOf(order)).toEqual([]);
});

test("[S5, S6, S7, S8] at rest both books agree, order by order", async () => {
  expect(await shop.booksAgree()).toEqual([]);
});
