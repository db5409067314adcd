// Y1: nothing personal may be kept by a cache, and nothing public sets a cookie. Y4: after a whole
// purchase with the log at its most talkative, no token, secret, cookie or address is in any of it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../src/foundation/free-port.ts";
import { openLog } from "../../src/foundation/log.ts";
import type { OrderView } from "../../src/wire/contract.ts";
import { pathTo, type Route } from "../../src/wire/routes.ts";
import { buyer, cardToken, type Fan, newFan } from "../support/fan-client.ts";
import { keptWithinLimits } from "../support/kept.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

const publicRoutes: Route[] = [
  "frontier",
  "keys",
  "onSales",
  "onSale",
  "planOverview",
  "planSection",
  "ticketKeys",
  "revocations",
];
const pages: Route[] = ["home", "waitingPage", "shopPage", "scanPage", "scanWorker"];

let platform: TestPlatform;
let logDir: string;
let fan: Fan;
let order: OrderView;
let cardOfFan: string;
let planHash: string;

beforeAll(async () => {
  logDir = await mkdtemp(join(tmpdir(), "usher-trial-log-"));
  const log = openLog({ level: "debug", file: join(logDir, "usher.log") });
  platform = await testPlatform({ log });
  await opened(platform.origin, platform.onSale.onSaleId);
  fan = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
  cardOfFan = await cardToken(platform.paymentsOrigin);
  const hold = await fan.hold({ seats: [0, 1] });
  const made = await fan.order(hold.body.holdId, cardOfFan);
  order = await fan.until(made.body.orderId, ["confirmed"]);
  const sale = await platform.stores.postgres.catalog.performance(platform.onSale.performanceId);
  planHash = sale?.planHash ?? "";
}, 60_000);
afterAll(async () => {
  await platform?.close();
  await rm(logDir, { recursive: true, force: true });
}, 30_000);

const params = () => ({
  planHash,
  performanceId: platform.onSale.performanceId,
  section: "0",
  orderId: order.orderId,
  holdId: "hd_0000000000000000000000",
  code: order.tickets[0]?.code ?? "",
  provider: "sandbox",
});

test("[Y2] the platform tells what it keeps and what at most, and prepares its frontier", async () => {
  const kept = async () => keptWithinLimits(await (await fan.open("metrics")).text());
  await until("a prepared frontier", async () => ((await kept()).get("prepared_answers") ?? 0) > 0);
  const names = [...(await kept()).keys()].sort();
  // One for each kind of commit that is shared.
  const isCommit = (name: string) => name.startsWith("commit_");
  expect(names.filter(isCommit)).toContain("commit_seat_claims");
  expect(names.filter((name) => !isCommit(name))).toEqual([
    "desk_numbers",
    "desk_streams",
    "entry_asks",
    "gate_devices_scanning",
    "holds_outside",
    "holds_refusing",
    "holds_under_way",
    "hot_lines",
    "hot_performances",
    "hot_subscriptions",
    "joins_refusing",
    "joins_unanswered",
    "joins_under_way",
    "lines",
    "lines_loading",
    "order_streams",
    "orders_completing",
    "orders_driven",
    "orders_outside",
    "orders_refusing",
    "orders_under_way",
    "password_checks",
    "payments_looked_up",
    "pdfs_waiting",
    "prepared_answers",
    "presale_guessers",
    "presence_pending",
    "provider_calls",
    "refunds_driven",
    "revocation_lists",
    "seat_streams",
    "stream_entries",
    "stream_networks",
    "streams",
    "streams_owed",
    "tokens_believed",
    "unknown_lines",
  ]);
});

test("[Y1] everything but the public reads says no-store, in success and in refusal", async () => {
  const shopper = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
  const asked: string[] = [];
  for (const [route, methods] of Object.entries(platform.shop.routes)) {
    if (publicRoutes.includes(route as Route) || route.startsWith("desk")) continue;
    for (const method of Object.keys(methods) as ("GET" | "POST" | "DELETE")[]) {
      for (const who of [shopper, newFan(platform.origin, platform.onSale.onSaleId)]) {
        if (route === "shopSession" && method === "DELETE") continue;
        const response = await who.open(route as Route, {
          method,
          params: params(),
          headers: { authorization: `Bearer ${who.queueToken}` },
          ...(method === "POST" ? { body: {} } : {}),
        });
        await response.body?.cancel();
        const cache = response.headers.get("cache-control") ?? "nothing said";
        if (!/no-store/.test(cache)) asked.push(`${method} ${route} ${response.status}: ${cache}`);
      }
    }
  }
  expect(asked).toEqual([]);
});

