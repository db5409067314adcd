// P11: from `kill -9` of the Redis master that owns a sale to normal service, on a cluster of six nodes
// and through the HTTP of a whole platform. Joins, status, holds and the stream of a waiting fan are
// asked or heard at fixed moments, whatever became of the one before. Normal again is: the instant
// at which the last answer came that was late (over a quarter of a second), refused as "again", or
// missing; for the stream, at which the first document made after the kill was heard.
// The killed node is started again and has synced before the next round.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisCluster, startRedisCluster } from "../scripts/services/redis-cluster.ts";
import { assert } from "../src/foundation/assert.ts";
import {
  isMaster,
  lineKey,
  type SaleIds,
  idsOnOneShard,
  shardOf,
} from "../test/redis-faults/support/shards.ts";
import { type Fan, newFan } from "../test/support/fan-client.ts";
import { createOnSale, opened, type TestPlatform, testPlatform } from "../test/support/platform.ts";
import { followFrontier } from "../test/redis-faults/support/told.ts";
import type { Bench, Figures } from "./support/bench.ts";

const nodeTimeoutMs = 1_500;
const goalMs = nodeTimeoutMs + 2_000;
const askEveryMs = 50;
const watchMs = 9_000;
const lateMs = 250;
const shoppers = 8;

const goal = (of: string, what: string) => ({
  what: `${what}, ms after the kill (node timeout ${nodeTimeoutMs} + 2,000)`,
  of,
  atMost: goalMs,
});

export const failoverOfMaster: Bench = {
  id: "p11",
  what: `service after kill -9 of a Redis master, node timeout ${nodeTimeoutMs} ms`,
  figures: {
    promoted: "ms until Redis has promoted the replica: its own part",
    joins: "ms until joins are normal",
    status: "ms until status is normal",
    holds: "ms until holds are normal",
    stream: "ms until a waiting fan's stream hears a new frontier",
    refused: "answers that said try again, of all in a round",
  },
  goals: [
    goal("joins", "joins"),
    goal("status", "status"),
    goal("holds", "holds"),
    goal("stream", "streams"),
  ],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "usher-bench-p11-"));
    const cluster = await startRedisCluster({ folder, nodeTimeoutMs });
    const platform = await testPlatform({ redisUrls: cluster.nodes });
    const ids = await idsOnOneShard(cluster);
    const { onSaleId } = await createOnSale(platform.stores.postgres, {
      ids,
      // Full once the shoppers are in: whoever waits goes on waiting, stream and all.
      settings: { maxCapacity: shoppers },
    });
    await opened(platform.origin, onSaleId);
    const fans = await Promise.all(
      Array.from({ length: shoppers }, () => newFan(platform.origin, onSaleId).arrive()),
    );
    return {
      sides: [() => killOnce({ cluster, platform, ids, fans })],
      notes: () => [
        `every ${askEveryMs} ms a join, a status and a hold of one seat; platform, fans, PostgreSQL and six Redis nodes share the machine`,
        "a failover begins another history of writes, so the rebuild is in these figures",
      ],
      async close() {
        await platform.close();
        await cluster.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

type Stage = { cluster: RedisCluster; platform: TestPlatform; ids: SaleIds; fans: Fan[] };
type Asked = { sentAt: number; answeredAt: number; status: number };

async function killOnce({ cluster, platform, ids, fans }: Stage): Promise<Figures> {
  const waiter = newFan(platform.origin, ids.onSaleId);
  assert((await waiter.join()).status === 200, "a join before the fault is answered");
  const listener = newFan(platform.origin, ids.onSaleId);
  assert((await listener.join()).status === 200, "a join before the fault is answered");
  const front = followFrontier(listener);
  const asked: Record<"joins" | "status" | "holds", Asked[]> = { joins: [], status: [], holds: [] };
  const under: Promise<unknown>[] = [];
  let isOver = false;
  const ask = async (kind: keyof typeof asked, send: () => Promise<{ status: number }>) => {
    const sentAt = performance.now();
    const { status } = await send().catch(() => ({ status: 0 }));
    asked[kind].push({ sentAt, answeredAt: performance.now(), status });
  };
  const asking = (async () => {
    for (let nth = 0; !isOver; nth++) {
      const fan = fans[nth % fans.length] as Fan;
      under.push(ask("joins", () => newFan(platform.origin, ids.onSaleId).join()));
      under.push(ask("status", () => statusOf(waiter)));
      under.push(ask("holds", () => holdOne(fan)));
      await Bun.sleep(askEveryMs);
    }
  })();
  await Bun.sleep(1_000);
  const { master, replica } = await shardOf(cluster, lineKey(ids));
  const killedAt = performance.now();
  const killedOn = Date.now();
  await master.stop();
  while (!(await isMaster(replica))) await Bun.sleep(10);
  const promoted = performance.now() - killedAt;
  await Bun.sleep(watchMs - promoted);
  isOver = true;
  await asking;
  await Promise.all(under);
  await front.following.stop();
  await master.restart();
  await cluster.ready();
  // A tick that was measured before the kill may be published after it.
  const heard = front.heard.find(({ frontier }) => frontier.now > killedOn + 200);
  const all = Object.values(asked).flat();
  return {
    promoted,
    joins: normalAfter(asked.joins, killedAt),
    status: normalAfter(asked.status, killedAt),
    holds: normalAfter(asked.holds, killedAt),
    stream: (heard?.at ?? Number.NaN) - killedAt,
    refused: all.filter(({ status }) => status === 503).length,
  };
}

const statusOf = (fan: Fan) =>
  fan.ask("status", { headers: { authorization: `Bearer ${fan.queueToken}` } });

async function holdOne(fan: Fan): Promise<{ status: number }> {
  const taken = await fan.hold({ bestAvailable: { count: 1 } });
  if (taken.status === 201) {
    void fan.ask("hold", { method: "DELETE", params: { holdId: taken.body.holdId } });
  }
  return taken;
}

/** 0: nothing was late. Whatever else than 2xx, 409 or 503 comes is an error, and fails the run. */
function normalAfter(asked: readonly Asked[], killedAt: number): number {
  const late = asked.filter(({ sentAt, answeredAt, status }) => {
    assert(status === 503 || status === 409 || (status >= 200 && status < 300), `got ${status}`);
    return answeredAt > killedAt && (status === 503 || answeredAt - sentAt > lateMs);
  });
  return late.reduce((latest, { answeredAt }) => Math.max(latest, answeredAt - killedAt), 0);
}
