// M3 with Stripe and Toss Payments: what claims to come from them, through the front door of a whole
// platform, changes no row. Stripe's is refused without its signature; Toss signs nothing, so what comes
// under its name is looked into now and then, and believed never. The way back is no better than either.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import pg from "pg";
import { newId } from "../../src/foundation/ids.ts";
import type { OrderView } from "../../src/wire/contract.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { type Fan, newFan } from "../support/fan-client.ts";
import { booksOf, withoutLooks } from "../support/money-books.ts";
import { payAt } from "../support/paying-fan.ts";
import { type ProviderPlatform, providerPlatform } from "../support/provider-platform.ts";

type Waiting = { fan: Fan; order: OrderView; database: pg.Client };
let running: ProviderPlatform;
let waiting: Waiting;

function declareFor(dialect: "stripe" | "toss"): void {
  beforeAll(async () => {
    running = await providerPlatform(dialect);
    const { origin, onSale, connectionString } = running.platform;
    const database = new pg.Client({ connectionString });
    await database.connect();
    const fan = await newFan(origin, onSale.onSaleId).arrive();
    const hold = await fan.hold({ seats: [0] });
    const made = await fan.order(hold.body.holdId, "hosted");
    const order = await fan.until(made.body.orderId, ["requires-action"]);
    waiting = { fan, order, database };
  }, 60_000);
  afterAll(async () => {
    await waiting?.database.end();
    await running?.close();
  }, 30_000);
}

const send = (provider: string, body: string, signature?: string) =>
  fetch(running.platform.origin + pathTo("webhook", { provider }), {
    method: "POST",
    body,
    ...(signature === undefined ? {} : { headers: { "stripe-signature": signature } }),
  });

async function paidOnce(): Promise<void> {
  const { fan, order, database } = waiting;
  const done = await fan.until(order.orderId, ["confirmed"]);
  expect(done.tickets.length).toBe(1);
  const { rows } = await database.query(
    "select 1 from payments where order_id = $1 and state = 'captured'",
    [order.orderId],
  );
  expect(rows.length).toBe(1);
}

describe("stripe", () => {
  declareFor("stripe");
  const event = (over: object = {}) =>
    JSON.stringify({
      id: "evt_1",
      object: "event",
      type: "payment_intent.succeeded",
      data: {
        object: {
          object: "payment_intent",
          status: "succeeded",
          amount_received: 150_000,
          metadata: { order: waiting.order.orderId, attempt: "1", ...over },
        },
      },
    });
  const sign = (body: string, secret: string, atMs: number) => {
    const t = Math.floor(atMs / 1_000);
    return `t=${t},v1=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}`;
  };

  test("[M3] unsigned, signed by another, altered, old: refused, and no row is another", async () => {
    const { database } = waiting;
    const { webhookSecret } = running.sandbox.keys;
    const before = await booksOf(database);
    const body = event();
    const good = sign(body, webhookSecret, Date.now());
    const refused: [string, string, string | undefined][] = [
      ["unsigned", body, undefined],
      ["empty", body, ""],
      ["another secret", body, sign(body, "whsec_guess", Date.now())],
      ["the API key for a secret", body, sign(body, running.sandbox.keys.secretKey, Date.now())],
      ["another order", event({ order: newId("order") }), good],
      ["another time", body, good.replace(/t=\d+/, `t=${Math.floor(Date.now() / 1_000) + 1}`)],
      ["another scheme", body, good.replace("v1=", "v0=")],
      ["last week's", body, sign(body, webhookSecret, Date.now() - 7 * 86_400_000)],
      ["signed nonsense", "{", sign("{", webhookSecret, Date.now())],
      ["signed, no order", "{}", sign("{}", webhookSecret, Date.now())],
    ];
    for (const [name, text, signature] of refused) {
      const response = await send("stripe", text, signature);
      expect({ name, status: response.status }).toEqual({ name, status: 403 });
    }
    for (const other of ["sandbox", "toss"])
      expect((await send(other, body, good)).status).toBe(404);
    expect(await booksOf(database)).toBe(before);
  });

  test("[M3] a signed lie is only a hint: Stripe itself is asked, and nothing is believed", async () => {
    const { database, fan, order } = waiting;
    const before = await booksOf(database);
    const lie = event();
    const signature = sign(lie, running.sandbox.keys.webhookSecret, Date.now());
    expect((await send("stripe", lie, signature)).status).toBe(200);
    expect((await fan.look(order.orderId)).state).toBe("requires-action");
    expect(withoutLooks(await booksOf(database))).toBe(withoutLooks(before));
  });

  test("[M2] paid, and told twenty times at once: one sale", async () => {
    const { order } = waiting;
    await payAt(order.actionUrl ?? "", {}, running.sandbox);
    const body = event();
    const signature = sign(body, running.sandbox.keys.webhookSecret, Date.now());
    await Promise.all(Array.from({ length: 20 }, () => send("stripe", body, signature)));
    await paidOnce();
  });
});

describe("toss", () => {
  declareFor("toss");
  const notice = (over: object = {}) =>
    JSON.stringify({
      eventType: "PAYMENT_STATUS_CHANGED",
      createdAt: "2026-01-01T00:00:00.000",
      data: {
        paymentKey: "tsbx_00000000000000000000000000000000",
        orderId: `${waiting.order.orderId}-1`,
        status: "DONE",
        totalAmount: 150_000,
        ...over,
      },
    });

  test("[M3] anybody may say DONE: nothing is believed, and a flood costs the provider little", async () => {
    const { database, fan, order } = waiting;
    const before = await booksOf(database);
    const versionOf = async () => (await fan.look(order.orderId)).version;
    const seen = await versionOf();
    const startedAt = Date.now();
    await Promise.all(Array.from({ length: 60 }, () => send("toss", notice())));
    // At most a look every two seconds comes of it, however many knock; one may be the page's own.
    const most = 2 + Math.ceil((Date.now() - startedAt) / 2_000);
    expect((await versionOf()) - seen).toBeLessThanOrEqual(most);
    expect((await send("toss", notice({ orderId: `${newId("order")}-1` }))).status).toBe(200);
    for (const text of ["", "{", "{}", notice({ orderId: "../1" })])
      expect((await send("toss", text)).status).toBe(403);
    expect((await fan.look(order.orderId)).state).toBe("requires-action");
    expect(withoutLooks(await booksOf(database))).toBe(withoutLooks(before));
  });

  test("[M3, S9] a way back with another amount or another order changes nothing", async () => {
    const { database, fan, order } = waiting;
    const before = await booksOf(database);
    for (const over of [
      { amount: "1" },
      { orderId: `${newId("order")}-1` },
      { paymentKey: "../x" },
    ]) {
      const query = new URLSearchParams({
        paymentKey: "tsbx_00000000000000000000000000000000",
        orderId: `${order.orderId}-1`,
        amount: String(order.total.amount),
        ...over,
      });
      const path = pathTo("paymentReturn", { orderId: order.orderId });
      const back = await fetch(`${running.platform.origin}${path}?${query}`, {
        redirect: "manual",
      });
      expect(back.status).toBe(303);
    }
    expect((await fan.look(order.orderId)).state).toBe("requires-action");
    expect(withoutLooks(await booksOf(database))).toBe(withoutLooks(before));
  });

  test("[M2] paid, and back twenty times at once: one sale", async () => {
    const { order } = waiting;
    const back = await payAt(order.actionUrl ?? "", {}, running.sandbox);
    await Promise.all(Array.from({ length: 20 }, () => fetch(back, { redirect: "manual" })));
    await paidOnce();
  });
});
