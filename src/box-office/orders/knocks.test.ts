// Three ways in which an order hears of its payment: the provider's webhook, the fan's way back, the page
// that asks. Each alone is enough, since all of them do the same; together, doubled, late and in the wrong
// order they do no more than one.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type BoxOfficeUnderTest, startBoxOffice } from "../../../test/support/box-office.ts";
import type { OrderId } from "../../foundation/ids.ts";
import { signatureHeader, signWebhook } from "../../payments/sandbox/signature.ts";
import type { HoldView, OrderView } from "../../wire/contract.ts";

let office: BoxOfficeUnderTest;
beforeAll(async () => {
  // No webhook is sent by itself: who knocks is said here.
  office = await startBoxOffice();
}, 60_000);
afterAll(() => office?.stop());

const needsProof = "4000000000003220";

type Waiting = {
  orderId: OrderId;
  poll(): Promise<OrderView>;
  back(): Promise<number>;
  webhook(state: string, id?: string): Promise<number>;
};

/** An order whose proof the fan has given at the provider, and nobody has told us yet. */
async function proved(): Promise<Waiting> {
  const fan = await office.shopper();
  const held = await fan.call("POST", "/holds", { bestAvailable: { count: 1 } });
  const { holdId } = (await held.json()) as HoldView;
  const buyer = { name: "Kim", email: "fan@example.test", locale: "ko" };
  const paymentMethod = await office.sandbox.card(needsProof);
  const made = await fan.call("POST", "/orders", { holdId, buyer, paymentMethod });
  const { orderId } = (await made.json()) as OrderView;
  const { orders } = office.stores;
  let actionUrl: string | undefined;
  while (actionUrl === undefined) {
    const order = await orders.find(orderId);
    if (order?.state === "requires-action") actionUrl = order.payment?.actionUrl;
    else await Bun.sleep(10);
  }
  const body = new URLSearchParams({ answer: "approve" });
  await fetch(actionUrl, { method: "POST", body, redirect: "manual" });
  expect((await orders.find(orderId))?.state).toBe("requires-action");
  return {
    orderId,
    poll: async () => (await (await fan.call("GET", `/orders/${orderId}`)).json()) as OrderView,
    async back() {
      const address = `${office.origin}/api/orders/${orderId}/return`;
      return (await fetch(address, { redirect: "manual" })).status;
    },
    async webhook(state, id = crypto.randomUUID()) {
      const fact = { id, type: "payment.changed", createdAt: Date.now(), payment: "pay_x" };
      const text = JSON.stringify({ ...fact, order: orderId, attempt: 1, state });
      const signed = signWebhook(text, office.sandbox.keys.webhookSecret, Date.now());
      const reply = await fetch(`${office.origin}/api/webhooks/sandbox`, {
        method: "POST",
        body: text,
        headers: { [signatureHeader]: signed },
      });
      return reply.status;
    },
  };
}

async function confirmed({ orderId }: Waiting, knock: () => Promise<unknown>): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const order = await office.stores.orders.find(orderId);
    if (order?.state === "confirmed") break;
    if (Date.now() > giveUpAt) throw new Error(`${order?.state}`);
    await knock();
    await Bun.sleep(20);
  }
  const captures = (await office.sandbox.ledger()).filter((one) => one.orderId === orderId);
  expect(captures).toMatchObject([{ state: "captured", refunded: 0 }]);
}

test("the webhook alone is enough", async () => {
  const order = await proved();
  expect(await order.webhook("authorized")).toBe(200);
  await confirmed(order, async () => {});
});

test("the fan's way back alone is enough", async () => {
  const order = await proved();
  expect(await order.back()).toBe(303);
  await confirmed(order, async () => {});
});

test("the page that asks alone is enough", async () => {
  const order = await proved();
  await confirmed(order, order.poll);
});

test("[M2] all of them at once, many times, and in the wrong order: one capture, and then nothing more", async () => {
  const order = await proved();
  const { webhook, back, poll } = order;
  await Promise.all([
    webhook("captured"),
    webhook("authorized", "same"),
    webhook("authorized", "same"),
    back(),
    poll(),
    webhook("requires-action"),
    back(),
  ]);
  await confirmed(order, poll);
  const { orders } = office.stores;
  const before = await orders.find(order.orderId);
  for (const state of ["voided", "declined", "authorized", "captured", "requires-action"])
    for (let n = 0; n < 2; n += 1) expect(await webhook(state)).toBe(200);
  await Promise.all([back(), poll(), back()]);
  expect(await orders.find(order.orderId)).toEqual(before);
});
