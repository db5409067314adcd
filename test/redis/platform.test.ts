// The whole platform on a Redis Cluster of six nodes: a sale goes on through a wipe, and everything
// that was acknowledged before is there afterwards.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { newFan } from "../support/fan-client.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { testRedisCluster } from "../support/redis.ts";

let platform: TestPlatform;
let nodes: readonly string[] = [];

beforeAll(async () => {
  const cluster = await testRedisCluster();
  nodes = cluster.nodes;
  platform = await testPlatform({ redisUrls: cluster.nodes });
  await opened(platform.origin, platform.onSale.onSaleId);
}, 90_000);
afterAll(() => platform.close());

const arrive = () => newFan(platform.origin, platform.onSale.onSaleId).arrive();

async function wipe(): Promise<void> {
  for (const url of nodes) {
    const node = new Redis(url);
    const [role] = (await node.call("ROLE")) as [string];
    if (role === "master") await node.flushall();
    node.disconnect();
  }
}

test("[S13] holds survive a FLUSHALL in mid-sale, and no seat is given twice", async () => {
  const [holder, other] = await Promise.all([arrive(), arrive()]);
  const hold = await holder.hold({ seats: [20, 21] });
  expect(hold.status).toBe(201);

  await wipe();
  const taken = await other.hold({ seats: [21] });
  expect([taken.status, taken.problem.code]).toEqual([409, "seats-taken"]);
  const kept = await holder.held();
  expect(kept?.seats.map(({ seat }) => seat)).toEqual([20, 21]);
  expect(kept?.deadline).toBe(hold.body.deadline);

  // The line too: the place is the same, and a newcomer gets another one.
  const again = await holder.join();
  expect([again.body.known, again.body.queueToken]).toEqual([true, holder.queueToken]);
  const late = await arrive();
  expect(late.queueToken).not.toBe(holder.queueToken);
  expect((await late.hold({ seats: [22] })).status).toBe(201);
}, 60_000);
