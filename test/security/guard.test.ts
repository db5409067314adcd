// Q5: no protected route answers a success without a valid admission. The routes are taken from what
// the platform has really mounted, so a route that is added and not named here as public is tried with
// every wrong credential; whatever it answers with a success turns this red.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { signAdmission } from "../../connector/src/admission-token.ts";
import { newId } from "../../src/foundation/ids.ts";
import type { Method } from "../../src/http/mount.ts";
import type { OrderView } from "../../src/wire/contract.ts";
import type { ProblemCode } from "../../src/wire/problems.ts";
import { pathTo, type Route } from "../../src/wire/routes.ts";
import { buyer, cardToken, type Fan, fresh, newFan, type Reply } from "../support/fan-client.ts";
import { createOnSale, opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

/** Open to anybody, each with its reason. */
const open: Partial<Record<Route, string>> = {
  frontier: "the same bytes for everybody",
  join: "how a place is got",
  plain: "the waiting page without JavaScript; its claim needs the queue cookie",
  keys: "published keys",
  onSales: "what is on sale",
  onSale: "what is on sale",
  planOverview: "a drawing",
  planSection: "a drawing",
  enter: "exchanges the admission token, tried below",
  origin: "signed with an origin key, tried in test/connector/origin.test.ts",
  buyerOrder: "by the buyer's signed code, tried in giving-back.test.ts",
  giveBackPreview: "by the buyer's signed code, tried in giving-back.test.ts",
  giveBack: "by the buyer's signed code, tried in giving-back.test.ts",
  priorityReturn: "by a sealed token, tried in returning.test.ts",
  paymentReturn: "a hint that makes us ask the provider",
  webhook: "signed, tried in webhooks.test.ts",
  ticket: "by the ticket's own signed code",
  ticketKeys: "published keys",
  ticketPdf: "by the ticket's own signed code",
  ticketPng: "by the ticket's own signed code",
  ticketSvg: "by the ticket's own signed code",
  ticketCalendar: "by the ticket's own signed code",
  revocations: "a published list of ids, signed",
  ticketHolding: "by the holder's signed code, tried in tickets.test.ts",
  ticketOffer: "by the holder's signed code, tried in tickets.test.ts",
  ticketAgain: "by the holder's signed code, tried in tickets.test.ts",
  offered: "by the offer's signed code, tried in tickets.test.ts",
  offeredAccept: "by the offer's signed code, tried in tickets.test.ts",
  health: "colours only",
  metrics: "numbers only",
};
/** Guarded by the queue token in the Authorization header. */
const ofTheLine: Route[] = ["status", "live", "claim", "leave"];
/** Whoever was admitted may read and settle the own orders after the session's end. */
const alsoAfterTheEnd: Route[] = [
  "orders",
  "order",
  "orderPay",
  "orderCancel",
  "orderLive",
  "shopSession",
];

/** Only ever grows: a clock that goes back is another trial. */
const ahead = { ms: 0 };
let platform: TestPlatform;
let other: TestPlatform["onSale"];
let fan: Fan;
let stranger: Fan;
let order: OrderView;
let holdId: string;
let ticketCode: string;
let database: pg.Client;

beforeAll(async () => {
  platform = await testPlatform({ clock: { now: () => Date.now() + ahead.ms } });
  const { origin, onSale, stores } = platform;
  database = new pg.Client({ connectionString: platform.connectionString });
  await database.connect();
  other = await createOnSale(stores.postgres);
  await Promise.all([opened(origin, onSale.onSaleId), opened(origin, other.onSaleId)]);
  [fan, stranger] = await Promise.all([
    newFan(origin, onSale.onSaleId).arrive(),
    newFan(origin, other.onSaleId).arrive(),
  ]);
  holdId = (await fan.hold({ seats: [1] })).body.holdId;
  const declined = await cardToken(platform.paymentsOrigin, "4000000000000002");
  const made = await fan.order(holdId, declined);
  order = await fan.until(made.body.orderId, ["draft"]);
  ticketCode = await boughtTicket();
}, 90_000);
afterAll(async () => {
  await database?.end();
  await platform?.close();
}, 30_000);

async function boughtTicket(): Promise<string> {
  const buying = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
  const hold = await buying.hold({ seats: [0] });
  const made = await buying.order(hold.body.holdId, await cardToken(platform.paymentsOrigin));
  const done = await buying.until(made.body.orderId, ["confirmed"]);
  return done.tickets[0]?.code ?? "";
}

type Target = { route: Route; method: Exclude<Method, "PUT"> };

function mounted(): Target[] {
  return Object.entries(platform.shop.routes).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => ({ route, method }) as Target),
  );
}
const guarded = () =>
  mounted().filter(
    ({ route }) =>
      !(route in open) && !ofTheLine.includes(route) && !/^(desk|gate[A-Z])/.test(route),
  );

