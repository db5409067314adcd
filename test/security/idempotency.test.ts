// M1: the same key with the same body is the same answer and no second effect; with another body it is
// refused. Looked at from outside: the fan's hold, the order, and the provider's own ledger.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { OrderView } from "../../src/wire/contract.ts";
import { cardToken, type Fan, fresh, newFan } from "../support/fan-client.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";

let platform: TestPlatform;
beforeAll(async () => {
  platform = await testPlatform();
  await opened(platform.origin, platform.onSale.onSaleId);
}, 60_000);
afterAll(() => platform?.close(), 30_000);

const arrive = () => newFan(platform.origin, platform.onSale.onSaleId).arrive();
const card = (number?: string) => cardToken(platform.paymentsOrigin, number);
const declined = "4000000000000002";

async function attempts(orderId: string): Promise<number> {
  let count = 0;
  for await (const page of platform.shop.payments.ledger(0))
    count += page.filter((payment) => payment.orderId === orderId).length;
  return count;
}
const pay = (fan: Fan, orderId: string, paymentMethod: string, key: string) =>
  fan.ask<OrderView>("orderPay", {
    method: "POST",
    params: { orderId },
    body: { paymentMethod },
    headers: { "idempotency-key": key },
  });

test("a hold: one after another, all at once, and with another body", async () => {
  const fan = await arrive();
  const key = fresh();
  const first = await fan.hold({ seats: [0, 1] }, key);
  const again = await Promise.all(
    Array.from({ length: 8 }, () => fan.hold({ seats: [0, 1] }, key)),
  );
  for (const reply of again) {
    expect(reply.status).toBe(first.status);
    expect({ ...reply.body, now: 0 }).toEqual({ ...first.body, now: 0 });
  }
  const other = await fan.hold({ seats: [2] }, key);
  expect([other.status, other.problem.code]).toEqual([422, "idempotency-key-reused"]);
  expect((await fan.held())?.seats.length).toBe(2);
  // Another fan's same key is another key.
  const neighbour = await arrive();
  expect((await neighbour.hold({ seats: [3] }, key)).status).toBe(201);
});

test("best available: a repeat is the same seats, not two more", async () => {
  const fan = await arrive();
  const key = fresh();
  const first = await fan.hold({ bestAvailable: { count: 2 } }, key);
  expect(first.status).toBe(201);
  const again = await fan.hold({ bestAvailable: { count: 2 } }, key);
  expect(again.body.seats).toEqual(first.body.seats);
  expect((await fan.held())?.seats.length).toBe(2);
});

test("an order: repeated while it runs, and after it has ended the shop session", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [10] });
  const key = fresh();
  const token = await card();
  const made = await Promise.all(
    Array.from({ length: 6 }, () => fan.order(hold.body.holdId, token, key)),
  );
  const ids = new Set<string>(
    made.filter(({ status }) => status === 202).map(({ body }) => body.orderId),
  );
  expect(made.map(({ status }) => status).filter((status) => ![202, 503].includes(status))).toEqual(
    [],
  );
  expect(ids.size).toBe(1);
  const orderId = [...ids].join() as OrderView["orderId"];
  await fan.until(orderId, ["confirmed"]);
  const late = await fan.order(hold.body.holdId, token, key);
  expect([late.status, late.body.orderId, late.body.state]).toEqual([202, orderId, "confirmed"]);
  const other = await fan.order(hold.body.holdId, await card(), key);
  expect([other.status, other.problem.code]).toEqual([422, "idempotency-key-reused"]);
  expect(await attempts(orderId)).toBe(1);
});

test("a declined order repeated is not charged again; another key and card are", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [11] });
  const key = fresh();
  const bad = await card(declined);
  const made = await fan.order(hold.body.holdId, bad, key);
  const { orderId } = await fan.until(made.body.orderId, ["draft"]);
  const again = await fan.order(hold.body.holdId, bad, key);
  expect([again.status, again.body.orderId]).toEqual([202, orderId]);
  expect(await attempts(orderId)).toBe(1);

  const payKey = fresh();
  expect((await pay(fan, orderId, bad, payKey)).status).toBe(202);
  await fan.until(orderId, ["draft"]);
  for (let times = 0; times < 3; times++)
    expect((await pay(fan, orderId, bad, payKey)).status).toBe(202);
  expect(await attempts(orderId)).toBe(2);
  const good = await card();
  const mixed = await pay(fan, orderId, good, payKey);
  expect([mixed.status, mixed.problem.code]).toEqual([422, "idempotency-key-reused"]);
  const paid = fresh();
  expect((await pay(fan, orderId, good, paid)).status).toBe(202);
  await fan.until(orderId, ["confirmed"]);
  expect((await pay(fan, orderId, good, paid)).body.state).toBe("confirmed");
  expect(await attempts(orderId)).toBe(3);
});

test("paying a draft twice at the same moment charges once", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [45] });
  const made = await fan.order(hold.body.holdId, await card(declined));
  const { orderId } = await fan.until(made.body.orderId, ["draft"]);
  const tokens = await Promise.all([1, 2, 3, 4].map(() => card()));
  await Promise.all(tokens.map((token) => pay(fan, orderId, token, fresh())));
  await fan.until(orderId, ["confirmed"]);
  expect(await attempts(orderId)).toBe(2);
});

test("late webhooks of a declined attempt do not refuse the next payment", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [47] });
  const bad = await card(declined);
  const made = await fan.order(hold.body.holdId, bad);
  const { orderId } = await fan.until(made.body.orderId, ["draft"]);
  for (let round = 0; round < 8; round++) {
    let paying = true;
    // What each webhook does: it looks at the order, and a draft that was looked at has a new version.
    const hints = (async () => {
      while (paying) await platform.shop.purchase.advance(orderId);
    })();
    const reply = await pay(fan, orderId, bad, fresh());
    paying = false;
    await hints;
    expect([round, reply.status]).toEqual([round, 202]);
    await fan.until(orderId, ["draft"]);
  }
}, 60_000);
