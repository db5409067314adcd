// One part of the running platform dies, hangs or forgets, in mid-sale: PostgreSQL, the payment
// provider, the hot store, the streams. Fans get honest answers meanwhile, nothing that was
// acknowledged is lost, nobody is charged twice, and it all comes back by itself.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { SeatTruth } from "../../src/ports/seat-store.ts";
import {
  cardToken,
  type Fan,
  fresh,
  frontierOf,
  newFan,
  type Reply,
} from "../support/fan-client.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

let platform: TestPlatform;
beforeAll(async () => {
  // A killed PostgreSQL must still have what it has answered; a killed machine is not tried here.
  // The graceful stop is asked without a pause, by few fans.
  const limits = { asksPerEntry: undefined };
  platform = await testPlatform({ postgresSettings: { fsync: "off" }, limits });
  await opened(platform.origin, platform.onSale.onSaleId);
}, 60_000);
afterAll(() => platform?.close(), 60_000);

const arrive = () => newFan(platform.origin, platform.onSale.onSaleId).arrive();
const scope = { performanceId: "" as TestPlatform["onSale"]["performanceId"], epoch: 0 };

async function databasePid(): Promise<number> {
  const file = join(platform.dataDir, "postgres/cluster/postmaster.pid");
  return Number((await readFile(file, "utf8")).split("\n")[0]);
}

async function providerPid(): Promise<number> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const isOurs = command.includes(join(platform.dataDir, "sandbox-provider"));
    if (isOurs && command.includes("--webhook-url")) return Number(pid);
  }
  throw new Error("there is no provider");
}

async function sql<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: platform.connectionString });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

async function captures(orderId: string): Promise<number[]> {
  const found: number[] = [];
  for await (const page of platform.shop.payments.ledger(0))
    for (const payment of page)
      if (payment.orderId === orderId && payment.captured > 0) found.push(payment.captured);
  return found;
}

test("PostgreSQL killed: honest refusals, then everything goes on by itself", async () => {
  const [keeper, asker] = await Promise.all([arrive(), arrive()]);
  const kept = await keeper.hold({ seats: [0, 1] });
  const statuses = new Set<number>();
  const acknowledged: number[] = [];
  let asking = true;
  const asks = (async () => {
    for (let seat = 20; asking && seat < 40; seat = seat === 39 ? 20 : seat + 1) {
      if (acknowledged.length >= 4) acknowledged.length = 0;
      const reply = await asker.hold({ seats: [seat] });
      statuses.add(reply.status);
      if (reply.status === 503) expect(reply.problem.code).toBe("briefly-unavailable");
      if (reply.status === 201) {
        acknowledged.push(seat);
        expect(reply.body.seats.map((held) => held.seat)).toContain(seat);
      }
      if (reply.status === 409) break;
      await Bun.sleep(5);
    }
  })();
  await until("the first hold", () => acknowledged.length > 0);
  process.kill(await databasePid(), "SIGKILL");
  const during: Reply<unknown>[] = [];
  const dropped: string[] = [];
  await until("PostgreSQL to answer again", async () => {
    const reply = await keeper.ask("orders").catch((error: unknown) => {
      dropped.push(String(error));
      return undefined;
    });
    if (reply === undefined) return false;
    during.push(reply);
    return reply.status === 200 && during.some(({ status }) => status === 503);
  });
  asking = false;
  await asks;
  expect(dropped).toEqual([]);
  for (const { status, problem } of during.filter((reply) => reply.status !== 200))
    expect([status, problem.code]).toEqual([503, "briefly-unavailable"]);
  expect([...statuses].filter((status) => ![201, 409, 503].includes(status))).toEqual([]);

  expect((await keeper.held())?.holdId).toBe(kept.body.holdId);
  const rows = await sql<{ seat: number }>(
    "select seat from seat_claims where owner = $1 and state = 'held'",
    [keeper.entryId],
  );
  expect(rows.map(({ seat }) => seat).sort()).toEqual([0, 1]);
  const made = await keeper.order(kept.body.holdId, await cardToken(platform.paymentsOrigin));
  expect(made.status).toBe(202);
  await keeper.until(made.body.orderId, ["confirmed"]);
  const before = (await frontierOf(platform.origin, platform.onSale.onSaleId)).now;
  await until("the pacer to tick again", async () => {
    return (await frontierOf(platform.origin, platform.onSale.onSaleId)).now > before;
  });
}, 90_000);

