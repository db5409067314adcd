// P11: from `kill -9` of the Redis master that owns a sale to normal service, on a cluster of six nodes
// and through the HTTP of `usher serve`, a process of its own. Joins, status, holds and the stream of a waiting fan are
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
import { demoArena } from "../src/domain/seating/demo-arena.ts";
import type { OnSaleId } from "../src/foundation/ids.ts";
import { openRecords, type PostgresStores } from "../src/stores/open.ts";
import { type Fan, newFan } from "../test/support/fan-client.ts";
import { createOnSale, opened } from "../test/support/platform.ts";
import { serve } from "../test/support/served.ts";
import { followFrontier } from "../test/redis-faults/support/told.ts";
import type { Bench, Figures } from "./support/bench.ts";

const nodeTimeoutMs = 1_500;
const goalMs = nodeTimeoutMs + 2_000;
const askEveryMs = 50;
const watchMs = 9_000;
const lateMs = 250;
/** Whoever asks has had the answer before it is the fan's turn again: a page does not ask twice either. */
const shoppers = 120;
const seatsApart = 10;

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
    ours: "ms from then until all of it is normal: our part",
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
    const redis = ["--redis", cluster.nodes.join(",")];
    const platform = await serve(join(folder, "data"), ["--no-demo", ...redis]);
    const { origin } = platform;
    const records = await openRecords(await platform.connectionString(), { poolSize: 2 });
    const ids = await idsOnOneShard(cluster);
    const plan = demoArena();
    const prices = Object.fromEntries(plan.categories.map(({ key }) => [key, 99_000]));
    const { onSaleId } = await createOnSale(records, { ids, plan, prices });
    await opened(origin, onSaleId);
    const fans = await Promise.all(
      Array.from({ length: shoppers }, () => newFan(origin, onSaleId).arrive()),
    );
    await admitNobodyElse(records, onSaleId);
    return {
      sides: [() => killOnce({ cluster, origin, ids, fans })],
      notes: () => [
        `every ${askEveryMs} ms a join, a status and a hold of one seat by one of ${shoppers} shoppers in turn; platform, fans, PostgreSQL and six Redis nodes share the machine`,
        "a failover begins another history of writes, so the rebuild is in these figures",
      ],
      async close() {
        await records.close();
        await platform.stop();
        await cluster.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

/** So that whoever waits goes on waiting, stream and all. */
async function admitNobodyElse({ catalog }: PostgresStores, onSaleId: OnSaleId): Promise<void> {
  const onSale = await catalog.onSale(onSaleId);
  assert(onSale !== undefined, "the on-sale is there");
  const settings = { ...onSale.settings, maxCapacity: 1 };
  await catalog.update(onSaleId, onSale.version, { settings });
}

type Stage = { cluster: RedisCluster; origin: string; ids: SaleIds; fans: Fan[] };
type Asked = { sentAt: number; answeredAt: number; status: number };

async function killOnce({ cluster, origin, ids, fans }: Stage): Promise<Figures> {
  const waiter = newFan(origin, ids.onSaleId);
  assert((await waiter.join()).status === 200, "a join before the fault is answered");
  const listener = newFan(origin, ids.onSaleId);
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
      const shopper = nth % fans.length;
      under.push(ask("joins", () => newFan(origin, ids.onSaleId).join()));
      under.push(ask("status", () => statusOf(waiter)));
      under.push(ask("holds", () => holdOne(fans[shopper] as Fan, shopper * seatsApart)));
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
  const normal = {
    joins: normalAfter(asked.joins, killedAt),
    status: normalAfter(asked.status, killedAt),
    holds: normalAfter(asked.holds, killedAt),
    stream: (heard?.at ?? Number.NaN) - killedAt,
  };
  return {
    promoted,
    ours: Math.max(...Object.values(normal)) - promoted,
    ...normal,
    refused: all.filter(({ status }) => status === 503).length,
  };
}

const statusOf = (fan: Fan) =>
  fan.ask("status", { headers: { authorization: `Bearer ${fan.queueToken}` } });

/** A seat that the fan has chosen on the map; what it costs to choose the best is another figure. */
async function holdOne(fan: Fan, seat: number): Promise<{ status: number }> {
  const taken = await fan.hold({ seats: [seat] });
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