const bodies: Partial<Record<Route, () => object>> = {
  holds: () => ({ seats: [5] }),
  orders: () => ({ holdId, buyer, paymentMethod: "pm_never" }),
  orderPay: () => ({ paymentMethod: "pm_never" }),
};

/** The request that would succeed for the fan, with another credential. */
async function knock(
  { route, method }: Target,
  headers: Record<string, string>,
): Promise<Reply<unknown>> {
  const body = method === "POST" ? (bodies[route]?.() ?? {}) : undefined;
  return await fan.ask(route, {
    method,
    params: { holdId, orderId: order.orderId },
    headers: { "idempotency-key": fresh(), ...headers },
    cookies: false,
    ...(body === undefined ? {} : { body }),
  });
}

const cookieName = () => [...fan.cookies.keys()][0] ?? "";
const session = () => fan.cookies.get(cookieName()) ?? "";
const as = (token: string) => ({ cookie: `${cookieName()}=${token}` });

async function everyRouteRefuses(
  headers: Record<string, string>,
  code: ProblemCode,
  reason?: string,
): Promise<void> {
  const wrong: string[] = [];
  for (const target of guarded()) {
    const { status, problem } = await knock(target, headers);
    const fits =
      status >= 400 &&
      problem.code === code &&
      (reason === undefined || problem.facts?.["reason"] === reason);
    if (!fits) wrong.push(`${target.method} ${target.route}: ${status} ${JSON.stringify(problem)}`);
  }
  expect(wrong).toEqual([]);
}

function flipped(token: string, at: number): string {
  const bytes = Buffer.from(token, "base64url");
  bytes[at] = (bytes[at] ?? 0) ^ 0x01;
  return bytes.toString("base64url");
}

describe("[Q5] the shop session", () => {
  test("the list of protected routes is long enough to mean something", () => {
    expect(guarded().length).toBeGreaterThanOrEqual(14);
    for (const route of Object.keys(open).filter((name) => name !== "health" && name !== "metrics"))
      expect(platform.shop.routes).toHaveProperty(route);
  });

  test("is what opens them: with it the same requests are understood", async () => {
    for (const target of guarded().filter(({ method }) => method === "GET")) {
      if (target.route.endsWith("Live")) continue;
      expect({ ...target, status: (await knock(target, as(session()))).status }).toEqual({
        ...target,
        status: 200,
      });
    }
  });

  test("none, empty, nonsense, too long", async () => {
    await everyRouteRefuses({}, "not-admitted", "none");
    await everyRouteRefuses(as(""), "not-admitted");
    await everyRouteRefuses(as("undefined"), "not-admitted", "malformed");
    await everyRouteRefuses(as("A".repeat(9_000)), "not-admitted");
    await everyRouteRefuses({ authorization: `Bearer ${session()}` }, "not-admitted", "none");
  });

  test("forged: each byte of it, and cut short, and made longer", async () => {
    const token = session();
    const length = Buffer.from(token, "base64url").length;
    for (let at = 0; at < length; at++) {
      const { status, problem } = await knock(
        { route: "holds", method: "GET" },
        as(flipped(token, at)),
      );
      expect({ at, status, code: problem.code }).toEqual({ at, status: 403, code: "not-admitted" });
    }
    await everyRouteRefuses(as(flipped(token, length - 1)), "not-admitted", "forged");
    await everyRouteRefuses(as(token.slice(0, -4)), "not-admitted", "malformed");
    await everyRouteRefuses(as(`${token}AAAA`), "not-admitted", "malformed");
  });

  test("of another on-sale, under this one's name", async () => {
    const [theirs = ""] = [...stranger.cookies.values()];
    await everyRouteRefuses(as(theirs), "not-admitted", "other-on-sale");
  });

  test("no other token stands in for it", async () => {
    await everyRouteRefuses(as(fan.queueToken), "not-admitted", "wrong-kind");
    await everyRouteRefuses(as(fan.admissionToken), "not-admitted");
    await everyRouteRefuses(as(ticketCode), "not-admitted");
    await everyRouteRefuses(as(order.orderId), "not-admitted", "malformed");
  });

  test("unsafe requests from other sites", async () => {
    const unsafe = guarded().filter(({ method }) => method !== "GET");
    expect(unsafe.length).toBeGreaterThanOrEqual(7);
    const from: Record<string, string>[] = [
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      // Browsers leave Sec-Fetch-Site out on plain http; then the Origin must be ours.
      { origin: "https://evil.example" },
      { origin: "null" },
    ];
    for (const headers of from) {
      const targets: Target[] = [...unsafe, { route: "enter", method: "POST" }];
      for (const target of targets) {
        const { status, problem } = await knock(target, { ...as(session()), ...headers });
        expect({ ...target, headers, status, code: problem.code }).toEqual({
          ...target,
          headers,
          status: 403,
          code: "forbidden",
        });
      }
    }
    const own = await knock(
      { route: "extendHold", method: "POST" },
      { ...as(session()), origin: platform.origin, "sec-fetch-site": "same-origin" },
    );
    expect(own.status).toBe(200);
  });
});

