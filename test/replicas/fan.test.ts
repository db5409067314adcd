// A fan at a platform that reads from a replica, over the real routes. The replica's replay is paused, so
// that it shows the past for as long as the test wants: what the fan has done is seen at once all the
// same, what is only shown may be old, and what decides a sale never is.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { openDatabase } from "../../src/stores/postgres/database.ts";
import { openOrderStore } from "../../src/stores/postgres/orders/order-store.ts";
import { asOf, mayLag, parseLogPosition } from "../../src/ports/reads/freshness.ts";
import type { HoldView, OnSaleView, OrderView } from "../../src/wire/contract.ts";
import { cardToken, type Fan, newFan } from "../support/fan-client.ts";
import { createOnSale, opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import {
  type ReplicatedPostgres,
  replicatedPostgres,
  type TestReplica,
} from "../support/replicated-postgres.ts";
import { until } from "../support/until.ts";

let pair: ReplicatedPostgres;
let replica: TestReplica;
let platform: TestPlatform;
let seat = 0;

beforeAll(async () => {
  pair = await replicatedPostgres();
  replica = pair.replicas[0] as TestReplica;
  platform = await testPlatform({
    databaseUrl: pair.primary.connectionString,
    replicaUrls: [replica.connectionString],
    // Longer than the test: a paused replica stays in service and shows the past.
    replicaLagMs: 600_000,
  });
  await opened(platform.origin, platform.onSale.onSaleId);
}, 120_000);
afterAll(async () => {
  await platform?.close();
  await pair?.stop();
}, 60_000);
beforeEach(async () => {
  await until("the replica in service", async () =>
    platform.stores.postgres.replicas().every(({ inService }) => inService),
  );
  await replica.caughtUp();
});
afterEach(() => replica.resumeReplay());

const arrive = () => newFan(platform.origin, platform.onSale.onSaleId).arrive();
const seen = (fan: Fan) => parseLogPosition(fan.cookies.get("usher-seen"));
const buy = async (fan: Fan): Promise<OrderView> => {
  const hold = await fan.hold({ seats: [seat++] });
  expect(hold.status).toBe(201);
  const made = await fan.order(hold.body.holdId, await cardToken(platform.paymentsOrigin));
  expect(made.status).toBe(202);
  // Before anything else: what was just made is there, however old the replica is.
  const mine = await fan.ask<{ orders: OrderView[] }>("orders");
  expect(mine.body.orders.map(({ orderId }) => orderId)).toContain(made.body.orderId);
  return await fan.until(made.body.orderId, ["confirmed"]);
};

test("the own hold, order and tickets are there at once while the replica stands still", async () => {
  const fan = await arrive();
  const other = openDatabase(pair.primary.connectionString, {
    replicaUrls: [replica.connectionString],
    maxLagMs: 600_000,
  });
  await until("its watch", async () => other.replicas().every(({ inService }) => inService));
  await replica.pauseReplay();
  const hold = await fan.hold({ seats: [seat++] });
  expect(await fan.held()).toMatchObject({ holdId: hold.body.holdId } satisfies Partial<HoldView>);
  const order = await buy(fan);
  expect(order.tickets.length).toBe(2);
  const page = await fan.ask("ticket", { params: { code: order.tickets[0]?.code ?? "" } });
  expect(page.status).toBe(200);

  // The replica knows nothing of it, and is asked by whoever may see the past.
  const orders = openOrderStore(other);
  const { onSaleId } = platform.onSale;
  expect(await orders.ofOwner(onSaleId, fan.entryId, mayLag)).toEqual([]);
  // Another process than the one that wrote goes by the fan's cookie alone.
  expect(seen(fan)).toBeDefined();
  const known = await orders.ofOwner(onSaleId, fan.entryId, asOf(seen(fan)));
  expect(known.map(({ orderId }) => orderId)).toEqual([order.orderId]);
  await other.close();
}, 60_000);

test("a cancelled order stays cancelled, and a refused change leaves a position too", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [seat++] });
  const declined = await cardToken(platform.paymentsOrigin, "4000000000000002");
  const made = await fan.order(hold.body.holdId, declined);
  await fan.until(made.body.orderId, ["draft"]);
  await replica.caughtUp();
  await replica.pauseReplay();
  const before = seen(fan);
  expect((await fan.giveUp(made.body.orderId)).status).toBe(200);
  expect(seen(fan)).not.toBe(before);
  expect((await fan.look(made.body.orderId)).state).toBe("cancelled");
  const [listed] = (await fan.ask<{ orders: OrderView[] }>("orders")).body.orders;
  expect(listed?.state).toBe("cancelled");
}, 60_000);

