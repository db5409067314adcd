// The hot store on Redis or Valkey: a cluster, or a single server by the same scripts.
// Read next: keys.ts (where everything lives), script.ts (pairs of Lua and TypeScript).

import type { Clock } from "../../foundation/clock.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import { checkTime } from "../hot/limits.ts";
import { callContext } from "./call-context.ts";
import {
  factsOf,
  mastersOf,
  openRedisClient,
  type RedisAddress,
  type RedisClient,
} from "./connection.ts";
import { RedisNoticeBus } from "./notices/notice-bus.ts";
import { redisQueueStore } from "./queue-store.ts";
import { scriptRunner } from "./runner.ts";
import { redisSeatStore } from "./seat-store.ts";

export type RedisHotStoreConfig = RedisAddress & {
  kind: "redis";
  /** Begins every key; two installations may share a server. */
  prefix?: string;
  /** How long a call may take, a failover included. */
  callDeadlineMs?: number;
  /** For tests: counts where a call names no `now`, instead of Redis's own clock. */
  clock?: Clock;
};

/** An election of a cluster with a node timeout of 1.5 s took up to 3.5 s. */
const defaultDeadlineMs = 5_000;

export async function redisHotStore(config: RedisHotStoreConfig): Promise<HotStore> {
  const deadlineMs = config.callDeadlineMs ?? defaultDeadlineMs;
  checkTime("callDeadlineMs", deadlineMs);
  const prefix = config.prefix ?? "usher";
  const opening = { openMs: deadlineMs, prefix };
  const client = await openRedisClient(config, opening);
  const run = scriptRunner(client, { deadlineMs });
  const context = callContext(run, prefix, config.clock);
  const notices = new RedisNoticeBus({
    client,
    connect: () => openRedisClient(config, { ...opening, hears: true }),
    prefix,
    deadlineMs,
  });
  const queue = redisQueueStore(context);
  const seats = redisSeatStore(context);
  return {
    kind: "redis",
    queue,
    seats,
    notices,
    memory: () => fullestOf(client),
    bounds: () => ({ ...queue.bounds(), ...seats.bounds(), hot_subscriptions: notices.bound }),
    async close() {
      notices.close();
      client.disconnect();
    },
  };
}

/** The fullest master: it is the first to refuse. */
async function fullestOf(
  client: RedisClient,
): Promise<{ usedBytes: number; limitBytes: number | undefined }> {
  const all = await Promise.all(mastersOf(client).map(factsOf));
  const memories = all.map((facts) => ({
    usedBytes: Number(facts.get("used_memory") ?? 0),
    limitBytes: Number(facts.get("maxmemory") ?? 0) || undefined,
  }));
  const fullness = (one: (typeof memories)[number]) =>
    one.limitBytes === undefined ? 0 : one.usedBytes / one.limitBytes;
  memories.sort((a, b) => fullness(b) - fullness(a) || b.usedBytes - a.usedBytes);
  return memories[0] ?? { usedBytes: 0, limitBytes: undefined };
}
