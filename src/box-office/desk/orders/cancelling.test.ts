// A performance that does not take place, over HTTP and through the worker's duties, on the real stores and
// the real provider: reckoned, refused while it could be sold, said once, given back by a worker that is
// killed in the middle and by the next one; and what is sold late goes back too.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { CancellerArguments } from "../../../../test/faults/support/canceller.ts";
import { startDesk, type TestDesk } from "../../../../test/support/desk.ts";
import { type Shop, startShop } from "../../../../test/support/purchase.ts";
import type { Order } from "../../../ports/order-store.ts";
import type { CancellationView } from "../../../wire/desk/desk-orders.ts";
import type { Problem } from "../../../wire/problems.ts";

const program = join(import.meta.dir, "../../../../test/faults/support/canceller.ts");
let shop: Shop;
let desk: TestDesk;
let cookie: string;
beforeAll(async () => {
  shop = await startShop();
  desk = await startDesk({ on: { records: shop, gateway: shop.sandbox.gateway } });
  const reply = await fetch(`${desk.address}/desk/api/sign-in`, {
    method: "POST",
    body: JSON.stringify(desk.owner),
  });
  cookie = reply.headers.get("set-cookie")?.split(";")[0] ?? "";
}, 60_000);
afterAll(async () => {
  await desk?.stop();
  await shop?.close();
});

async function ask<Body>(
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Body & Problem }> {
  const response = await fetch(`${desk.address}/desk/api${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { cookie, "idempotency-key": crypto.randomUUID() },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body & Problem };
}
const path = () => `/performances/${shop.performance.performanceId}/cancellation`;
const look = async () => (await ask<CancellationView>(path())).body;

async function work(killedAfter?: number): Promise<{ signal: unknown; made: string }> {
  const { dataDir, address } = shop.sandbox;
  const { connectionString } = shop;
  const given: CancellerArguments = { connectionString, dataDir, address, killedAfter };
  const child = Bun.spawn([process.execPath, program, JSON.stringify(given)], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const made = (await new Response(child.stdout).text()).trim();
  await child.exited;
  return { signal: child.signalCode, made };
}
const refundsOfAll = async (orders: readonly Order[]) =>
  Promise.all(orders.map(({ orderId }) => shop.stores.refunds.ofOrder(orderId)));

test("[M5] an evening is given back whole, whoever is killed meanwhile, and each order once", async () => {
  const orders: Order[] = [];
  for (let nth = 0; nth < 12; nth++) orders.push(await shop.bought(nth === 0 ? 1 : 2));
  // One fan has given one of two tickets back before.
  const [, partly] = orders as [Order, Order];
  await shop.refunds.request({
    refundId: "rf_0000000000000000000001" as never,
    orderId: partly.orderId,
    seats: [partly.lines[0]?.seat ?? -1],
    feePerTicket: 0,
    by: { kind: "fan" },
    reason: "cannot come",
    seatsGo: "to-sale",
    idempotencyKey: "of the fan",
    bodyHash: "0",
  });
  await shop.refunds.idle();

  const before = await look();
  expect(before.cancellation).toBeUndefined();
  expect(before.left).toEqual({
    worth: [{ currency: "KRW", orders: 12, amount: 22 * 66_000, fee: 0 }],
    tickets: 22,
    checkedIn: 0,
    givenAway: 0,
    underWay: 0,
    byHand: 0,
    onSale: 1,
  });
  const wish = { keepFee: false, reason: "the singer is ill" };
  const early = await ask(path(), wish);
  expect([early.status, early.body.code]).toEqual([409, "performance-on-sale"]);
  expect((await look()).cancellation).toBeUndefined();

  const { catalog } = shop.stores;
  const close = async () => {
    const { onSaleId, phase } = (await catalog.onSale(shop.onSale.onSaleId)) ?? shop.onSale;
    return (await catalog.setPhase(onSaleId, phase, "closed")).kind;
  };
  // The clock may move it just then.
  while ((await close()) !== "moved");
  const said = await Promise.all([ask<CancellationView>(path(), wish), ask(path(), wish)]);
  expect(said.map(({ status }) => status)).toEqual([200, 200]);
  expect((await look()).cancellation).toMatchObject({ reason: wish.reason, keepFee: false });
  const { body: trail } = await ask<{ entries: { action: string }[] }>("/audit");
  const words = trail.entries.filter(({ action }) => action === "performance.cancel");
  expect(words).toHaveLength(1);

  expect(await work(3)).toEqual({ signal: "SIGKILL", made: "" });
  const halfway = await look();
  expect(halfway.left.worth[0]?.orders).toBe(9);
  expect(halfway.refunds).toMatchObject([{ state: "requested", orders: 3 }]);
  // The next one finds what is left, beside a twin that takes itself for the only one.
  const [one, twin] = await Promise.all([work(), work()]);
  expect([one.signal, twin.signal]).toEqual([null, null]);

  const after = await look();
  expect(after.left).toMatchObject({ worth: [], tickets: 0 });
  expect(after.refunds).toEqual([
    { state: "refunded", currency: "KRW", orders: 12, amount: 22 * 66_000, fee: 0 },
  ]);
  const refunds = await refundsOfAll(orders);
  expect(refunds.map((each) => each.length)).toEqual([1, 2, ...Array<number>(10).fill(1)]);
  const ledger = await shop.sandbox.ledger();
  for (const { orderId, amount } of orders) {
    const there = ledger.find((payment) => payment.orderId === orderId);
    expect([there?.captured, there?.refunded]).toEqual([amount.amount, amount.amount]);
  }
  const owed = await shop.database.query(
    "select count(*)::int as n from outbox where topic = 'tickets-refunded'",
  );
  expect(owed.rows[0].n).toBe(13);
  const seats = await Promise.all(orders.map((order) => shop.seatStates(order)));
  expect(seats.flat().filter((state) => state === "sold")).toEqual([]);
  expect(seats[2]).toEqual(["withheld"]);
  expect(await shop.booksAgree()).toEqual([]);
}, 90_000);

test("what is sold late of a cancelled performance goes back too, and nothing new is put on sale", async () => {
  const late = await shop.bought(1);
  expect((await look()).left.worth).toMatchObject([{ orders: 1 }]);
  await work();
  expect((await look()).left.worth).toEqual([]);
  expect((await refundsOfAll([late]))[0]).toMatchObject([
    { state: "refunded", reason: "the singer is ill", seatsGo: "withheld" },
  ]);
  const { performanceId } = shop.performance;
  const { preQueueAt, opensAt, closesAt, currency, prices, settings } = shop.onSale;
  const again = { preQueueAt, opensAt, closesAt, currency, prices, settings };
  const refused = await ask("/on-sales", { performance: { performanceId }, ...again });
  expect([refused.status, refused.body.errors?.[0]?.where]).toEqual([400, "performance"]);
}, 60_000);
