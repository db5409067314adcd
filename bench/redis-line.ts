// What one shard does for one line: joins and check-ins in batches as gateways send them, and the
// longest script calls, which everybody else on the shard waits for:
//   bun bench/redis-line.ts
// One Redis and one client on the loopback. Prints one line a figure; five rounds, the median counts.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedisServer } from "../scripts/services/redis-server.ts";
import { newId } from "../src/foundation/ids.ts";
import { openHotStore } from "../src/stores/open.ts";

const rounds = 5;
const batch = 250;
const entries = 50_000;
const lanes = 8;

function report(what: string, figures: readonly number[], digits = 0): void {
  const sorted = figures.toSorted((a, b) => a - b);
  const shown = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)];
  const [median, least, most] = shown.map((figure) => (figure ?? 0).toFixed(digits));
  console.log(`${what}: ${median} (${least}…${most})`);
}

async function perSecond(count: number, call: (from: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const from = next;
      next += batch;
      await call(from);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return (count / (performance.now() - startedAt)) * 1_000;
}

async function msOf(call: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await call();
  return performance.now() - startedAt;
}

const folder = mkdtempSync(join(tmpdir(), "usher-bench-line-"));
const server = await startRedisServer({ folder });
const store = await openHotStore({ kind: "redis", url: server.url });
try {
  const joins: number[] = [];
  const checkIns: number[] = [];
  const ticks: number[] = [];
  const absentTicks: number[] = [];
  const bytes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const scope = { onSaleId: newId("on-sale"), epoch: 1 };
    const empty = { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] };
    await store.queue.restore(scope, empty);
    const ids = Array.from({ length: entries }, () => newId("entry"));
    const before = (await store.memory()).usedBytes;
    joins.push(
      await perSecond(entries, (from) => {
        const requests = ids.slice(from, from + batch).map((entryId) => ({ entryId }));
        return store.queue.join(scope, requests, { highWaterMark: entries });
      }),
    );
    bytes.push(((await store.memory()).usedBytes - before) / entries);
    const offer = { leaderFence: 1, claimWindowMs: 60_000, take: 1_000 };
    const candidates = Array.from({ length: 10_000 }, (_, nth) => nth);
    absentTicks.push(
      await msOf(() => store.queue.offerTurns(scope, { ...offer, serving: 0, candidates })),
    );
    checkIns.push(
      await perSecond(entries, (from) => {
        const list = ids.slice(from, from + batch).map((entryId, nth) => ({
          entryId,
          index: from + nth,
          position: from + nth,
        }));
        return store.queue.checkIn(scope, list, { presenceMs: 60_000 });
      }),
    );
    ticks.push(
      await msOf(() =>
        store.queue.offerTurns(scope, { ...offer, serving: 10_000, candidates: [] }),
      ),
    );
  }
  report(`joins/s, ${batch} a call`, joins);
  report("bytes of Redis for a place in line", bytes);
  report(`check-ins/s, ${batch} a call`, checkIns);
  report("a tick over 10,000 absent candidates, ms", absentTicks, 1);
  report("a tick that gives 1,000 turns, ms", ticks, 1);
} finally {
  await store.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