test("without the cookie, or with a wrong one, the primary is asked", async () => {
  const fan = await arrive();
  await replica.pauseReplay();
  const order = await buy(fan);
  for (const cookie of [undefined, "nonsense", "FFFFFFFF/FFFFFFFF"]) {
    if (cookie === undefined) fan.cookies.delete("usher-seen");
    else fan.cookies.set("usher-seen", cookie);
    const { body } = await fan.ask<{ orders: OrderView[] }>("orders");
    expect(body.orders.map(({ state }) => state)).toEqual(["confirmed"]);
  }
  expect((await fan.look(order.orderId)).state).toBe("confirmed");
}, 60_000);

test("what is only shown may be old; what a sale is decided by is not", async () => {
  const fan = await arrive();
  await replica.pauseReplay();
  const { catalog } = platform.stores.postgres;
  const another = await createOnSale(platform.stores.postgres);
  const listed = async () => {
    const { body } = await fan.ask<{ onSales: OnSaleView[] }>("onSales");
    return body.onSales.map(({ onSaleId }) => onSaleId);
  };
  const current = await catalog.onSale(platform.onSale.onSaleId);
  const paused = await catalog.update(platform.onSale.onSaleId, current?.version ?? 0, {
    paused: true,
  });
  expect(paused.kind).toBe("updated");
  await until("holds to be refused", async () => {
    const { status, problem } = await fan.hold({ seats: [59] });
    return status >= 400 && problem.code === "sale-paused";
  });
  // The replica still says "open", and does not know the new on-sale.
  expect((await catalog.onSale(platform.onSale.onSaleId, mayLag))?.paused).toBe(false);
  expect(await listed()).not.toContain(another.onSaleId);
  // Asked for by its name it is found: what a replica does not know, the primary is asked for.
  expect((await catalog.onSale(another.onSaleId, mayLag))?.onSaleId).toBe(another.onSaleId);
  await replica.resumeReplay();
  await until("the list", async () => (await listed()).includes(another.onSaleId));
  const latest = await catalog.onSale(platform.onSale.onSaleId);
  const resumed = await catalog.update(platform.onSale.onSaleId, latest?.version ?? 0, {
    paused: false,
  });
  expect(resumed.kind).toBe("updated");
}, 60_000);

test("a replica killed under load fails no request of anybody", async () => {
  const fan = await arrive();
  const order = await (async () => {
    await until("the sale to run again", async () => {
      const { status, problem } = await fan.hold({ seats: [59] });
      return status === 201 || problem.code === "seats-taken";
    });
    return await buy(fan);
  })();
  let isOver = false;
  const statuses: Record<string, number> = {};
  const readers = Array.from({ length: 6 }, async (_, index) => {
    while (!isOver) {
      const [route, params] =
        index % 2 === 0
          ? (["orders", {}] as const)
          : (["order", { orderId: order.orderId }] as const);
      const { status } = await fan.ask(route, { params });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  });
  for (let round = 0; round < 2; round++) {
    const before = replica.pid();
    replica.kill();
    await until("it to be back", async () => replica.pid() > 0 && replica.pid() !== before);
    await until("it in service", async () =>
      platform.stores.postgres.replicas().every(({ inService }) => inService),
    );
  }
  isOver = true;
  await Promise.all(readers);
  expect(Object.keys(statuses)).toEqual(["200"]);
  expect(statuses["200"]).toBeGreaterThan(100);
}, 120_000);

test("a replica that is gone is said so: health, metrics, and nobody is refused", async () => {
  const fan = await arrive();
  const { host } = new URL(replica.connectionString);
  await replica.suspend();
  type Health = { status: string; replicas: { inService: number; leftOut: number } };
  const health = async () => (await fan.ask<Health>("health")).body;
  await until("health to tell", async () => (await health()).replicas.leftOut === 1);
  expect((await health()).status).toBe("degraded");
  expect(JSON.stringify(await health())).not.toContain(host);
  const metrics = async () => await (await fan.open("metrics")).text();
  expect(await metrics()).toContain(`usher_replica_in_service{replica="${host}"} 0`);
  expect((await buy(fan)).state).toBe("confirmed");
  // The position that it had left is taken away: it is not known any more where the log ends.
  expect(seen(fan)).toBeUndefined();
  await replica.resume();
  await until("it to be taken in", async () => (await health()).replicas.inService === 1);
  expect(await metrics()).toContain(`usher_replica_in_service{replica="${host}"} 1`);
}, 120_000);
