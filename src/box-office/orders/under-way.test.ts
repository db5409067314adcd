// An order that was answered is not done: what is let in at the door counts until its payment rests.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type BoxOfficeUnderTest, startBoxOffice } from "../../../test/support/box-office.ts";
import type { HoldView, OrderView } from "../../wire/contract.ts";

let office: BoxOfficeUnderTest;
beforeAll(async () => {
  office = await startBoxOffice();
}, 60_000);
afterAll(() => office?.stop());

test("[Y5] an order is under way at the door until its payment comes to rest", async () => {
  const fan = await office.shopper();
  const held = await fan.call("POST", "/holds", { bestAvailable: { count: 1 } });
  const { holdId } = (await held.json()) as HoldView;
  const buyer = { name: "Kim", email: "fan@example.test", locale: "ko" };
  const paymentMethod = await office.sandbox.card();
  await office.sandbox.behave({ operation: "authorize", conduct: "slow", delayMs: 1_500 });
  const underWay = () => office.bounds()["orders_under_way"];
  expect(underWay()).toEqual({ size: 0, limit: 1_000 });
  const made = await fan.call("POST", "/orders", { holdId, buyer, paymentMethod });
  expect(made.status).toBe(202);
  expect(underWay()).toEqual({ size: 1, limit: 1_000 });
  await office.purchase.idle();
  const { orderId } = (await made.json()) as OrderView;
  expect((await office.stores.orders.find(orderId))?.state).toBe("confirmed");
  expect(underWay()).toEqual({ size: 0, limit: 1_000 });
});
