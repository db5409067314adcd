// Whatever a stranger sends gets a clear problem that names the place, never a 500: sizes, nonsense,
// depth, wrong types, seats that are not there. No amount that a client sends is ever used (S9).

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { HoldView } from "../../src/wire/contract.ts";
import type { Route } from "../../src/wire/routes.ts";
import { type Ask, buyer, cardToken, type Fan, fresh, newFan } from "../support/fan-client.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { smallHallPrices, smallHallSeats } from "../support/small-hall.ts";

let platform: TestPlatform;
let fan: Fan;
let hold: HoldView;
beforeAll(async () => {
  platform = await testPlatform();
  await opened(platform.origin, platform.onSale.onSaleId);
  fan = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
  hold = (await fan.hold({ seats: [0] })).body;
}, 60_000);
afterAll(() => platform?.close(), 30_000);

const key = () => ({ "idempotency-key": fresh() });
const post = (route: Route, body: unknown, more: Ask = {}) =>
  fan.ask(route, { method: "POST", body, headers: key(), ...more });
const deep = `${"[".repeat(8_000)}${"]".repeat(8_000)}`;
const wide = JSON.stringify({ seats: [0], padding: "x".repeat(20_000) });

const bodyRoutes: Route[] = ["join", "enter", "holds", "orders"];

describe("bodies", () => {
  for (const route of bodyRoutes) {
    test(`${route}: nonsense, depth, size, wrong types`, async () => {
      const cases: [string, unknown, number][] = [
        ["empty", "", 400],
        ["not JSON", "{", 400],
        ["null", "null", 400],
        ["a number", "7", 400],
        ["an array", "[]", 400],
        ["deep", deep, 400],
        ["not UTF-8", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 400],
        ["zero bytes", "\0\0\0\0", 400],
        ["too large", wide, 413],
        ["prototype", '{"__proto__":{"seats":[1]},"constructor":{}}', 400],
      ];
      for (const [name, body, status] of cases) {
        const reply = await post(route, body);
        expect({ name, status: reply.status }).toEqual({ name, status });
        if (status === 400) {
          const wheres = reply.problem.errors?.map(({ where }) => where) ?? [];
          expect({
            name,
            wheres: wheres.length > 0 && wheres.every((at) => at.length > 0),
          }).toEqual({
            name,
            wheres: true,
          });
        }
      }
    });
  }

  test("a body without an end in sight is cut off at the limit", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 16_384;
        if (sent > 4_000_000) controller.close();
        else controller.enqueue(new Uint8Array(16_384).fill(0x20));
      },
    });
    const reply = await fetch(`${platform.origin}/api/on-sales/${platform.onSale.onSaleId}/enter`, {
      method: "POST",
      body: endless,
    }).then(
      ({ status }) => status,
      () => "cut off",
    );
    expect([413, "cut off"]).toContain(reply);
  });
});

describe("holds", () => {
  const refused = async (body: unknown, where: string | RegExp) => {
    const reply = await post("holds", body);
    expect([reply.status, reply.problem.code]).toEqual([400, "bad-request"]);
    const wheres = (reply.problem.errors ?? []).map((error) => error.where).join(" ");
    expect(wheres).toMatch(where);
  };

  test("seats that are not there, named twice, too many, of a wrong type", async () => {
    await refused({ seats: [smallHallSeats] }, /seats\.0/);
    await refused({ seats: [2, 2] }, /seats\.1/);
    await refused({ seats: [-1] }, /seats\.0/);
    await refused({ seats: [0.5] }, /seats\.0/);
    await refused({ seats: ["0"] }, /seats\.0/);
    await refused({ seats: [1e300] }, /seats\.0/);
    await refused({ seats: [Number.MAX_SAFE_INTEGER] }, /seats\.0/);
    await refused({ seats: Array.from({ length: 21 }, (_, at) => at) }, /seats/);
    await refused({ seats: [[1]] }, /seats\.0/);
    await refused({}, /body/);
    await refused({ areas: [{ area: "nowhere", count: 1 }] }, /areas\.0\.area/);
    await refused({ areas: [{ area: "__proto__", count: 1 }] }, /areas\.0\.area/);
    await refused({ areas: [{ area: "standing", count: -3 }] }, /areas\.0\.count/);
    await refused({ bestAvailable: { count: 0 } }, /bestAvailable\.count/);
    await refused({ bestAvailable: { count: 2, category: "gold" } }, /bestAvailable\.category/);
    expect((await fan.held())?.seats.map(({ seat }) => seat)).toEqual([0]);
  });

  test("more than one may have is refused with the limit; nothing is taken", async () => {
    const limit = platform.onSale.settings.seatsPerHold;
    const reply = await fan.hold({ seats: Array.from({ length: limit + 1 }, (_, at) => 10 + at) });
    expect([reply.status, reply.problem.code]).toEqual([409, "over-limit"]);
    const more = await fan.hold({ seats: Array.from({ length: limit }, (_, at) => 10 + at) });
    expect([more.status, more.problem.code]).toEqual([409, "over-limit"]);
    const standing = await fan.hold({ areas: [{ area: "standing", count: limit + 1 }] });
    expect(standing.problem.code).toBe("over-limit");
    expect((await fan.held())?.seats.length).toBe(1);
  });

  test("releasing with nonsense names the place, and releases nothing", async () => {
    for (const query of ["?seats=", "?seats=a", "?seats=1,,2", "?seats=-1", "?seats=1e9999"]) {
      const reply = await fan.ask("hold", {
        method: "DELETE",
        params: { holdId: hold.holdId },
        query,
      });
      expect({ query, status: reply.status }).toEqual({ query, status: 400 });
    }
    expect((await fan.held())?.seats.length).toBe(1);
  });
});

