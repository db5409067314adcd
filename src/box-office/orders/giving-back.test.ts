// Giving tickets back as a fan does it, over HTTP: by the code that the order's page and the mail have,
// under the on-sale's own terms, with or without a shop session.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type BoxOfficeUnderTest, startBoxOffice } from "../../../test/support/box-office.ts";
import { composeMails } from "../../tickets/compose-mail.ts";
import type { GiveBackPreview, HoldView, OrderView } from "../../wire/contract.ts";
import type { Problem } from "../../wire/problems.ts";

let office: BoxOfficeUnderTest;
const fee = 4_000;
beforeAll(async () => {
  office = await startBoxOffice();
  await allow({ fanCancelBeforeMs: 3_600_000, fanCancelFee: fee });
}, 60_000);
afterAll(() => office?.stop());

type Terms = { fanCancelBeforeMs?: number; fanCancelFee?: number };

/** Before the first request: what is sold by is kept for two seconds. */
async function allow(terms: Terms): Promise<void> {
  const { catalog } = office.stores;
  const onSale = await catalog.onSale(office.onSale.onSaleId);
  if (onSale === undefined) throw new Error("no on-sale");
  const { fanCancelBeforeMs: _, fanCancelFee: _fee, ...before } = onSale.settings;
  const settings = { ...before, ...terms };
  expect((await catalog.update(onSale.onSaleId, onSale.version, { settings })).kind).toBe(
    "updated",
  );
}

async function bought(count: number): Promise<OrderView> {
  const fan = await office.shopper();
  const held = await fan.call("POST", "/holds", { bestAvailable: { count } });
  const { holdId } = (await held.json()) as HoldView;
  const buyer = { name: "Kim", email: "fan@example.test", locale: "ko" };
  const paymentMethod = await office.sandbox.card();
  const made = await fan.call("POST", "/orders", { holdId, buyer, paymentMethod });
  const { orderId } = (await made.json()) as OrderView;
  for (;;) {
    const view = (await (await fan.call("GET", `/orders/${orderId}`)).json()) as OrderView;
    if (view.state === "confirmed") return view;
    await Bun.sleep(20);
  }
}

type Sent = { key?: string; headers?: Record<string, string> };
async function post<Body>(
  path: string,
  body: unknown,
  { key = crypto.randomUUID(), headers = {} }: Sent = {},
) {
  const response = await fetch(`${office.origin}/api/buyer-order${path}`, {
    method: "POST",
    headers: { "idempotency-key": key, ...headers },
    body: JSON.stringify(body),
  });
  const answered = (await response.json()) as Body & Problem;
  return { status: response.status, body: answered, cache: response.headers.get("cache-control") };
}
const reasonOf = ({ body }: { body: Problem }) => [body.code, body.facts?.["reason"]];

async function until(buyer: string, holds: (view: OrderView) => boolean): Promise<OrderView> {
  for (;;) {
    const { body } = await post<OrderView>("", { buyer });
    if (holds(body)) return body;
    await Bun.sleep(20);
  }
}

test("two of three: what comes back is told first and is what comes back; the third stays", async () => {
  const order = await bought(3);
  const buyer = order.buyerCode ?? "";
  expect(order.givingBack).toMatchObject({ fee });
  const seats = order.seats.slice(0, 2).map(({ seat }) => seat);
  const prices = order.seats.slice(0, 2).reduce((sum, { price }) => sum + price.amount, 0);
  const preview = await post<GiveBackPreview>("/give-back/preview", { buyer, seats });
  expect(preview).toMatchObject({
    status: 200,
    cache: "no-store",
    body: { amount: { amount: prices - 2 * fee }, fee: 2 * fee },
  });
  const key = crypto.randomUUID();
  const [first, again] = [
    await post<OrderView>("/give-back", { buyer, seats }, { key }),
    await post<OrderView>("/give-back", { buyer, seats }, { key }),
  ];
  expect([first.status, again.status]).toEqual([202, 202]);
  const done = await until(buyer, ({ refunds }) => refunds[0]?.state === "done");
  expect(done.refunds).toMatchObject([
    { amount: { amount: prices - 2 * fee }, fee: 2 * fee, seats },
  ]);
  expect(done.tickets.map(({ state }) => state)).toEqual(["revoked", "revoked", "live"]);
  const other = await post("/give-back", { buyer, seats: [seats[0]] }, { key });
  expect(other.body.code).toBe("idempotency-key-reused");
  expect(reasonOf(await post("/give-back", { buyer, seats }))).toEqual([
    "refund-refused",
    "not-valid",
  ]);
  const gone = await post("/give-back/preview", { buyer, seats: [99_999] });
  expect(reasonOf(gone)).toEqual(["refund-refused", "not-valid"]);
});