test("public reads and pages set no cookie and hold nothing of this fan", async () => {
  for (const route of [...publicRoutes, ...pages]) {
    const response = await fan.open(route, { params: params() });
    const body = await response.text();
    expect({ route, status: response.status }).toEqual({ route, status: 200 });
    expect(response.headers.getSetCookie()).toEqual([]);
    for (const secret of [fan.entryId, fan.queueToken, order.orderId])
      expect(body.includes(secret)).toBe(false);
    const plain = await fetch(
      platform.origin + pathTo(route, { onSaleId: platform.onSale.onSaleId, ...params() }),
    );
    // The list of revocations says when it was signed.
    if (!["frontier", "onSales", "onSale", "revocations"].includes(route))
      expect(await plain.text()).toBe(body);
  }
});

test("[Y1] two fans never get the same Set-Cookie, and the cookie is for the server alone", async () => {
  const entering = async () => {
    const one = newFan(platform.origin, platform.onSale.onSaleId);
    await one.arrive();
    const reply = await one.enter();
    return reply.headers.getSetCookie()[0] ?? "";
  };
  const [first, second] = [await entering(), await entering()];
  expect(first).not.toBe(second);
  expect(first).toMatch(/; HttpOnly/);
  expect(first).toMatch(/; SameSite=Lax/);
});

test("over https the cookies are __Host- and Secure", async () => {
  // Behind a proxy the platform cannot tell its own port by its origin.
  const port = await freePort();
  const inside = `http://localhost:${port}`;
  const other = await testPlatform({ publicOrigin: "https://tickets.example.org", port });
  try {
    await opened(inside, other.onSale.onSaleId);
    const one = await newFan(inside, other.onSale.onSaleId).arrive();
    const line = (await one.enter()).headers.getSetCookie()[0] ?? "";
    expect(line).toStartWith("__Host-");
    expect(line).toMatch(/; Secure/);
    expect(line).not.toMatch(/domain/i);
    expect((await one.hold({ seats: [0] })).status).toBe(201);
  } finally {
    await other.close();
  }
}, 60_000);

test("[Y4] the log knows no token, secret, cookie or address", async () => {
  // What could go wrong is also provoked: refusals and a fault carry what they were given.
  await fan.ask("enter", {
    method: "POST",
    body: { admissionToken: `${fan.admissionToken}x`, nonce: fan.nonce },
  });
  await fan.ask("status", { headers: { authorization: `Bearer ${fan.queueToken}x` } });
  await fan.ask("ticket", { params: { code: `${params().code}x` } });
  const holder = order.tickets[0]?.url.split("#h=")[1] ?? "";
  await fan.ask("ticketOffer", {
    method: "POST",
    body: { holder, email: "someone@example.org", locale: "ko" },
  });
  await fan.ask("ticketHolding", { method: "POST", body: { holder: `${holder.slice(1)}x` } });
  const mails = join(platform.dataDir, "mails");
  await until(
    "the mail to be there",
    async () => (await readdir(mails).catch(() => [])).length > 0,
  );
  const file = join(logDir, "usher.log");
  await until(
    "the log to be written",
    async () => (await readFile(file, "utf8")).includes(order.orderId),
    5_000,
  ).catch(() => undefined);
  const log = await readFile(file, "utf8");
  expect(log.split("\n").length).toBeGreaterThan(5);
  const { keys } = {
    keys: await readFile(join(platform.dataDir, "sandbox-provider/keys.json"), "utf8"),
  };
  const secrets: Record<string, string> = {
    email: buyer.email,
    name: buyer.name,
    queueToken: fan.queueToken,
    admissionToken: fan.admissionToken,
    session: [...fan.cookies.values()][0] ?? "",
    nonce: fan.nonce,
    card: cardOfFan,
    ticket: params().code,
    holder: order.tickets[0]?.url.split("#h=")[1] ?? "",
    database: new URL(platform.connectionString).password,
    ...Object.fromEntries(Object.entries(JSON.parse(keys) as Record<string, string>)),
  };
  for (const [name, secret] of Object.entries(secrets)) {
    expect(secret.length).toBeGreaterThan(2);
    expect({ name, found: log.includes(secret) }).toEqual({ name, found: false });
  }
  expect(log).not.toMatch(/[\w.+-]+@[\w-]+\.[a-z]{2,}/i);
  // It waits for the log first.
}, 30_000);
