// M3: a webhook that is forged, altered, old or of another provider changes no row of any table. M2: a
// real one, late and many times over, ends where one would have ended.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { newId } from "../../src/foundation/ids.ts";
import { signatureHeader, signWebhook } from "../../src/payments/sandbox/signature.ts";
import type { OrderView } from "../../src/wire/contract.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { cardToken, type Fan, newFan } from "../support/fan-client.ts";
import { booksOf, withoutLooks } from "../support/money-books.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

let platform: TestPlatform;
let database: pg.Client;
let secret: string;
let fan: Fan;
let order: OrderView;

beforeAll(async () => {
  platform = await testPlatform();
  await opened(platform.origin, platform.onSale.onSaleId);
  database = new pg.Client({ connectionString: platform.connectionString });
  await database.connect();
  const keys = await readFile(join(platform.dataDir, "sandbox-provider/keys.json"), "utf8");
  secret = (JSON.parse(keys) as { webhookSecret: string }).webhookSecret;
  fan = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
  const hold = await fan.hold({ seats: [0] });
  const needsProof = await cardToken(platform.paymentsOrigin, "4000000000003220");
  const made = await fan.order(hold.body.holdId, needsProof);
  order = await fan.until(made.body.orderId, ["requires-action"]);
}, 60_000);
afterAll(async () => {
  await database?.end();
  await platform?.close();
}, 30_000);

const bodyOf = (over: object = {}) =>
  JSON.stringify({
    id: "wh_1",
    order: order.orderId,
    attempt: 1,
    type: "payment.captured",
    ...over,
  });

const send = (body: string, signature: string | undefined, provider = "sandbox") =>
  fetch(platform.origin + pathTo("webhook", { provider }), {
    method: "POST",
    body,
    headers: signature === undefined ? {} : { [signatureHeader]: signature },
  });

test("forged, altered, old, unsigned: refused, and no row is another", async () => {
  const body = bodyOf();
  const now = Date.now();
  const good = signWebhook(body, secret, now);
  const refused: [string, string, string | undefined][] = [
    ["unsigned", body, undefined],
    ["empty", body, ""],
    ["another secret", body, signWebhook(body, "whsec_guess", now)],
    ["another body", bodyOf({ amount: 1 }), good],
    ["another order", bodyOf({ order: newId("order") }), good],
    ["another time", body, good.replace(/t=\d+/, `t=${now + 1}`)],
    ["last week's", body, signWebhook(body, secret, now - 7 * 86_400_000)],
    ["next week's", body, signWebhook(body, secret, now + 7 * 86_400_000)],
    ["cut short", body, good.slice(0, -2)],
    ["other spelling", body, good.toUpperCase()],
    ["signed nonsense", "{", signWebhook("{", secret, now)],
    ["signed, no order", "{}", signWebhook("{}", secret, now)],
  ];
  const large = "x".repeat(70_000);
  // The worker looks at the order by itself now and then, and writes that down: not in every round.
  await until("a round after which no row is another", async () => {
    const before = await booksOf(database);
    for (const [name, text, signature] of refused) {
      const response = await send(text, signature);
      expect({ name, status: response.status }).toEqual({ name, status: 403 });
    }
    expect((await send(body, good, "stripe")).status).toBe(404);
    expect((await send(large, signWebhook(large, secret, now))).status).toBe(413);
    return (await booksOf(database)) === before;
  });
});

test("a signed lie is only a hint: the provider itself is asked, and nothing is believed", async () => {
  const before = await booksOf(database);
  const lie = bodyOf({ state: "captured", captured: 150_000, type: "payment.captured" });
  expect((await send(lie, signWebhook(lie, secret, Date.now()))).status).toBe(200);
  const unknown = bodyOf({ order: newId("order") });
  expect((await send(unknown, signWebhook(unknown, secret, Date.now()))).status).toBe(200);
  expect((await fan.look(order.orderId)).state).toBe("requires-action");
  expect(withoutLooks(await booksOf(database))).toBe(withoutLooks(before));
  // Coming back from the bank is the same: a hint.
  const back = await fan.open("paymentReturn", { params: { orderId: order.orderId } });
  expect(back.status).toBe(303);
  expect((await fan.look(order.orderId)).tickets).toEqual([]);
});

test("the real thing, twenty times at once and again later: one sale", async () => {
  const answer = await fetch(order.actionUrl ?? "", {
    method: "POST",
    body: new URLSearchParams({ answer: "approve" }),
    redirect: "manual",
  });
  expect(answer.status).toBeLessThan(400);
  const hint = () => {
    const body = bodyOf({ id: newId("ticket") });
    return send(body, signWebhook(body, secret, Date.now()));
  };
  await Promise.all(Array.from({ length: 20 }, hint));
  const done = await fan.until(order.orderId, ["confirmed"]);
  expect(done.tickets.length).toBe(1);
  const settled = await booksOf(database);
  for (let times = 0; times < 5; times++) expect((await hint()).status).toBe(200);
  const { rows } = await database.query(
    "select 1 from payments where order_id = $1 and state = 'captured'",
    [order.orderId],
  );
  expect(rows.length).toBe(1);
  const withoutOutbox = (text: string) => text.replace(/^outbox.*$/m, "");
  expect(withoutOutbox(await booksOf(database))).toBe(withoutOutbox(settled));
});
