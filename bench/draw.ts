// The opening of an on-sale that a million have joined: how long the step takes that fixes the cohort and
// reveals the seed, how long the first ticks after it take, and the longest moment in which the process
// answered nobody:
//   bun bench/draw.ts [entries] [rounds] [redis]
// A real embedded PostgreSQL with its usual durability, the in-process hot store (or a Redis of its own
// with `redis`), the clock and the tick that the pacer runs. The entries are joined and present. The
// first tick opens the draw's tables; turns begin after the period of grace, in the second.

import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { startRedisServer } from "../scripts/services/redis-server.ts";
import { openDraw } from "../src/domain/waiting-room/draw.ts";
import { demoArena } from "../src/domain/seating/demo-arena.ts";
import { newId, type OnSaleId } from "../src/foundation/ids.ts";
import { silentLog } from "../src/foundation/log.ts";
import { openLineClock } from "../src/gateway/pacing/line-clock.ts";
import { openTicks } from "../src/gateway/pacing/tick.ts";
import type { OnSale } from "../src/ports/catalog.ts";
import { openEpochs } from "../src/stores/epochs.ts";
import { openHotStore, openRecords } from "../src/stores/open.ts";
import { startEmbeddedPostgres } from "../src/stores/postgres/embedded.ts";
import { openRebuilder } from "../src/workers/rebuilder.ts";
import { arenaPrices, testSettings } from "../test/support/records.ts";

const entries = Number(process.argv[2] ?? 1_000_000);
const rounds = Number(process.argv[3] ?? 5);
const onRedis = process.argv[4] === "redis";
const batch = 1_000;
const presenceMs = 3_600_000;
/** Longer than the tick's period of grace, so that the second tick gives turns. */
const afterGraceMs = 6_000;

const folder = mkdtempSync(join(tmpdir(), "usher-bench-draw-"));
const database = await startEmbeddedPostgres({
  dataDir: join(folder, "postgres"),
  log: () => {},
});
const redis = onRedis ? await startRedisServer({ folder: join(folder) }) : undefined;
const stores = await openRecords(database.connectionString);
const { catalog, lineRecords: records, seatClaims: claims, alone } = stores;
const log = silentLog;

/** A hot store of its own for every round: a million entries are not the next round's ballast. */
async function openLine() {
  const hot = await openHotStore(redis ? { kind: "redis", url: redis.url } : { kind: "memory" });
  const rebuild = openRebuilder({ hot, catalog, records, claims, alone, log });
  const epochs = openEpochs({ catalog, records, onStale: rebuild });
  const ahead = { ms: 0 };
  const clock = { now: () => Date.now() + ahead.ms };
  return { hot, catalog, records, epochs, clock, log, ahead };
}
type Line = Awaited<ReturnType<typeof openLine>>;

async function newOnSale(performanceId: Awaited<ReturnType<typeof newPerformance>>) {
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

async function newPerformance() {
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

async function joinAll({ hot, epochs }: Line, onSaleId: OnSaleId): Promise<void> {
  await records.raiseMark(onSaleId, entries);
  for (let from = 0; from < entries; from += batch) {
    const ids = Array.from({ length: Math.min(batch, entries - from) }, () => newId("entry"));
    await epochs.queue(onSaleId, (scope) =>
      hot.queue.join(
        scope,
        ids.map((entryId) => ({ entryId })),
        { highWaterMark: entries },
      ),
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

/** The longest gap between two timers that are due at once: what another request would have waited. */
async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  let pauseMs = 0;
  let last = performance.now();
  let running = true;
  const watch = () => {
    const now = performance.now();
    pauseMs = Math.max(pauseMs, now - last);
    last = now;
    if (running) setTimeout(watch, 0);
  };
  setTimeout(watch, 0);
  const startedAt = performance.now();
  const value = await work();
  const ms = performance.now() - startedAt;
  watch();
  running = false;
  return { value, ms, pauseMs };
}

const figures = new Map<string, Timed<unknown>[]>();
const keep = (what: string, one: Timed<unknown>) =>
  figures.set(what, [...(figures.get(what) ?? []), one]);

async function opening(line: Line, onSale: OnSale, leader: string): Promise<void> {
  await joinAll(line, onSale.onSaleId);
  const opened = await timed(() => openLineClock(line).open(onSale));
  keep("opening: cohort fixed, seed revealed", opened);
  const { seed, cohort } = opened.value;
  if (cohort !== entries || seed === undefined) throw new Error(`drawn: ${cohort}`);
  const ticks = openTicks({ ...line, paymentBacklog: async () => 0 });
  const lead = await records.lead(onSale.onSaleId, leader, 60_000);
  if (lead.kind !== "leading") throw new Error("somebody else leads");
  const tick = () => ticks.tick(opened.value, lead.fence);
  keep("first tick: the draw's tables, grace", await timed(tick));
  line.ahead.ms = afterGraceMs;
  const second = await timed(tick);
  if (second.value.turns === 0) throw new Error("the second tick gave no turns");
  keep(`second tick: ${second.value.turns.toLocaleString("en")} turns given`, second);
  const all = await timed(async () => {
    const draw = openDraw(Buffer.from(seed, "hex"), cohort);
    for (let index = 0; index < cohort; index++) draw.positionOf(index);
  });
  keep("for comparison: every position, at once", all);
}

console.log(
  `${entries.toLocaleString("en")} entries, ${rounds} rounds, hot store ${onRedis ? "Redis" : "in the process"}; ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? "?"}`,
);
try {
  const performanceId = await newPerformance();
  for (let round = 0; round < rounds; round++) {
    const line = await openLine();
    await opening(line, await newOnSale(performanceId), `bench-${round}`);
    await line.hot.close();
  }
  const shown = (numbers: number[]) => {
    const sorted = numbers.toSorted((a, b) => a - b);
    const at = (nth: number) => (sorted[nth] ?? 0).toFixed(1);
    return `${at(sorted.length >> 1)} ms (${at(0)}…${at(sorted.length - 1)})`;
  };
  for (const [what, all] of figures) {
    const pause = all.map(({ pauseMs }) => pauseMs);
    console.log(
      `${what.padEnd(40)} ${shown(all.map(({ ms }) => ms))}, longest pause ${shown(pause)}`,
    );
  }
} finally {
  await stores.close();
  await redis?.stop();
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
}
