// The rebuilder: loads the truth from PostgreSQL into a hot store that has lost it, and only then sets
// the epoch. It runs at the start and whenever somebody meets a store without its epoch; two callers
// at once share one rebuild. Until the epoch is set every script refuses, so nothing is granted
// between a wipe and the rebuild.
//
// Keeps: one rebuilds at a time, among all processes, and nobody rebuilds a store whose epoch is in
// force. A second one would load what it finds, and then replace a line that the first had already
// opened: indexes handed out in between would be handed out again (Q1), holds would vanish from maps.

import type { OnSaleId, PerformanceId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { Catalog } from "../ports/catalog.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { RestoreQueue } from "../ports/queue-store.ts";
import type { SeatClaims } from "../ports/seat-claims.ts";
import type { SeatTruth } from "../ports/seat-store.ts";
import type { RebuildRequest } from "../stores/epochs.ts";

export type RebuilderDeps = {
  hot: HotStore;
  catalog: Catalog;
  records: LineRecords;
  claims: SeatClaims;
  /** Among all processes (stores/postgres/alone.ts). */
  alone: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  log: Log;
};

export type Rebuilder = (request: RebuildRequest) => Promise<void>;

export function openRebuilder(deps: RebuilderDeps): Rebuilder {
  const running = new Map<string, Promise<void>>();
  return (request) => {
    const key = request.kind === "queue" ? request.onSaleId : request.performanceId;
    const already = running.get(key);
    if (already !== undefined) return already;
    const work = deps
      .alone(`rebuild ${key}`, async () => {
        if (await isInForce(deps, request)) return;
        if (request.kind === "queue") await rebuildQueue(deps, request.onSaleId);
        else await rebuildSeats(deps, request.performanceId);
      })
      .finally(() => running.delete(key));
    running.set(key, work);
    return work;
  };
}

/** Somebody else was faster, or the store never lost it: a process that starts beside others. */
async function isInForce(
  { hot, catalog, records }: RebuilderDeps,
  request: RebuildRequest,
): Promise<boolean> {
  if (request.kind === "queue") {
    const { onSaleId } = request;
    const { epoch } = await records.checkpoint(onSaleId);
    return (await hot.queue.counts({ onSaleId, epoch })).kind === "ok";
  }
  const { performanceId } = request;
  const epoch = (await catalog.performance(performanceId))?.epoch ?? 0;
  return (await hot.seats.counts({ performanceId, epoch })).kind === "ok";
}

async function rebuildQueue(
  { hot, records, log }: RebuilderDeps,
  onSaleId: OnSaleId,
): Promise<void> {
  const startedAt = performance.now();
  const epoch = await records.nextEpoch(onSaleId);
  const checkpoint = await records.checkpoint(onSaleId);
  const admissions: RestoreQueue["admissions"][number][] = [];
  for await (const page of records.admissions(onSaleId)) {
    for (const { entryId, index, position, admissionId, deadline, endedAt, identity } of page) {
      admissions.push({
        ...(identity && { identity }),
        entryId,
        index,
        position,
        admissionId,
        deadline: endedAt === undefined ? deadline : undefined,
      });
    }
  }
  await hot.queue.restore(
    { onSaleId, epoch },
    {
      serving: checkpoint.serving,
      // Above everything that may have been handed out: gaps are fine, duplicates are not.
      nextIndex: checkpoint.highWaterMark,
      leaderFence: checkpoint.leaderFence,
      admissions,
    },
  );
  log.info(
    {
      onSaleId,
      epoch,
      admissions: admissions.length,
      tookMs: Math.round(performance.now() - startedAt),
    },
    "line rebuilt",
  );
}

async function rebuildSeats(deps: RebuilderDeps, performanceId: PerformanceId): Promise<void> {
  const { hot, catalog, claims, log } = deps;
  const startedAt = performance.now();
  const seatCount = (await catalog.performance(performanceId))?.seatCount ?? 0;
  const epoch = await catalog.nextSeatEpoch(performanceId);
  const truths: SeatTruth[] = [];
  for await (const page of claims.pages(performanceId)) truths.push(...page);
  await hot.seats.restore({ performanceId, epoch }, { seatCount, claims: truths });
  log.info(
    {
      performanceId,
      epoch,
      claims: truths.length,
      tookMs: Math.round(performance.now() - startedAt),
    },
    "seats rebuilt",
  );
}