describe("orders", () => {
  const order = (over: object) =>
    post("orders", { holdId: hold.holdId, buyer, paymentMethod: "pm_x", ...over });

  test("the buyer's fields are named where they are wrong", async () => {
    const cases: [object, string][] = [
      [{ buyer: { ...buyer, email: "no address" } }, "buyer.email"],
      [{ buyer: { ...buyer, email: `${"a".repeat(300)}@example.com` } }, "buyer.email"],
      [{ buyer: { ...buyer, email: "fan@example.com\r\nBcc: all@example.com" } }, "buyer.email"],
      [{ buyer: { ...buyer, name: "   " } }, "buyer.name"],
      [{ buyer: { ...buyer, name: "x".repeat(81) } }, "buyer.name"],
      [{ buyer: { ...buyer, locale: "de" } }, "buyer.locale"],
      [{ buyer: null }, "buyer"],
      [{ paymentMethod: "4242 4242 4242 4242" }, "paymentMethod"],
      [{ paymentMethod: { $gt: "" } }, "paymentMethod"],
    ];
    for (const [over, where] of cases) {
      const reply = await order(over);
      expect({ where, status: reply.status }).toEqual({ where, status: 400 });
      expect(reply.problem.errors?.map((error) => error.where)).toContain(where);
    }
  });

  test("keys, ids and addresses of a wrong shape", async () => {
    const without = await post(
      "orders",
      { holdId: hold.holdId, buyer, paymentMethod: "pm_x" },
      { headers: {} },
    );
    expect([without.status, without.problem.code]).toEqual([400, "idempotency-key-missing"]);
    for (const bad of ["short", "x".repeat(256), "with a space in"]) {
      const reply = await post("holds", { seats: [5] }, { headers: { "idempotency-key": bad } });
      expect(reply.problem.code).toBe("idempotency-key-missing");
    }
    expect((await order({ holdId: "hd_nope" })).problem.code).toBe("no-hold");
    for (const odd of ["%00", "..%2f..%2fetc", "or_%F0%9F%92%A9", "%", "a".repeat(5_000)]) {
      const path = `/api/on-sales/${platform.onSale.onSaleId}/orders/${odd}`;
      const cookie = [...fan.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const reply = await fetch(platform.origin + path, { headers: { cookie } });
      expect({ odd, refused: reply.status >= 400 && reply.status < 500 }).toEqual({
        odd,
        refused: true,
      });
    }
    const nowhere = await fetch(`${platform.origin}/api/on-sales/os_nope/holds`);
    expect(nowhere.status).toBe(404);
    expect(nowhere.headers.get("content-type")).toContain("problem+json");
    const put = await fetch(`${platform.origin}/api/on-sales/${platform.onSale.onSaleId}/holds`, {
      method: "PUT",
    });
    expect(put.status).toBe(405);
  });

  test("headers by the hundred and cookies by the kilobyte are no way in", async () => {
    const headers = Object.fromEntries(
      Array.from({ length: 150 }, (_, at) => [`x-bomb-${at}`, "b".repeat(40)]),
    );
    const reply = await fetch(`${platform.origin}/api/on-sales/${platform.onSale.onSaleId}/holds`, {
      headers,
    });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    const cookies = await fetch(
      `${platform.origin}/api/on-sales/${platform.onSale.onSaleId}/holds`,
      {
        headers: { cookie: `a=${"b".repeat(12_000)}` },
      },
    );
    expect(cookies.status).toBe(403);
  });

  test("[S9] prices that come along are not used, and names of any script are", async () => {
    const rich = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
    const smuggled = { price: 1, total: { amount: 1, currency: "KRW" }, amount: 1 };
    const held = await rich.hold({ seats: [30, 50], ...smuggled });
    expect(held.status).toBe(201);
    const sum = smallHallPrices.front + smallHallPrices.back;
    expect(held.body.total).toEqual({ amount: sum, currency: "KRW" });
    const made = await rich.order(
      held.body.holdId,
      await cardToken(platform.paymentsOrigin),
      fresh(),
      {
        amount: 1,
        total: { amount: 1, currency: "KRW" },
        currency: "VND",
        lines: [],
        buyer: { ...buyer, name: "Zoë 👩🏽‍🎤 مريم Ngô", price: 0 },
      },
    );
    expect(made.status).toBe(202);
    const done = await rich.until(made.body.orderId, ["confirmed"]);
    expect(done.total).toEqual({ amount: sum, currency: "KRW" });
    const payments: number[] = [];
    for await (const page of platform.shop.payments.ledger(0))
      for (const payment of page)
        if (payment.orderId === made.body.orderId) payments.push(payment.captured);
    expect(payments).toEqual([sum]);
  });
});
