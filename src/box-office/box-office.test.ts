// What a shopper's requests do, over HTTP on the real stores and the real provider: what may be
// repeated, what a lost hold costs, and what another site cannot do.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { signAdmission } from "../../connector/src/admission-token.ts";
import {
  type BoxOfficeUnderTest,
  type ShopperUnderTest,
  startBoxOffice,
} from "../../test/support/box-office.ts";
import type { HoldView, OrderView } from "../wire/contract.ts";
import type { Problem } from "../wire/problems.ts";

let office: BoxOfficeUnderTest;
let nextSeat = 0;

beforeAll(async () => {
  office = await startBoxOffice();
}, 60_000);
afterAll(() => office.stop());

const buyer = { name: "민", email: "min@example.com", locale: "ko" };
const declines = "4000 0000 0000 0002";

async function held({ call }: ShopperUnderTest): Promise<HoldView> {
  const answer = await call("POST", "/holds", { seats: [nextSeat++, nextSeat++] });
  if (answer.status !== 201) throw new Error(await answer.text());
  return (await answer.json()) as HoldView;
}

async function until(
  fan: ShopperUnderTest,
  orderId: string,
  wanted: (order: OrderView) => boolean,
) {
  const giveUpAt = Date.now() + 10_000;
  for (;;) {
    const order = (await (await fan.call("GET", `/orders/${orderId}`)).json()) as OrderView;
    if (wanted(order)) return order;
    if (Date.now() > giveUpAt) throw new Error(`order is ${order.state}`);
    await Bun.sleep(10);
  }
}
const codeOf = async (answer: Response) => ((await answer.json()) as Problem).code;

describe("an order", () => {
  test("of a hold that is gone is refused, and a repeat is still answered", async () => {
    const fan = await office.shopper();
    const { holdId } = await held(fan);
    const wish = { holdId, buyer, paymentMethod: await office.sandbox.card(declines) };
    const made = await fan.call("POST", "/orders", wish, "the-same-key");
    expect(made.status).toBe(202);
    const { orderId } = (await made.json()) as OrderView;
    await until(fan, orderId, ({ state }) => state === "draft");
    expect((await fan.call("DELETE", `/holds/${holdId}`)).status).toBe(200);

    const late = await fan.call("POST", "/orders", wish);
    expect([late.status, await codeOf(late)]).toEqual([410, "no-hold"]);
    const again = await fan.call("POST", "/orders", wish, "the-same-key");
    expect([again.status, ((await again.json()) as OrderView).orderId]).toEqual([202, orderId]);
  });

  test("ends with the seats that the fan gives back: paying it later takes nothing", async () => {
    const fan = await office.shopper();
    const { holdId, seats } = await held(fan);
    const wish = { holdId, buyer, paymentMethod: await office.sandbox.card(declines) };
    const made = await fan.call("POST", "/orders", wish);
    const { orderId } = (await made.json()) as OrderView;
    await until(fan, orderId, ({ state }) => state === "draft");
    const freed = seats[0]?.seat;
    expect((await fan.call("DELETE", `/holds/${holdId}?seats=${freed}`)).status).toBe(200);

    const card = { paymentMethod: await office.sandbox.card() };
    const paid = await fan.call("POST", `/orders/${orderId}/pay`, card);
    expect([paid.status, await codeOf(paid)]).toEqual([409, "order-not-payable"]);
    const order = await until(fan, orderId, ({ state }) => state === "cancelled");
    expect(order.tickets).toEqual([]);
  });

  test("whose request comes twice is paid for once, also when the card was declined", async () => {
    const fan = await office.shopper();
    const { holdId } = await held(fan);
    const wish = { holdId, buyer, paymentMethod: await office.sandbox.card(declines) };
    const made = await fan.call("POST", "/orders", wish, "key-number-one");
    const { orderId } = (await made.json()) as OrderView;
    await until(fan, orderId, ({ state }) => state === "draft");
    const again = await fan.call("POST", "/orders", wish, "key-number-one");
    expect([again.status, ((await again.json()) as OrderView).attempt]).toEqual([202, 1]);

    const card = { paymentMethod: await office.sandbox.card() };
    const pay = () => fan.call("POST", `/orders/${orderId}/pay`, card, "key-number-two");
    const twice = await Promise.all([pay(), pay()]);
    expect(twice.map(({ status }) => status)).toEqual([202, 202]);
    await until(fan, orderId, ({ state }) => state === "confirmed");
    const lost = await pay();
    expect([lost.status, ((await lost.json()) as OrderView).attempt]).toEqual([202, 2]);
    const other = { paymentMethod: await office.sandbox.card() };
    const reused = await fan.call("POST", `/orders/${orderId}/pay`, other, "key-number-two");
    expect(await codeOf(reused)).toBe("idempotency-key-reused");
  });
});

test("a short hold does not shorten the time in the shop", async () => {
  const fan = await office.shopper(1_800_000);
  const untilOf = async () =>
    ((await (await fan.call("GET", "/session")).json()) as { shopUntil: number }).shopUntil;
  const before = await untilOf();
  const { holdId } = await held(fan);
  expect(await untilOf()).toBe(before);
  expect((await fan.call("POST", `/holds/${holdId}/extend`)).status).toBe(200);
  expect(await untilOf()).toBe(before);
});

test("another site cannot put its own admission into a fan's browser", async () => {
  const stranger = await office.shopper();
  const admissionToken = await signAdmission(office.admissionSigner(), {
    onSale: office.onSale.onSaleId,
    entry: stranger.entryId,
    admissionId: "a-stranger",
    epoch: office.admissionEpoch,
    issuedAt: Date.now(),
    expiresAt: Date.now() + 60_000,
  });
  const answer = await fetch(`${office.api}/enter`, {
    method: "POST",
    headers: { "content-type": "text/plain", "sec-fetch-site": "cross-site" },
    body: JSON.stringify({ admissionToken, nonce: "known-to-the-stranger" }),
  });
  expect([answer.status, answer.headers.get("set-cookie")]).toEqual([403, null]);
});
