// A whole purchase with a provider at whose page the fan pays: real PostgreSQL, the real saga, the real
// adapter, and the provider process in that provider's own protocol. The same sentences for both, but
// where their protocols differ: Stripe lets a fan try another card on its page, Toss ends the attempt;
// Stripe holds money before the capture, Toss does not.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { idempotencyKey, type PaymentOperation } from "../../src/domain/ordering/payment.ts";
import { systemClock } from "../../src/foundation/clock.ts";
import { silentLog } from "../../src/foundation/log.ts";
import type { Order } from "../../src/ports/order-store.ts";
import { reconcileOnce } from "../../src/workers/reconciler.ts";
import { payAt } from "../support/paying-fan.ts";
import { type Shop, startShop } from "../support/purchase.ts";
import { type Dialect, newOrderId } from "../support/sandbox.ts";
import { until } from "../support/until.ts";

const cards = {
  good: "4242424242424242",
  declined: "4000000000000002",
  proof: "4000000000003220",
  silentCapture: "4000000000006975",
  captureRefused: "4000000000000341",
};

export function declarePurchases(dialect: Exclude<Dialect, "sandbox">): void {
  let shop: Shop;
  let webhooks = 0;
  const heard: string[] = [];
  const listener = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { sandbox, purchase } = shop;
      const hint = await sandbox.gateway.readWebhook(await request.text(), request.headers);
      if (hint === undefined) return new Response(null, { status: 400 });
      webhooks += 1;
      heard.push(hint.orderId);
      await (hint.signed ? purchase.advance(hint.orderId) : purchase.look(hint.orderId));
      return new Response(null, { status: 204 });
    },
  });
  beforeAll(async () => {
    const url = `http://127.0.0.1:${listener.port}/`;
    shop = await startShop({ dialect, args: ["--webhook-url", url, "--webhook-retry-ms", "50"] });
  }, 60_000);
  afterAll(async () => {
    await shop?.close();
    await listener.stop(true);
  });
  beforeEach(() => shop.sandbox.calm());

  /** Up to the provider's page: the seats are kept for the payment, and the fan is sent there. */
  async function atThePage(order: Order): Promise<{ order: Order; actionUrl: string }> {
    expect(await shop.purchase.pay(order, "hosted")).toMatchObject({ kind: "paying" });
    const waiting = await shop.until(order.orderId, "requires-action");
    expect(await shop.seatStates(waiting)).toEqual(["paying"]);
    const actionUrl = waiting.payment?.actionUrl;
    if (actionUrl === undefined) throw new Error("no address to pay at");
    return { order: waiting, actionUrl };
  }
  const paid = (actionUrl: string, card?: string) => payAt(actionUrl, { card }, shop.sandbox);

  async function pay(order: Order, card?: string): Promise<void> {
    const at = await atThePage(order);
    const back = await paid(at.actionUrl, card);
    await shop.purchase.returned(at.order, back.searchParams);
  }
  async function attemptsOf({ orderId }: Order) {
    const all = await shop.sandbox.ledger();
    return all.filter((payment) => payment.orderId === orderId && payment.captured > 0);
  }
  async function advanceUntil(order: Order, ...states: Order["state"][]): Promise<Order> {
    const giveUpAt = Date.now() + 15_000;
    for (;;) {
      const now = await shop.find(order.orderId);
      if (states.includes(now.state)) return now;
      if (Date.now() > giveUpAt) throw new Error(`${now.state}, wanted ${states.join(", ")}`);
      await shop.purchase.advance(order.orderId);
      await Bun.sleep(20);
    }
  }
  const once = (order: Order) =>
    expect(attemptsOf(order)).resolves.toMatchObject([{ captured: 132_000, refunded: 0 }]);

  test(`${dialect}: paid at the provider's page: captured once, seats sold, a ticket per seat`, async () => {
    for (const card of [cards.good, cards.proof]) {
      const order = await shop.draft();
      await pay(order, card);
      const confirmed = await shop.until(order.orderId, "confirmed");
      expect(confirmed.payment).toMatchObject({ state: "captured", provider: dialect });
      expect(await shop.seatStates(confirmed)).toEqual(["sold"]);
      expect(await shop.stores.orders.tickets(order.orderId)).toHaveLength(2);
      await once(order);
    }
  });

  test(`${dialect}: a card that is declined: another one works`, async () => {
    const order = await shop.draft();
    const at = await atThePage(order);
    if (dialect === "stripe") {
      // The page stays open, and the order waits; the fan goes away and comes back to it.
      const back = await paid(at.actionUrl, cards.declined);
      await shop.purchase.returned(at.order, back.searchParams);
      expect((await shop.find(order.orderId)).state).toBe("requires-action");
      await paid(at.actionUrl);
      await advanceUntil(order, "confirmed");
    } else {
      const back = await paid(at.actionUrl, cards.declined);
      await shop.purchase.returned(at.order, back.searchParams);
      const again = await shop.until(order.orderId, "draft");
      expect(again).toMatchObject({ reason: "card-declined", attempt: 1 });
      expect(await shop.seatStates(again)).toEqual(["held"]);
      await pay(again);
      expect(await shop.until(order.orderId, "confirmed")).toMatchObject({ attempt: 2 });
    }
    await once(order);
  });

  test(`${dialect}: the capture is refused: nothing is held, and another attempt works`, async () => {
    const order = await shop.draft();
    await pay(order, cards.captureRefused);
    const again = await shop.until(order.orderId, "draft");
    expect(again).toMatchObject({ reason: "authorization-expired", payment: { state: "voided" } });
    await pay(again);
    expect(await shop.until(order.orderId, "confirmed")).toMatchObject({ attempt: 2 });
    await once(order);
  });

  test(`${dialect}: the money was taken and nobody said so: asked, not taken twice`, async () => {
    const order = await shop.draft();
    await pay(order, cards.silentCapture);
    await advanceUntil(order, "confirmed");
    const history = await shop.database.query(
      "select state from order_history where order_id = $1",
      [order.orderId],
    );
    expect(history.rows.map(({ state }) => state)).toContain("payment-unknown");
    await once(order);
  });

  test(`${dialect}: bad weather before and after the capture: taken once`, async () => {
    for (const conduct of ["silent-before", "error-before", "error-after", "slow"]) {
      const order = await shop.draft();
      const { orderId } = order;
      await shop.sandbox.behave({ operation: "capture", conduct, order: orderId, delayMs: 900 });
      await pay(order);
      await advanceUntil(order, "confirmed");
      await once(order);
    }
  });

  test(`${dialect}: the deadline passes while the ledger is silent about a capture: it is seen through`, async () => {
    const order = await shop.draft({ holdMs: 2_500 });
    const { orderId } = order;
    const at = await atThePage(order);
    const back = await paid(at.actionUrl);
    await shop.sandbox.behave({ operation: "capture", conduct: "silent-after", order: orderId });
    // Stripe is asked before the capture too, and would be silent then.
    if (dialect === "toss")
      await shop.sandbox.behave({ operation: "find", conduct: "error-before", times: 1_000 });
    await shop.purchase.returned(at.order, back.searchParams);
    while (Date.now() <= order.deadline) await Bun.sleep(20);
    if ((await shop.find(orderId)).state !== "confirmed") {
      const between = await shop.find(orderId);
      expect(await shop.seatStates(between)).toEqual(["paying"]);
    }
    await shop.sandbox.calm();
    await advanceUntil(order, "confirmed");
    await once(order);
  });

  test(`${dialect}: the fan never comes back: ${dialect === "stripe" ? "a webhook brings it" : "nothing was taken, and the hold ends"}`, async () => {
    const order = await shop.draft({ holdMs: dialect === "stripe" ? 60_000 : 1_200 });
    const at = await atThePage(order);
    const before = webhooks;
    await paid(at.actionUrl);
    if (dialect === "stripe") {
      await shop.until(order.orderId, "confirmed");
      expect(webhooks).toBeGreaterThan(before);
      await once(order);
      return;
    }
    const ended = await advanceUntil(order, "cancelled");
    expect(ended.reason).toBe("too-late");
    expect(await shop.seatStates(ended)).toEqual(["free"]);
    expect(await attemptsOf(order)).toEqual([]);
  });

  test(`${dialect}: webhooks twice, late, out of order or never: the same end, once`, async () => {
    const weather = { operation: "webhook", times: 9, delayMs: 500 };
    const never = await bought({ ...weather, conduct: "never" });
    const told = (order: Order) => heard.filter((orderId) => orderId === order.orderId).length;
    // One of the payment at the page, one of the capture.
    const all = 2;
    const inTheEnd = { twice: 2 * all, late: all };
    for (const [conduct, times] of [
      ["twice", 9],
      ["late", 9],
      ["late", 1],
    ] as const) {
      const order = await bought({ ...weather, conduct, times });
      // What is still on its way changes nothing when it comes.
      const before = await shop.find(order.orderId);
      await until("the fan to be told", () => told(order) === inTheEnd[conduct]);
      expect(await shop.find(order.orderId)).toEqual(before);
    }
    expect(told(never)).toBe(0);
  });

  async function bought(rule: Record<string, unknown>): Promise<Order> {
    const order = await shop.draft();
    await shop.sandbox.behave({ ...rule, order: order.orderId });
    await pay(order);
    await advanceUntil(order, "confirmed");
    await once(order);
    return order;
  }

  test(`${dialect}: the deadline passes at the page: ended at the provider first, and cannot be paid after`, async () => {
    const order = await shop.draft({ holdMs: 1_200 });
    const at = await atThePage(order);
    while (Date.now() <= order.deadline) await Bun.sleep(10);
    const cancelled = await advanceUntil(order, "cancelled");
    expect(cancelled.reason).toBe("too-late");
    expect(await shop.seatStates(cancelled)).toEqual(["free"]);
    await payLate(at);
  });

  test(`${dialect}: the fan leaves at the page: ended, and cannot be paid after`, async () => {
    const order = await shop.draft();
    const at = await atThePage(order);
    expect(await shop.leave(order.orderId)).toBe("cancelling");
    expect(await advanceUntil(order, "cancelled")).toMatchObject({ reason: "fan-left" });
    await payLate(at);
  });

  /** Whatever the fan does at the provider now, no money is taken. */
  async function payLate({ order, actionUrl }: { order: Order; actionUrl: string }) {
    const back = await paid(actionUrl).catch(() => undefined);
    await shop.purchase.returned(order, back?.searchParams ?? new URLSearchParams());
    expect((await shop.find(order.orderId)).state).toBe("cancelled");
    expect(await attemptsOf(order)).toEqual([]);
  }

  test(`${dialect}: the way back, forged and repeated, takes nothing and nothing twice`, async () => {
    const order = await shop.draft();
    const at = await atThePage(order);
    const back = await paid(at.actionUrl);
    const forged = new URLSearchParams(back.search);
    forged.set("amount", "1");
    const others = new URLSearchParams(back.search);
    others.set("orderId", "or_somebodyElse00000000000-1");
    if (dialect === "toss")
      for (const query of [forged, others]) {
        await shop.purchase.returned(at.order, query);
        expect((await shop.find(order.orderId)).state).toBe("requires-action");
      }
    const again = () => shop.purchase.returned(at.order, back.searchParams);
    await Promise.all([again(), again(), again()]);
    await advanceUntil(order, "confirmed");
    await again();
    await once(order);
  });

  test(`${dialect}: a name of a payment that is not there is refused, and the seats go back to the hold`, async () => {
    const order = await shop.draft();
    const at = await atThePage(order);
    const madeUp = new URLSearchParams({
      paymentKey: `tsbx_${"0".repeat(32)}`,
      orderId: `${order.orderId}-1`,
      amount: "132000",
    });
    await shop.purchase.returned(at.order, madeUp);
    const after = await shop.find(order.orderId);
    // Stripe's way back carries no name: there is nothing to make up.
    expect(after.state).toBe(dialect === "stripe" ? "requires-action" : "draft");
    expect(await attemptsOf(order)).toEqual([]);
  });

  test(`${dialect}: issue impossible: the money goes back, then the seats are free`, async () => {
    const order = await shop.draft();
    const other = await shop.draft();
    await shop.database.query(
      `insert into tickets (ticket_id, order_id, performance_id, seat, code)
       values ('planted', $1, $2, $3, 'planted')`,
      [other.orderId, order.performanceId, order.lines[0]?.seat],
    );
    await pay(order);
    const refunded = await advanceUntil(order, "refunded");
    expect(refunded).toMatchObject({ reason: "seat-has-a-ticket", payment: { refunded: 132_000 } });
    expect(await shop.seatStates(refunded)).toEqual(["free"]);
    expect(await attemptsOf(order)).toMatchObject([{ captured: 132_000, refunded: 132_000 }]);
    await shop.database.query("delete from tickets where ticket_id = 'planted'");
  });

  test(`${dialect}: money that no order wants goes back, by the reconciler`, async () => {
    const { gateway } = shop.sandbox;
    const orphan = async () => {
      const orderId = newOrderId();
      const names = { orderId, attempt: 1 };
      const amount = { amount: 132_000, currency: "KRW" };
      const key = (operation: PaymentOperation) => idempotencyKey(orderId, 1, operation);
      const returnUrl = "http://shop.test/back";
      const call = { ...names, amount, method: "hosted", returnUrl };
      const reply = await gateway.authorize({ ...call, idempotencyKey: key("authorize") });
      if (reply.kind !== "requires-action") throw new Error(reply.kind);
      const back = await paid(reply.actionUrl);
      const ref =
        gateway.readReturn(back.searchParams, { ...names, amount }) ?? reply.providerRef ?? "";
      return { orderId, names, amount, ref, key };
    };
    const reconcile = () =>
      reconcileOnce({
        ...{ store: shop.stores.orders, gateway, purchase: shop.purchase },
        ...{ clock: systemClock, log: silentLog, restMs: 0 },
      });
    const taken = await orphan();
    const { names, amount, ref, key } = taken;
    const capture = { ...names, providerRef: ref, amount, idempotencyKey: key("capture") };
    expect(await gateway.capture(capture)).toEqual({ kind: "captured" });
    const held = dialect === "stripe" ? await orphan() : undefined;
    const said = await reconcile();
    expect(said).toContainEqual(
      expect.objectContaining({ orderId: taken.orderId, kind: "refunded" }),
    );
    if (held !== undefined)
      expect(said).toContainEqual(
        expect.objectContaining({ orderId: held.orderId, kind: "voided" }),
      );
    const ours = new Set([taken.orderId, held?.orderId]);
    expect((await reconcile()).filter(({ orderId }) => ours.has(orderId))).toEqual([]);
  });

  test(`${dialect}: at rest both books agree, order by order`, async () => {
    expect(await shop.booksAgree()).toEqual([]);
  });
}