test("the provider killed while it is paid: it comes back, and the purchase ends, paid once", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [4] });
  const slow = await cardToken(platform.paymentsOrigin, "4000000000005126");
  const made = await fan.order(hold.body.holdId, slow);
  expect(made.body.state).toBe("authorizing");
  const pid = await providerPid();
  process.kill(pid, "SIGKILL");
  await until("the provider to run again", async () => {
    return (await providerPid().catch(() => pid)) !== pid;
  });
  const done = await fan.until(made.body.orderId, ["confirmed"]);
  expect(await captures(made.body.orderId)).toEqual([done.total.amount]);
}, 90_000);

test("the provider hangs: the fan sees that it is under way, and is charged once", async () => {
  const fan = await arrive();
  const hold = await fan.hold({ seats: [5] });
  const card = await cardToken(platform.paymentsOrigin);
  const pid = await providerPid();
  process.kill(pid, "SIGSTOP");
  const key = fresh();
  let orderId = "";
  try {
    const askedAt = performance.now();
    const made = await fan.order(hold.body.holdId, card, key);
    expect(made.status).toBe(202);
    // A call to the provider is waited for eight seconds.
    expect(performance.now() - askedAt).toBeLessThan(6_000);
    orderId = made.body.orderId;
    // Other fans are not held up by it.
    const other = await arrive();
    expect((await other.hold({ seats: [6] })).status).toBe(201);
    const unknown = await fan.until(orderId, ["payment-unknown"]);
    expect(unknown.tickets).toEqual([]);
    const repeated = await fan.order(hold.body.holdId, card, key);
    expect(repeated.body.orderId).toBe(orderId as typeof repeated.body.orderId);
    const taken = await other.hold({ seats: [5] });
    expect(taken.problem.code).toBe("seats-taken");
  } finally {
    process.kill(pid, "SIGCONT");
  }
  const done = await fan.until(orderId, ["confirmed"]);
  expect(await captures(orderId)).toEqual([done.total.amount]);
}, 90_000);

test("[S16] the hot store forgets the seats: nothing is granted before the truth is back", async () => {
  const { hot, postgres } = platform.stores;
  const { performanceId } = platform.onSale;
  const [holder, ...others] = await Promise.all([arrive(), arrive(), arrive(), arrive()]);
  if (holder === undefined) throw new Error("a fan");
  const hold = await holder.hold({ seats: [10, 11] });
  expect(hold.status).toBe(201);

  // As after a wipe and a foreign start: all free, under an epoch that PostgreSQL never gave.
  const { rows } = await lost(performanceId);
  expect(rows).toBe(1);
  const replies = await Promise.all(
    others.flatMap((fan) => [fan.hold({ seats: [10] }), fan.hold({ seats: [11] }), fan.held()]),
  );
  for (const reply of replies)
    if (reply !== null && "status" in reply) expect([409, 503]).toContain(reply.status);
  expect((await holder.held())?.seats.map(({ seat }) => seat)).toEqual([10, 11]);
  expect((await holder.hold({ seats: [12] })).status).toBe(201);

  // S16: seat by seat the same, once nothing is under way.
  const truths: SeatTruth[] = [];
  for await (const page of postgres.seatClaims.pages(performanceId)) truths.push(...page);
  const epoch = (await postgres.catalog.performance(performanceId))?.epoch ?? 0;
  const snapshot = await hot.seats.availability({ ...scope, performanceId, epoch });
  if (snapshot.kind !== "ok") throw new Error("the seats were not rebuilt");
  const now = Date.now();
  const expected = Array.from({ length: snapshot.seatCount }, () => 0);
  for (const { seat, state, deadline = 0 } of truths)
    expected[seat] =
      state === "sold" ? 2 : state === "paying" || (state === "held" && deadline > now) ? 1 : 0;
  const shown = expected.map(
    (_, seat) => ((snapshot.bits[seat >> 2] ?? 0) >> ((seat & 3) * 2)) & 3,
  );
  expect(shown).toEqual(expected);
}, 60_000);

