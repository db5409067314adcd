// The fan's way through separate processes, several of each: whoever answers, it is one installation.

import { beforeAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import pg from "pg";
import type { OnSale } from "../../src/ports/catalog.ts";
import type { DeskMe, HealthView } from "../../src/wire/desk-contract.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { type TestCluster, testCluster } from "../support/cluster.ts";
import { cardToken, fresh, newFan } from "../support/fan-client.ts";
import { keptWithinLimits } from "../support/kept.ts";
import { until } from "../support/until.ts";

let cluster: TestCluster;
let onSale: OnSale;
beforeAll(async () => {
  cluster = await testCluster();
  onSale = await cluster.sell();
}, 90_000);

const arrive = () => cluster.arrive(onSale.onSaleId);
/** A new connection each, so that the system deals them out to all who listen on the port. */
const eachAnew = { headers: { connection: "close" } };

test("from the line to the ticket and the mail, for several fans at once", async () => {
  const fans = await Promise.all(Array.from({ length: 6 }, arrive));
  await Promise.all(
    fans.map(async (fan, nth) => {
      const hold = await fan.hold({ seats: [nth * 2, nth * 2 + 1] });
      expect(hold.status).toBe(201);
      const made = await fan.order(hold.body.holdId, await cardToken(cluster.paymentsOrigin));
      const order = await fan.until(made.body.orderId, ["confirmed"]);
      expect(order.tickets.length).toBe(2);
      const ticket = await fan.ask("ticket", { params: { code: order.tickets[0]?.code ?? "" } });
      expect(ticket.status).toBe(200);
    }),
  );
  await until("six mails", async () => {
    const list = await (await fetch(cluster.mailboxOrigin)).text();
    return (list.match(/haneul@example\.com/g) ?? []).length >= 6;
  });
  const twice = await cluster.rows(
    "select 1 from tickets where state = 'live' group by performance_id, seat having count(*) > 1",
  );
  expect(twice).toEqual([]);
}, 60_000);

test("[Y2] each role tells what it keeps and what at most; the gateways prepare their frontiers", async () => {
  const later = await cluster.sell({ opensInMs: 3_600_000 });
  const fan = newFan(cluster.origins, later.onSaleId);
  // Refused until a leader has opened the pre-queue.
  await until("a place before the opening", async () => (await fan.join()).status === 200);
  const headers = { authorization: `Bearer ${fan.queueToken}` };
  const live = await fan.open("live", { headers });
  expect(live.status).toBe(200);
  const metricsOf = async (origin: string) => {
    const answer = await fetch(origin + pathTo("metrics"), eachAnew);
    return keptWithinLimits(await answer.text());
  };
  const { gateway, shop } = cluster.origins;
  await until("a gateway that holds the stream", async () => {
    const kept = await metricsOf(gateway);
    return (kept.get("streams") ?? 0) > 0 && (kept.get("lines") ?? 0) > 0;
  });
  await until("a gateway with a prepared frontier", async () => {
    return ((await metricsOf(gateway)).get("prepared_answers") ?? 0) > 0;
  });
  const ofShop = [...(await metricsOf(shop)).keys()];
  for (const what of [
    "seat_streams",
    "hot_holds_waiting",
    "commit_seat_claims",
    "provider_calls",
  ]) {
    expect(ofShop).toContain(what);
  }
  await live.body?.cancel();
}, 30_000);

test("[M1] a hold repeated at every box office is one hold with one answer, also after a wipe", async () => {
  const fan = await arrive();
  const key = fresh();
  const ask = (body: object) =>
    fan.ask<{ seats: { seat: number }[] }>("holds", {
      method: "POST",
      body,
      headers: { ...eachAnew.headers, "idempotency-key": key },
    });
  const wish = { bestAvailable: { count: 2 } };
  const first = await ask(wish);
  expect(first.status).toBe(201);
  const again = await Promise.all(Array.from({ length: 12 }, () => ask(wish)));
  for (const reply of again) expect(reply.body.seats).toEqual(first.body.seats);
  for (const url of cluster.redisNodes) {
    const node = new Redis(url);
    const [role] = (await node.call("ROLE")) as [string];
    if (role === "master") await node.flushall();
    node.disconnect();
  }
  for (const reply of await Promise.all(Array.from({ length: 12 }, () => ask(wish))))
    expect(reply.body.seats).toEqual(first.body.seats);
  const other = await ask({ seats: [40] });
  expect([other.status, other.problem.code]).toEqual([422, "idempotency-key-reused"]);
  expect((await fan.held())?.seats.length).toBe(2);
}, 60_000);

test("the desk shows every process from any box office, and is signed in to at all of them", async () => {
  const { shop } = cluster.origins;
  const operator = cluster.firstOperator;
  const signedIn = await fetch(shop + pathTo("deskSignIn"), {
    method: "POST",
    headers: { "content-type": "application/json", ...eachAnew.headers },
    body: JSON.stringify(operator),
  });
  expect(signedIn.status).toBe(200);
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const ask = async <Body>(route: "deskHealth" | "deskMe") => {
    const response = await fetch(shop + pathTo(route), {
      headers: { cookie, ...eachAnew.headers },
    });
    return { status: response.status, body: (await response.json()) as Body };
  };
  for (let times = 0; times < 6; times++) {
    expect((await ask<DeskMe>("deskMe")).body.email).toBe(operator?.email ?? "");
  }
  await until("all roles to be heard of", async () => {
    const { processes } = (await ask<HealthView>("deskHealth")).body;
    const there = processes.filter(({ gone }) => !gone).flatMap(({ roles }) => roles);
    return ["gateway", "box-office", "worker"].every(
      (role) => there.filter((one) => one === role).length >= 2,
    );
  });
  const { reconciler } = (await ask<HealthView>("deskHealth")).body;
  expect(reconciler.findings).toEqual([]);
}, 30_000);

test("each role has its own pages, and sends fans to the other origin for the rest", async () => {
  const { gateway, shop } = cluster.origins;
  const look = (url: string) => fetch(url, { redirect: "manual" });
  const waiting = pathTo("waitingPage", { onSaleId: onSale.onSaleId });
  const shopping = pathTo("shopPage", { onSaleId: onSale.onSaleId });
  expect((await look(gateway + waiting)).status).toBe(200);
  expect((await look(shop + shopping)).status).toBe(200);
  expect((await look(`${shop}${waiting}?plain=1`)).headers.get("location")).toBe(
    `${gateway}${waiting}?plain=1`,
  );
  expect((await look(gateway + shopping)).headers.get("location")).toBe(shop + shopping);
  // The waiting page may ask the box office what is on sale, the line of this gateway, and nobody else.
  const policy = (await look(gateway + waiting)).headers.get("content-security-policy") ?? "";
  expect(policy).toContain(`connect-src 'self' ${shop}`);
  const claim = await newFan(cluster.origins, onSale.onSaleId).arrive();
  expect(claim.admissionToken).not.toBe("");
});

test("every box office reads from the replica", async () => {
  const replica = new pg.Client({ connectionString: cluster.replicaUrl });
  await replica.connect();
  const { rows } = await replica.query(
    "select pg_is_in_recovery() as standby, count(*)::integer as readers from pg_stat_activity where application_name like 'usher box-office%'",
  );
  await replica.end();
  expect(rows[0]).toMatchObject({ standby: true });
  expect(rows[0].readers).toBeGreaterThanOrEqual(2);
}, 30_000);
