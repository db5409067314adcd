// M1: the same key with the same body is the same answer and no second effect; with another body it is
// refused. Looked at from outside: the fan's hold, the order, and the provider's own ledger.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { newId } from "../../src/foundation/ids.ts";
import type { OrderView } from "../../src/wire/contract.ts";
import type { Problem } from "../../src/wire/problems.ts";
import { repeats, type Unsafe } from "../../src/wire/repeats/repeats.ts";
import { pathTo, type Route } from "../../src/wire/routes.ts";
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
      for (; paying; await Bun.sleep(1)) await platform.shop.purchase.advance(orderId);
    })();
    const reply = await pay(fan, orderId, bad, fresh());
    paying = false;
    await hints;
    expect([round, reply.status]).toEqual([round, 202]);
    await fan.until(orderId, ["draft"]);
  }
}, 60_000);

test("a payment's key is there if, and only if, the payment was begun", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [49] });
  const made = await fan.order(hold.body.holdId, await card(declined));
  const { orderId } = await fan.until(made.body.orderId, ["draft"]);
  const keys = () =>
    sql("select idempotency_key as key from pay_requests where order_id = $1", [orderId]);
  expect(await keys()).toEqual([]);
  const key = fresh();
  const good = await card();
  // As though the process died before the transaction: nothing was taken, so nothing is remembered.
  const { stores } = platform;
  const request = { orderId, idempotencyKey: key, bodyHash: "x" };
  expect((await stores.postgres.orders.payRequest(request)).kind).toBe("new");
  expect((await pay(fan, orderId, good, key)).status).toBe(202);
  expect(await keys()).toEqual([{ key }]);
  await fan.until(orderId, ["confirmed"]);
});

test("an order that is given up is given up again with the same answer", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [50] });
  const made = await fan.order(hold.body.holdId, await card(declined));
  const { orderId } = await fan.until(made.body.orderId, ["draft"]);
  const first = await fan.giveUp(orderId);
  const second = await fan.giveUp(orderId);
  expect([first.status, first.body.state]).toEqual([200, "cancelled"]);
  expect([second.status, { ...second.body, now: 0 }]).toEqual([200, { ...first.body, now: 0 }]);
});

