// What one shard does for one line: joins and check-ins in batches as gateways send them, and the
// longest script calls, which everybody else on the shard waits for. One Redis and one client.

import { newId } from "../../src/foundation/ids.ts";
import type { QueueScope } from "../../src/ports/queue-store.ts";
import type { Bench } from "../support/bench.ts";
import { callsPerSec, msOf } from "../support/load.ts";
import { startRedis } from "../support/redis.ts";

const batch = 250;
const entries = 50_000;
const lanes = 8;

export const redisLine: Bench = {
  id: "redis-line",
  what: "what one Redis does for one line",
  figures: {
    joins: `joins/s, ${batch} a call`,
    bytes: "bytes of Redis for a place in line",
    checkIns: `check-ins/s, ${batch} a call`,
    absentTick: "ms of a tick over 10,000 absent candidates",
    tick: "ms of a tick that gives 1,000 turns",
  },
  goals: [],
  async open() {
    const { store, close } = await startRedis();
    const { queue } = store;
    const inBatches = async (call: (from: number) => Promise<unknown>) =>
      batch * (await callsPerSec(entries / batch, lanes, (nth) => call(nth * batch)));
    const oneLine = async () => {
      const scope: QueueScope = { onSaleId: newId("on-sale"), epoch: 1 };
      await queue.restore(scope, { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] });
      const ids = Array.from({ length: entries }, () => newId("entry"));
      const before = (await store.memory()).usedBytes;
      const joins = await inBatches((from) => {
        const requests = ids.slice(from, from + batch).map((entryId) => ({ entryId }));
        return queue.join(scope, requests, { highWaterMark: entries });
      });
      const bytes = ((await store.memory()).usedBytes - before) / entries;
      const offer = { leaderFence: 1, claimWindowMs: 60_000, take: 1_000 };
      const candidates = Array.from({ length: 10_000 }, (_, nth) => nth);
      const absentTick = await msOf(() =>
        queue.offerTurns(scope, { ...offer, serving: 0, candidates }),
      );
      const checkIns = await inBatches((from) => {
        const list = ids.slice(from, from + batch).map((entryId, nth) => ({
          entryId,
          index: from + nth,
          position: from + nth,
        }));
        return queue.checkIn(scope, list, { presenceMs: 60_000 });
      });
      const tick = await msOf(() =>
        queue.offerTurns(scope, { ...offer, serving: 10_000, candidates: [] }),
      );
      return { joins, bytes, absentTick, checkIns, tick };
    };
    return { sides: [oneLine], close };
  },
};