describe("the queue token", () => {
  const targets = () => mounted().filter(({ route }) => ofTheLine.includes(route));
  const refused = async (headers: Record<string, string>, reason: string) => {
    for (const target of targets()) {
      const { status, problem } = await knock(target, headers);
      const { code, facts } = problem;
      expect({ ...target, status, code, facts }).toEqual({
        ...target,
        status: 401,
        code: "queue-token-invalid",
        facts: { reason },
      });
    }
  };
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  test("forged, of another on-sale, of another kind, in another place", async () => {
    expect(targets().length).toBe(4);
    await refused({}, "malformed");
    await refused(bearer(flipped(fan.queueToken, 60)), "forged");
    await refused(bearer(stranger.queueToken), "other-on-sale");
    await refused(bearer(session()), "wrong-kind");
    await refused(bearer(fan.admissionToken), "wrong-kind");
    await refused({ cookie: `token=${fan.queueToken}` }, "malformed");
    const length = Buffer.from(fan.queueToken, "base64url").length;
    for (let at = 0; at < length; at++) {
      const reply = await knock(
        { route: "status", method: "GET" },
        bearer(flipped(fan.queueToken, at)),
      );
      expect({ at, status: reply.status }).toEqual({ at, status: 401 });
    }
  });
});

describe("the admission token", () => {
  const enter = (admissionToken: unknown, nonce: unknown = fresh()) =>
    fan.ask("enter", { method: "POST", body: { admissionToken, nonce }, cookies: false });
  const refused = async (token: string, status: number, code: ProblemCode) => {
    const reply = await enter(token);
    expect({ status: reply.status, code: reply.problem.code }).toEqual({ status, code });
    expect(reply.headers.getSetCookie()).toEqual([]);
  };

  test("with another nonce it was used already; with its own it is the same entering", async () => {
    await refused(fan.admissionToken, 409, "admission-used");
    const again = await enter(fan.admissionToken, fan.nonce);
    expect(again.status).toBe(200);
    const claimed = await fan.claim();
    expect(claimed.body).toMatchObject({ kind: "admitted" });
    const { rows } = await database.query("select 1 from admissions where entry_id = $1", [
      fan.entryId,
    ]);
    expect(rows.length).toBe(1);
  });

  test("forged in any byte, of another on-sale, of another kind", async () => {
    const length = Buffer.from(fan.admissionToken, "base64url").length;
    for (let at = 0; at < length; at++)
      await refused(flipped(fan.admissionToken, at), 401, "admission-invalid");
    await refused(stranger.admissionToken, 401, "admission-invalid");
    await refused(fan.queueToken, 401, "admission-invalid");
    await refused(session(), 401, "admission-invalid");
    await refused(ticketCode, 401, "admission-invalid");
  });

  test("of a place that gave up its turn", async () => {
    const leaver = newFan(platform.origin, platform.onSale.onSaleId);
    await leaver.arrive();
    const gone = await leaver.ask("leave", {
      method: "POST",
      headers: { authorization: `Bearer ${leaver.queueToken}` },
    });
    expect(gone.status).toBe(200);
    await refused(leaver.admissionToken, 410, "admission-expired");
    expect((await leaver.ask("holds")).problem.code).toBe("shop-session-ended");
    expect((await leaver.claim()).body).toMatchObject({ kind: "ended" });
  });
});

test("a stream of seats ends with the place in the shop that opened it", async () => {
  const leaver = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
  const seats = await leaver.open("availabilityLive");
  await leaver.ask("leave", {
    method: "POST",
    headers: { authorization: `Bearer ${leaver.queueToken}` },
  });
  // Resolves when the server ends it, which it does within one round of pings.
  expect(await seats.text()).toContain("event: snapshot");
  expect((await leaver.ask("availabilityLive")).problem.code).toBe("shop-session-ended");
}, 40_000);