async function sql(text: string, values: unknown[] = []): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: platform.connectionString });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe("every unsafe route", () => {
  const mounted = () =>
    Object.entries(platform.shop.routes).flatMap(([route, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== "GET")
        .map((method) => `${method} ${route}` as Unsafe),
    );
  const withKey = () => mounted().filter((unsafe) => repeats[unsafe]?.takes === "key");
  let cookie = "";
  beforeAll(async () => {
    const signedIn = await desk("POST deskSignIn", platform.firstOperator);
    cookie = (signedIn.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
  });

  async function desk(unsafe: Unsafe, body: unknown, key?: string, params = {}) {
    const [method, route] = unsafe.split(" ") as [string, Route];
    const headers: Record<string, string> = { cookie };
    if (key !== undefined) headers["idempotency-key"] = key;
    const init = { method, headers, body: JSON.stringify(body) };
    const response = await fetch(platform.origin + pathTo(route, params), init);
    const value: unknown = await response.json();
    const { status, headers: answered } = response;
    return {
      status,
      headers: answered,
      body: value as Record<string, string>,
      problem: value as Problem,
    };
  }

  test("is in the table of repeats, and the table names no other", () => {
    expect(mounted().sort()).toEqual(Object.keys(repeats).sort() as Unsafe[]);
    expect(withKey().length).toBeGreaterThanOrEqual(9);
  });

  test("that takes a key is refused without one", async () => {
    const fan = await arrive();
    for (const unsafe of withKey()) {
      const [method, route] = unsafe.split(" ") as ["POST", Route];
      const params = { orderId: "or_0", performanceId: "pf_0", gateId: "gt_0", onSaleId: "os_0" };
      const reply = await (route.startsWith("desk")
        ? desk(unsafe, {}, undefined, params)
        : fan.ask(route, { method, params, body: {} }));
      expect([unsafe, reply.status, reply.problem.code]).toEqual([
        unsafe,
        400,
        "idempotency-key-missing",
      ]);
    }
  });

  test("of the desk that makes something makes it once, and says it again", async () => {
    const { performanceId, onSaleId } = platform.onSale;
    const { catalog } = platform.stores.postgres;
    const performance = await catalog.performance(performanceId);
    const onSale = await catalog.onSale(onSaleId);
    if (performance === undefined || onSale === undefined) throw new Error("they are on sale");
    const { name, venue, planHash, startsAt, timeZone } = performance;
    const show = { name, venue, planHash, startsAt, timeZone };
    const { preQueueAt, opensAt, closesAt, currency, prices, settings } = onSale;
    const sale = { preQueueAt, opensAt, closesAt, currency, prices, settings };
    const gate = await desk("POST deskGates", { name: "North" }, fresh(), { performanceId });
    const wishes: Partial<Record<Unsafe, [body: object, other: object, table: string]>> = {
      "POST deskPerformances": [show, { ...show, startsAt: startsAt + 1 }, "performances"],
      "POST deskOnSales": [
        { performance: show, ...sale },
        { performance: { performanceId }, ...sale },
        "on_sales",
      ],
      "POST deskOriginKeys": [{ name: "Shop" }, { name: "Other" }, "origin_keys"],
      "POST deskCodeBatches": [
        { name: "Club", codes: 3, placesPerCode: 1 },
        { name: "Club", codes: 4, placesPerCode: 1 },
        "code_batches",
      ],
      "POST deskGates": [{ name: "South" }, { name: "East" }, "gates"],
      "POST deskGateDevices": [{}, { more: 1 }, "gate_devices"],
    };
    const presale = await catalog.createOnSale({
      ...{ ...sale, settings: { ...settings, joinProof: "presale-code" } },
      ...{ onSaleId: newId("on-sale"), performanceId },
    });
    const gateId = gate.body["gateId"] ?? "";
    const params = { performanceId, gateId, onSaleId: presale.onSaleId };
    // A giving back needs a sold ticket: src/box-office/desk/orders/desk-orders.test.ts.
    const ofDesk = withKey().filter(
      (unsafe) => unsafe.startsWith("POST desk") && unsafe !== "POST deskRefunds",
    );
    expect(Object.keys(wishes).sort()).toEqual(ofDesk.sort());
    for (const [unsafe, [body, other, table]] of Object.entries(wishes)) {
      const rows = async () =>
        (await sql(`select count(*)::int as n from ${table}`))[0] as { n: number };
      const before = (await rows()).n;
      const key = fresh();
      const ask = (wish = body) => desk(unsafe as Unsafe, wish, key, params);
      const first = await Promise.all(Array.from({ length: 6 }, () => ask()));
      const made = first.filter(({ status }) => status === 201);
      expect(made.length).toBeGreaterThan(0);
      for (const { status, problem, headers } of first.filter((reply) => reply.status !== 201)) {
        expect([unsafe, status, problem.code]).toEqual([unsafe, 409, "idempotency-key-busy"]);
        expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      }
      const again = await ask();
      expect(again.status).toBe(201);
      for (const reply of made) expect(reply.body).toEqual(again.body);
      expect([unsafe, (await rows()).n]).toEqual([unsafe, before + 1]);
      if (unsafe !== "POST deskGateDevices") {
        const mixed = await ask(other);
        expect([mixed.status, mixed.problem.code]).toEqual([422, "idempotency-key-reused"]);
        expect((await rows()).n).toBe(before + 1);
      }
    }
    // What the answers held is not to be read in the database, nor are the keys.
    const kept = JSON.stringify(await sql("select * from answered_requests"));
    for (const secret of ["usher_ok_", "Shop", "code"]) expect(kept).not.toContain(secret);
  });

  test("of the desk that was refused has left nothing, and may be asked again under its key", async () => {
    const { performanceId } = platform.onSale;
    const key = fresh();
    const ask = (name: string, under = key) =>
      desk("POST deskGates", { name }, under, { performanceId });
    expect((await ask("West", fresh())).status).toBe(201);
    expect((await ask("West")).status).toBe(409);
    await sql("delete from gates where name = 'West'");
    expect((await ask("West")).status).toBe(201);
    const refusedSale = await desk("POST deskOnSales", { performance: {} }, fresh());
    expect(refusedSale.status).toBe(400);
  });
});
