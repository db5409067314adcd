// A single Redis instead of a cluster, under a whole platform and fans who never stop: started again
// with nothing, with an append-only file that has everything, with one that lacks its end, and full.
// A history that was read back from a file is another history: nothing of it counts before the rebuild.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type RedisServer, startRedisServer } from "../../scripts/services/redis-server.ts";
import { cardToken, expectStatus, type Fan, newFan } from "../support/fan-client.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";
import { scratchFolder } from "../support/scratch.ts";
import { asking } from "./support/shards.ts";
import { type StoreWitness, watchStore } from "./support/store-witness.ts";
import { followFrontier } from "./support/told.ts";

let server: RedisServer;
let platform: TestPlatform;
let store: StoreWitness;
let fans: Fan[] = [];
/** What the fans were answered, by status and code. */
const answers = new Map<string, number>();
let isOver = false;
let loops: Promise<void>[] = [];

const arrive = () => newFan(platform.origin, platform.onSale.onSaleId).arrive();
const many = 6;

beforeAll(async () => {
  const settings = { appendonly: "yes", appendfsync: "always" };
  server = await startRedisServer({ folder: scratchFolder(), settings });
  platform = await testPlatform({ redisUrls: [server.url] });
  store = watchStore(platform.stores.hot, platform.onSale.performanceId);
  await opened(platform.origin, platform.onSale.onSaleId);
  fans = await Promise.all(Array.from({ length: many + 1 }, arrive));
  loops = fans.slice(1).map(chooseAndGiveBack);
}, 60_000);
afterAll(async () => {
  isOver = true;
  await Promise.all(loops);
  await platform.close();
  await server.stop();
});

async function chooseAndGiveBack(fan: Fan): Promise<void> {
  const count = ({
    status,
    problem,
  }: {
    status: number;
    problem: { code?: string } | undefined;
  }) => {
    const name = status < 300 ? String(status) : `${status} ${problem?.code}`;
    answers.set(name, (answers.get(name) ?? 0) + 1);
    return status;
  };
  while (!isOver) {
    const taken = await fan.hold({ bestAvailable: { count: 1 } });
    count(taken);
    const params = { holdId: taken.body.holdId };
    if (taken.status !== 201) await Bun.sleep(100);
    else
      while (count(await fan.ask("hold", { method: "DELETE", params })) === 503)
        await Bun.sleep(100);
  }
}

async function survive(strike: () => Promise<unknown>): Promise<void> {
  const [holder] = fans as [Fan];
  const held = await holder.hold({ bestAvailable: { count: 2 } });
  expectStatus("hold", held, 201);
  const [granted, restores] = [store.granted.length, store.restores.length];
  await until("holds under load", () => store.granted.length > granted + 20);
  await server.stop();
  const lostAt = performance.now();
  await strike();
  const before = store.granted.length;
  await until("holds are granted again", () => store.granted.length > before + 5);

  expect(store.restores.length).toBe(restores + 1);
  expect(store.grantedWithout(lostAt)).toEqual([]);
  const { holdId, deadline, seats } = held.body;
  expect(await holder.held()).toMatchObject({ holdId, deadline, seats });
  const again = await holder.join();
  expect([again.body.known, again.body.queueToken]).toEqual([true, holder.queueToken]);
  await holder.ask("hold", { method: "DELETE", params: { holdId } });
  const unexpected = [...answers.keys()].filter((name) => !expected.has(name));
  expect(unexpected).toEqual([]);
}

const expected = new Set(["201", "200", "409 seats-taken", "503 briefly-unavailable"]);

test(
  "[S13] started again with everything in its append-only file: rebuilt all the same",
  () => survive(() => server.restart()),
  30_000,
);

test(
  "[S13] started again with an append-only file that lacks its end",
  () =>
    survive(async () => {
      const folder = join(server.dir, "appendonlydir");
      const name = readdirSync(folder).find((file) => file.endsWith(".incr.aof")) ?? "";
      const { size } = statSync(join(folder, name));
      expect(size).toBeGreaterThan(10_000);
      // As after a power cut without fsync: a part of the file never reached the disk.
      truncateSync(join(folder, name), Math.floor(size / 2));
      await server.restart({ appendfsync: "no" });
    }),
  30_000,
);

test(
  "[S13] started again with nothing",
  () => survive(() => server.restart({ appendonly: "no" })),
  30_000,
);

test("a full Redis refuses what is new, says so, and keeps what was promised", async () => {
  const [holder] = fans as [Fan];
  const held = await holder.hold({ bestAvailable: { count: 1 } });
  expectStatus("hold", held, 201);
  const waiting = newFan(platform.origin, platform.onSale.onSaleId);
  expectStatus("join", await waiting.join(), 200);
  const front = followFrontier(waiting);
  const set = (maxmemory: string) =>
    asking(server, (client) => client.config("SET", "maxmemory", maxmemory));

  await set("1mb");
  await until("a refusal", () => (answers.get("503 no-room") ?? 0) > 0);
  const other = await arrivedBefore().hold({ bestAvailable: { count: 1 } });
  expect([other.status, other.problem.code]).toEqual([503, "no-room"]);
  expect(other.headers.get("retry-after")).toBe("5");
  const late = await newFan(platform.origin, platform.onSale.onSaleId).join();
  expect([late.status, late.problem.code]).toEqual([503, "no-room"]);
  // What is held can be seen and bought: its truth is in PostgreSQL.
  expect(await holder.held()).toMatchObject({ holdId: held.body.holdId });
  const order = await holder.order(held.body.holdId, await cardToken(platform.paymentsOrigin));
  expectStatus("order", order, 202);
  expect((await holder.until(order.body.orderId, ["confirmed"])).tickets).toHaveLength(1);
  const heard = front.heard.length;
  await until("the front is told", () => front.heard.length > heard);

  await set("0");
  const granted = store.granted.length;
  await until("holds are granted again", () => store.granted.length > granted);
  await front.following.stop();
  const soldSeat = held.body.seats[0]?.seat ?? -1;
  const again = await arrivedBefore().hold({ seats: [soldSeat] });
  expect([again.status, again.problem.code]).toEqual([409, "seats-taken"]);
}, 30_000);

const arrivedBefore = () => fans.at(-1) as Fan;

test("[Q6] who claimed just before a wipe that forgot it enters all the same", async () => {
  const { stores, onSale } = platform;
  const { onSaleId } = onSale;
  const fan = newFan(platform.origin, onSaleId);
  expectStatus("join", await fan.join(), 200);
  await fan.turn();

  // As a rebuild does that read the admissions a moment before this one was written.
  const epoch = await stores.postgres.lineRecords.nextEpoch(onSaleId);
  const { serving, highWaterMark, leaderFence } =
    await stores.postgres.lineRecords.checkpoint(onSaleId);
  const truth = { serving, nextIndex: highWaterMark, leaderFence, admissions: [] };
  await stores.hot.queue.restore({ onSaleId, epoch }, truth);

  expectStatus("enter", await fan.enter(), 200);
  const hold = await fan.hold({ bestAvailable: { count: 1 } });
  expectStatus("hold", hold, 201);
}, 30_000);