test("an order, a hold and a ticket of another fan are not there", async () => {
  const other = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
  const params = { holdId, orderId: order.orderId };
  const headers = { "idempotency-key": fresh() };
  const pay = { method: "POST", params, headers, body: { paymentMethod: "pm_x" } } as const;
  for (const reply of [
    await other.ask("order", { params }),
    await other.ask("orderLive", { params }),
    await other.ask("orderPay", pay),
    await other.ask("orderCancel", { method: "POST", params }),
    await other.ask("order", { params: { orderId: newId("order") } }),
    await other.ask("order", { params: { orderId: "or_'; drop table orders; --" } }),
  ])
    expect([reply.status, reply.problem.code]).toEqual([404, "order-not-found"]);
  const extended = await other.ask("extendHold", { method: "POST", params });
  expect([extended.status, extended.problem.code]).toEqual([410, "no-hold"]);
  await other.ask("hold", { method: "DELETE", params });
  expect((await fan.held())?.seats.map(({ seat }) => seat)).toEqual([1]);
  const stolen = await other.order(holdId, "pm_x");
  expect([stolen.status, stolen.problem.code]).toEqual([410, "no-hold"]);
});

describe("when time and epochs move on", () => {
  test("after leaving, only the own orders are left to read", async () => {
    const leaver = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
    const left = await leaver.ask("shopSession", { method: "DELETE" });
    expect(left.status).toBe(200);
    const cookie = { cookie: `${cookieName()}=${leaver.cookies.get(cookieName())}` };
    for (const target of guarded()) {
      const { status, problem } = await knock(target, cookie);
      if (alsoAfterTheEnd.includes(target.route) && target.method !== "POST") continue;
      if (target.route.startsWith("order") && target.route !== "orders") {
        expect({ ...target, code: problem.code }).toEqual({ ...target, code: "order-not-found" });
        continue;
      }
      expect({ ...target, status, code: problem.code }).toEqual({
        ...target,
        status: 403,
        code: "shop-session-ended",
      });
    }
  });

  test("an admission token is worth nothing after its minutes, by the server's clock", async () => {
    const late = newFan(platform.origin, platform.onSale.onSaleId);
    await late.join();
    await late.turn();
    ahead.ms = platform.onSale.settings.admissionTokenMs + 1_000;
    const reply = await late.enter();
    expect([reply.status, reply.problem.code]).toEqual([410, "admission-expired"]);
  });

  /** The epoch is kept for a second, by a clock that no test moves. */
  const ownOrders = async () => (await fan.ask("orders")).status;

  test("a raised admission epoch ends every session and every admission", async () => {
    await database.query(
      "update on_sales set admission_epoch = admission_epoch + 1 where on_sale_id = $1",
      [platform.onSale.onSaleId],
    );
    await until("the new epoch to be known", async () => (await ownOrders()) === 403);
    await everyRouteRefuses(as(session()), "not-admitted", "stale-epoch");
    const again = await fan.enter();
    expect([again.status, again.problem.code]).toEqual([410, "admission-expired"]);
    await database.query("update on_sales set admission_epoch = admission_epoch - 1");
    await until("the old epoch to be known again", async () => (await ownOrders()) === 200);
  });

  test("[Q5] who was let in before the opening, by whatever way, is out when it opens", async () => {
    const { lineRecords, keys, catalog } = platform.stores.postgres;
    const { onSaleId } = await createOnSale(platform.stores.postgres, { opensInMs: 3_600_000 });
    const place = { entryId: newId("entry"), index: 0, position: 0 };
    const [now, deadline] = [Date.now() + ahead.ms, Date.now() + ahead.ms + 600_000];
    const admissionId = newId("hold").slice(3);
    await lineRecords.admit({ ...place, admissionId, onSaleId, claimedAt: now, deadline });
    const { signer } = await keys.signing("admission-token");
    const { admissionEpoch: epoch } = await lineRecords.checkpoint(onSaleId);
    const admissionToken = await signAdmission(signer, {
      onSale: onSaleId,
      entry: place.entryId,
      admissionId,
      epoch,
      issuedAt: now,
      expiresAt: deadline,
    });
    const enter = () =>
      fetch(platform.origin + pathTo("enter", { onSaleId }), {
        method: "POST",
        body: JSON.stringify({ admissionToken, nonce: "an-operator-who-tries" }),
      });
    const entered = await enter();
    expect(entered.status).toBe(200);
    const cookie = (entered.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
    const look = () =>
      fetch(platform.origin + pathTo("shopSession", { onSaleId }), { headers: { cookie } });
    expect((await look()).status).toBe(200);

    await lineRecords.open(onSaleId, 0);
    await until("the session to be over", async () => (await look()).status === 403);
    expect(await (await look()).json()).toMatchObject({ facts: { reason: "stale-epoch" } });
    const again = await enter();
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([
      410,
      "admission-expired",
    ]);
    await catalog.setPhase(onSaleId, "open", "closed");
  });

  test("a session is over after two days, whatever the browser kept", async () => {
    ahead.ms = 49 * 3_600_000;
    await everyRouteRefuses(as(session()), "not-admitted", "expired");
  });
});