test("the code opens its own order and no other; nothing else stands in for it", async () => {
  const [mine, other] = [await bought(1), await bought(1)];
  const buyer = mine.buyerCode ?? "";
  expect((await post<OrderView>("", { buyer })).body.orderId).toBe(mine.orderId);
  const seats = other.seats.map(({ seat }) => seat);
  expect(reasonOf(await post("/give-back", { buyer, seats }))).toEqual([
    "refund-refused",
    "not-valid",
  ]);
  const holder = new URL(mine.tickets[0]?.url ?? "", office.origin).hash.slice(3);
  const flipped = (buyer[60] === "A" ? "B" : "A") + buyer.slice(61);
  for (const code of [holder, buyer.slice(0, 60) + flipped, "A".repeat(120)])
    expect((await post("", { buyer: code })).body.code).toBe("order-not-found");
  expect((await post("", { buyer: mine.orderId })).status).toBe(400);
  const evil = { headers: { "sec-fetch-site": "cross-site" } };
  const own = mine.seats.map(({ seat }) => seat);
  expect((await post("/give-back", { buyer, seats: own }, evil)).body.code).toBe("forbidden");
});

test("[S9] no word of a request on money counts", async () => {
  const order = await bought(1);
  const buyer = order.buyerCode ?? "";
  const seats = order.seats.map(({ seat }) => seat);
  const greedy = { buyer, seats, amount: 9_999_999, fee: -1, feePerTicket: 0, reason: "x" };
  expect((await post("/give-back", greedy)).status).toBe(202);
  const done = await until(buyer, ({ refunds }) => refunds[0]?.state === "done");
  expect(done.refunds[0]).toMatchObject({ amount: { amount: order.total.amount - fee }, fee });
});

test("the mail has a way to the order, and tells of what came back in the buyer's language", async () => {
  const order = await bought(1);
  const buyer = order.buyerCode ?? "";
  await post("/give-back", { buyer, seats: order.seats.map(({ seat }) => seat) });
  await until(buyer, ({ refunds }) => refunds[0]?.state === "done");
  const { orders, refunds, catalog, ticketHolding, keys, outbox } = office.stores;
  const compose = composeMails({
    store: orders,
    refunds,
    catalog,
    holding: ticketHolding,
    signer: async () => (await keys.signing("ticket")).signer,
    publicUrl: "https://shop.test",
  });
  const owed = (await outbox.take(1_000, 0)).filter(
    ({ payload }) => "orderId" in payload && payload.orderId === order.orderId,
  );
  expect(owed.map(({ topic }) => topic).sort()).toEqual(["order-confirmed", "tickets-refunded"]);
  for (const row of owed) {
    const mail = await compose(row);
    const [, code] = /#b=([\w-]{120})/.exec(mail?.text ?? "") ?? [];
    expect((await post<OrderView>("", { buyer: code })).body.orderId).toBe(order.orderId);
    if (row.topic === "order-confirmed") continue;
    expect(mail?.subject).toContain("환불");
    expect(mail?.text).toContain("취소 수수료: ₩4,000");
    expect(mail?.attachments).toEqual([]);
  }
});

test("too late, and where the on-sale does not let fans: refused, and told why", async () => {
  const order = await bought(1);
  const buyer = order.buyerCode ?? "";
  const seats = order.seats.map(({ seat }) => seat);
  const refusals = async (terms: Terms, reason: string) => {
    await allow(terms);
    for (;;) {
      const reply = await post("/give-back/preview", { buyer, seats });
      if (reply.status === 409) {
        expect(reasonOf(reply)).toEqual(["refund-refused", reason]);
        break;
      }
      await Bun.sleep(100);
    }
    const done = await post("/give-back", { buyer, seats });
    expect(reasonOf(done)).toEqual(["refund-refused", reason]);
  };
  await refusals({ fanCancelBeforeMs: 400 * 86_400_000 }, "too-late");
  await allow({});
  for (;;) {
    const reply = await post("/give-back", { buyer, seats });
    expect(reply.status).toBe(409);
    if (reply.body.facts?.["reason"] === "not-allowed") break;
    await Bun.sleep(100);
  }
  const told = await until(buyer, ({ givingBack }) => givingBack === undefined);
  expect(told.refunds).toEqual([]);
});
