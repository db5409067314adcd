// `/health`, for people and for whatever watches the machine: the five points with their colours, the
// orders that wait for a person, what the reconciler found, and whether both stores answer.
//
// 200 `ok`: all is well. 200 `degraded`: something is amber or red, yet fans are served; taking the
// process out of service would make it worse. 503 `unable`: a store does not answer or the hot store
// is full, so a fan who asks here cannot be served here. Measured at most once a second whoever asks.
// Nothing personal is in it. Thresholds: domain/health.ts.

import { hasLine, healthOf, healthThresholds, worstLevel } from "../domain/health.ts";
import type { Clock } from "../foundation/clock.ts";
import { openKept } from "../foundation/kept/kept.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import type { Handler } from "../http/mount.ts";
import { json } from "../http/respond.ts";
import type { Catalog, OnSale } from "../ports/catalog.ts";
import type { DeskReads } from "../ports/reads/desk-reads.ts";
import { mayLag } from "../ports/reads/freshness.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { DeskSample, HealthView } from "../wire/desk-contract.ts";
import type { Processes } from "./desk/processes.ts";

export type HealthDeps = {
  catalog: Pick<Catalog, "onSales">;
  reads: Pick<DeskReads, "countStuck" | "ping">;
  hot: HotStore;
  processes: Processes;
  /** The hot store's memory, or the machine's where the store lives in this process. */
  memory: () => Promise<{ usedBytes: number; limitBytes: number } | undefined>;
  sample: (onSale: OnSale) => Promise<DeskSample>;
  clock: Clock;
};

const keepMs = 1_000;
const patienceMs = 2_000;
const maxSampled = 50;

export type Health = { view(): Promise<HealthView>; handler: Handler };

export function openHealth(deps: HealthDeps): Health {
  const kept = openKept({
    freshMs: keepMs,
    atMostMs: keepMs,
    max: 1,
    read: (_: "the installation") => look(deps),
  });
  const view = () => kept.get("the installation");
  return {
    view,
    handler: async () => {
      const found = await view();
      // Anybody may ask: colours and counts, but not which orders, and not on which machines.
      const { reconciler, processes, replicas, ...rest } = found;
      const findings = reconciler.findings.length;
      const body = {
        ...rest,
        reconciler: { lookedAt: reconciler.lookedAt, findings },
        replicas: {
          inService: replicas.filter(({ inService }) => inService).length,
          leftOut: replicas.filter(({ inService }) => !inService).length,
        },
        processes: {
          there: processes.filter(({ gone }) => !gone).length,
          gone: processes.filter(({ gone }) => gone).length,
        },
        thresholds: healthThresholds,
        note: "queue-size, holds-near-deadline, database-pool and hot-store-memory: fine below warnAt, danger above dangerAt. admission-rate: fine above warnAt, danger below dangerAt, both less where less than 500/s was set (see the point), idle while no sale is open or no line stands before one. 503 only where a store does not answer or the hot store is full.",
      };
      return json(body, found.status === "unable" ? 503 : 200);
    },
  };
}

async function look(deps: HealthDeps): Promise<HealthView> {
  const at = deps.clock.now();
  const [database, hotStore, { pool, books, processes, replicas }, ...rest] = await Promise.all([
    answers(() => deps.reads.ping()),
    answers(async () => void (await deps.hot.memory())),
    deps.processes.look(),
    quiet(deps.memory()),
    quiet(deps.reads.countStuck(mayLag)),
    quiet(deps.catalog.onSales(mayLag)),
  ]);
  const [memory, stuckOrders, onSales] = rest;
  const living = (onSales ?? []).filter(({ phase }) => phase === "open" || phase === "pre-queue");
  const samples = new Map<OnSaleId, DeskSample | undefined>();
  await Promise.all(
    living.slice(0, maxSampled).map(async (onSale) => {
      samples.set(onSale.onSaleId, await quiet(deps.sample(onSale)));
    }),
  );
  const points = healthOf({
    ...together([...samples.values()], onSales !== undefined),
    pool: database.answers ? pool : undefined,
    memory,
  });
  const isFull = memory !== undefined && memory.usedBytes >= memory.limitBytes;
  const unable = !database.answers || !hotStore.answers || isFull;
  const amiss =
    worstLevel(points) !== "fine" ||
    (stuckOrders ?? 0) > 0 ||
    books.findings.length > 0 ||
    replicas.some(({ inService }) => !inService);
  return {
    status: unable ? "unable" : amiss ? "degraded" : "ok",
    at,
    points,
    database,
    hotStore: { ...hotStore, kind: deps.hot.kind },
    replicas,
    stuckOrders,
    reconciler: books,
    onSales: {
      open: living.filter(({ phase, paused }) => phase === "open" && !paused).length,
      paused: living.filter(({ paused }) => paused).length,
      preQueue: living.filter(({ phase }) => phase === "pre-queue").length,
    },
    processes,
  };
}

/** Every line together. One that could not be read makes the sums unknown rather than too small. */
function together(samples: readonly (DeskSample | undefined)[], isKnown: boolean) {
  const read = samples.filter((sample) => sample !== undefined);
  const whole = isKnown && read.length === samples.length;
  const sum = (part: (sample: DeskSample) => number) =>
    whole ? read.reduce((total, sample) => total + part(sample), 0) : undefined;
  const withLine = read.filter(hasLine);
  const rates = withLine.map(({ admittedPerSec }) => admittedPerSec);
  const known = rates.filter((rate) => rate !== undefined);
  return {
    waiting: sum(({ line }) => line.waiting),
    hasLine: withLine.length > 0,
    setPerSec:
      withLine.length > 0
        ? withLine.reduce((total, { ratePerSec }) => total + ratePerSec, 0)
        : undefined,
    admittedPerSec:
      known.length === rates.length ? known.reduce((total, rate) => total + rate, 0) : undefined,
    holds: sum(({ seats }) => seats.holds),
    holdsNearDeadline: sum(({ seats }) => seats.holdsNearDeadline),
  };
}

async function answers(ask: () => Promise<void>): Promise<{ answers: boolean; tookMs: number }> {
  const startedAt = performance.now();
  const tookMs = () => Math.round(performance.now() - startedAt);
  try {
    await inTime(ask());
    return { answers: true, tookMs: tookMs() };
  } catch {
    return { answers: false, tookMs: tookMs() };
  }
}

async function quiet<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await inTime(work);
  } catch {
    return undefined;
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), patienceMs);
  });
  return Promise.race([work, tooLong]).finally(() => clearTimeout(timer));
}