async function lost(performanceId: TestPlatform["onSale"]["performanceId"]) {
  const found = await sql<{ epoch: number; seatCount: number }>(
    `update performances set epoch = epoch + 10 where performance_id = $1
     returning epoch::int, seat_count::int as "seatCount"`,
    [performanceId],
  );
  const [{ epoch, seatCount } = { epoch: 0, seatCount: 0 }] = found;
  await platform.stores.hot.seats.restore(
    { performanceId, epoch: epoch - 5 },
    { seatCount, claims: [] },
  );
  return { rows: found.length };
}

test("the hot store forgets the line: places, turns and shoppers are back", async () => {
  const { onSaleId } = platform.onSale;
  const shopper = await arrive();
  const waiting = newFan(platform.origin, onSaleId);
  const { index } = (await waiting.join()).body;
  const found = await sql<{ epoch: number }>(
    "update on_sales set epoch = epoch + 10 where on_sale_id = $1 returning epoch::int",
    [onSaleId],
  );
  await platform.stores.hot.queue.restore(
    { onSaleId, epoch: (found[0]?.epoch ?? 0) - 5 },
    { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] },
  );
  expect((await shopper.ask("shopSession")).status).toBe(200);
  const newcomer = (await newFan(platform.origin, onSaleId).join()).body;
  expect(newcomer.index).toBeGreaterThan(index);
  expect((await waiting.join()).body.index).toBe(index);
  await waiting.turn();
  expect((await waiting.enter()).status).toBe(200);
}, 60_000);

test("a storm of clients that hang up leaves nothing open and nothing taken", async () => {
  const fans = await Promise.all(Array.from({ length: 8 }, arrive));
  const storm = async (fan: Fan, at: number) => {
    for (let times = 0; times < 25; times++) {
      const controller = new AbortController();
      const { signal } = controller;
      const call =
        times % 3 === 0
          ? fan.open("availabilityLive", { signal })
          : fan.open("holds", {
              method: "POST",
              body: { seats: [40 + at] },
              headers: { "idempotency-key": fresh() },
              signal,
            });
      setTimeout(() => controller.abort(), times % 7);
      await call.then((response) => response.body?.cancel()).catch(() => undefined);
    }
  };
  await Promise.all(fans.map(storm));
  // Whoever hung up has the seat or has not; nobody has another's, and the next call says which.
  for (const [at, fan] of fans.entries()) {
    const seats = (await fan.held())?.seats.map(({ seat }) => seat) ?? [];
    expect([[], [40 + at]]).toContainEqual(seats);
  }
  await until("nobody to wait for the pool", () => platform.stores.postgres.pool().waiting === 0);
}, 60_000);

// The last one: it stops the platform.
test("[Y3] a graceful stop fails no request and tells every stream to come back", async () => {
  const [waiter, shopper] = await Promise.all([
    newFan(platform.origin, platform.onSale.onSaleId),
    arrive(),
  ]);
  await waiter.join();
  const live = await waiter.open("live", {
    headers: { authorization: `Bearer ${waiter.queueToken}` },
  });
  const seats = await shopper.open("availabilityLive");
  const texts = Promise.all([live.text(), seats.text()]);
  const outcomes: (number | string)[] = [];
  let stopped = false;
  const asking = Promise.all(
    Array.from({ length: 8 }, async (_, at) => {
      const headers = { authorization: `Bearer ${waiter.queueToken}` };
      while (!stopped) {
        // Half of them need nothing but memory, the others the database.
        const asked = at % 2 === 0 ? waiter.ask("status", { headers }) : shopper.ask("orders");
        const reply = await asked.catch((error: { code?: string }) => error.code ?? String(error));
        outcomes.push(typeof reply === "string" ? reply : reply.status);
        if (typeof reply === "string") return;
      }
    }),
  );
  await until("requests under way", () => outcomes.length > 100);
  await platform.stop();
  stopped = true;
  await asking;
  const [line, map] = await texts;
  expect(line).toMatch(/event: (reconnect|admitted)/);
  expect(map).toContain("event: reconnect");
  // Refused at the door is the load balancer's business; a request that was let in gets its answer.
  const bad = outcomes.filter((outcome) => outcome !== 200 && outcome !== "ECONNREFUSED");
  expect(bad).toEqual([]);
}, 60_000);
