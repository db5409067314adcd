// The opening of an on-sale that a million have joined: the step that fixes the cohort and reveals the
// seed, and the first two ticks after it; how long each takes, and the longest moment in which the
// process answered nobody. A real PostgreSQL with its usual durability, the clock and the tick that the
// pacer runs, and both hot stores in turns. All entries are joined and present. The first tick makes the
// draw's tables; turns begin after the period of grace, in the second.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRedisServer } from "../../scripts/services/redis-server.ts";
import { demoArena } from "../../src/domain/seating/demo-arena.ts";
import { openDraw } from "../../src/domain/waiting-room/draw.ts";
import { assert } from "../../src/foundation/assert.ts";
import { newId, type OnSaleId, type PerformanceId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import { openLineClock } from "../../src/gateway/pacing/line-clock.ts";
import { openTicks } from "../../src/gateway/pacing/tick.ts";
import type { OnSale } from "../../src/ports/catalog.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import { openEpochs } from "../../src/stores/epochs.ts";
import { type HotStoreConfig, openHotStore, openRecords } from "../../src/stores/open.ts";
import type { PostgresStores } from "../../src/stores/open.ts";
import { startEmbeddedPostgres } from "../../src/stores/postgres/embedded.ts";
import { openRebuilder } from "../../src/workers/rebuilder.ts";
import { arenaPrices, testSettings } from "../../test/support/records.ts";
import type { Bench, Figures } from "../support/bench.ts";

const million = 1_000_000;
const batch = 1_000;
const presenceMs = 3_600_000;
/** Longer than the tick's period of grace, so that the second tick gives turns. */
const afterGraceMs = 6_000;
/** What a person takes for "at once". */
const noticedMs = 100;

export const drawOfAMillion: Bench = {
  id: "draw",
  what: "the opening of an on-sale with a million entries, and the ticks after it",
  figures: {
    memoryOpening: "ms to open, hot store in the process",
    memoryFirstTick: "ms of the first tick",
    memorySecondTick: "ms of the second tick, which gives 1,000 turns",
    memoryPause: "ms, longest moment in which the process answered nobody",
    redisOpening: "ms to open, hot store on Redis",
    redisFirstTick: "ms of the first tick",
    redisSecondTick: "ms of the second tick, which gives 1,000 turns",
    redisPause: "ms, longest moment in which the process answered nobody",
    allPositions: "ms to compute every position at once, which nobody asks for",
  },
  goals: [
    { what: "longest pause, hot store in the process", of: "memoryPause", atMost: noticedMs },
    { what: "longest pause, hot store on Redis", of: "redisPause", atMost: noticedMs },
  ],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "usher-bench-draw-"));
    const database = await startEmbeddedPostgres({ dataDir: join(folder, "pg"), log: () => {} });
    const stores = await openRecords(database.connectionString);
    const performanceId = await newPerformance(stores);
    const side = async (config: HotStoreConfig) => {
      // A store of its own for every round: a million entries are not the next round's ballast.
      const hot = await openHotStore(config);
      try {
        return await openAMillion(stores, hot, performanceId);
      } finally {
        await hot.close();
      }
    };
    return {
      sides: [
        async () => named("memory", await side({ kind: "memory" })),
        async () =>
          named("redis", await onFreshRedis(folder, (url) => side({ kind: "redis", url }))),
        everyPosition,
      ],
      async close() {
        await stores.close();
        await database.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

async function onFreshRedis<T>(folder: string, work: (url: string) => Promise<T>): Promise<T> {
  const redis = await startRedisServer({ folder });
  try {
    return await work(redis.url);
  } finally {
    await redis.stop();
  }
}

type Opening = { opening: number; firstTick: number; secondTick: number; pause: number };

function named(
  store: "memory" | "redis",
  { opening, firstTick, secondTick, pause }: Opening,
): Figures {
  return {
    [`${store}Opening`]: opening,
    [`${store}FirstTick`]: firstTick,
    [`${store}SecondTick`]: secondTick,
    [`${store}Pause`]: pause,
  };
}

async function openAMillion(
  stores: PostgresStores,
  hot: HotStore,
  performanceId: PerformanceId,
): Promise<Opening> {
  const { catalog, lineRecords: records, seatClaims: claims, alone } = stores;
  const log = silentLog;
  const rebuild = openRebuilder({ hot, catalog, records, claims, alone, log });
  const epochs = openEpochs({ catalog, records, onStale: rebuild });
  const ahead = { ms: 0 };
  const clock = { now: () => Date.now() + ahead.ms };
  const line = { hot, catalog, records, epochs, clock, log };
  const onSale = await newOnSale(stores, performanceId);
  await joinAll(line, onSale.onSaleId);

  const opened = await timed(() => openLineClock(line).open(onSale));
  assert(opened.value.cohort === million, `drawn: ${opened.value.cohort}`);
  const ticks = openTicks({ ...line, paymentBacklog: async () => 0 });
  const lead = await records.lead(onSale.onSaleId, newId("entry"), 60_000);
  assert(lead.kind === "leading", "nobody else leads");
  const tick = () => ticks.tick(opened.value, lead.fence);
  const first = await timed(tick);
  ahead.ms = afterGraceMs;
  const second = await timed(tick);
  assert(second.value.turns === 1_000, `turns: ${second.value.turns}`);
  return {
    opening: opened.ms,
    firstTick: first.ms,
    secondTick: second.ms,
    pause: Math.max(opened.pauseMs, first.pauseMs, second.pauseMs),
  };
}

async function everyPosition(): Promise<Figures> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const { ms } = await timed(async () => {
    const draw = openDraw(seed, million);
    for (let index = 0; index < million; index++) draw.positionOf(index);
  });
  return { allPositions: ms };
}

type Line = {
  hot: HotStore;
  records: PostgresStores["lineRecords"];
  epochs: ReturnType<typeof openEpochs>;
};

async function joinAll({ hot, records, epochs }: Line, onSaleId: OnSaleId): Promise<void> {
  const { epoch } = await records.checkpoint(onSaleId);
  await records.raiseMark({ onSaleId, epoch }, million);
  for (let from = 0; from < million; from += batch) {
    const ids = Array.from({ length: batch }, () => newId("entry"));
    const joins = ids.map((entryId) => ({ entryId }));
    await epochs.queue(onSaleId, (scope) =>
      hot.queue.join(scope, joins, { highWaterMark: million }),
    );
    const present = ids.map((entryId, nth) => ({
      entryId,
      index: from + nth,
      position: undefined,
    }));
    await epochs.queue(onSaleId, (scope) => hot.queue.checkIn(scope, present, { presenceMs }));
  }
}

type Timed<T> = { value: T; ms: number; pauseMs: number };

/** The longest gap between timers that are due at once: what somebody else's request would have waited. */
async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  let pauseMs = 0;
  let last = performance.now();
  let isRunning = true;
  const watch = () => {
    const now = performance.now();
    pauseMs = Math.max(pauseMs, now - last);
    last = now;
    if (isRunning) setTimeout(watch, 0);
  };
  setTimeout(watch, 0);
  const startedAt = performance.now();
  const value = await work();
  const ms = performance.now() - startedAt;
  watch();
  isRunning = false;
  return { value, ms, pauseMs };
}

async function newPerformance({ catalog }: PostgresStores): Promise<PerformanceId> {
  const { hash } = await catalog.savePlan(demoArena());
  const { performanceId } = await catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "백만 명", en: "A million" },
    venue: { ko: "시험장", en: "Trial hall" },
    planHash: hash,
    startsAt: Date.now() + 86_400_000,
    timeZone: "Asia/Seoul",
  });
  return performanceId;
}

async function newOnSale(
  { catalog }: PostgresStores,
  performanceId: PerformanceId,
): Promise<OnSale> {
  const now = Date.now();
  return await catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId,
    preQueueAt: now,
    opensAt: now + 3_600_000,
    closesAt: now + 7_200_000,
    currency: "KRW",
    prices: arenaPrices,
    settings: { ...testSettings, ratePerSec: 1_000, maxCapacity: 100_000 },
  });
}
