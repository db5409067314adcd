// A line of its own for one case, with the calls that most cases make, in few words.

import { type EntryId, newId } from "../../src/foundation/ids.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import type { OfferTurns, QueueScope, RestoreQueue } from "../../src/ports/queue-store.ts";
import { entryIds, only, start } from "./suite.ts";

export type LineUnderTest = {
  scope: QueueScope;
  /** Entries with the indexes 0…n−1. */
  join(count: number): Promise<EntryId[]>;
  /** Checks entries in with position = index, as if no draw had moved anyone. */
  present(entries: readonly EntryId[], at?: number, options?: { from?: number }): Promise<string[]>;
  tick(at: number, change?: Partial<OfferTurns>): ReturnType<typeof tickOf>;
  /** Joins, checks in and gives a turn to `count` entries, from index 0. */
  withTurns(count: number): Promise<EntryId[]>;
  claim(entryId: EntryId, index: number, at: number): ReturnType<HotStore["queue"]["claim"]>;
  counts(at?: number): Promise<Record<string, unknown>>;
};

export const presenceMs = 10_000;
export const claimWindowMs = 60_000;
export const shopMs = 600_000;
export const mark = 1_000_000;
export const emptyLine: RestoreQueue = {
  serving: 0,
  nextIndex: 0,
  leaderFence: 0,
  admissions: [],
};

export async function newLine(
  store: HotStore,
  truth: Partial<RestoreQueue> = {},
): Promise<LineUnderTest> {
  const scope: QueueScope = { onSaleId: newId("on-sale"), epoch: 1 };
  await store.queue.restore(scope, { ...emptyLine, ...truth });
  const line: LineUnderTest = {
    scope,
    async join(count) {
      const ids = entryIds(count);
      const requests = ids.map((entryId) => ({ entryId }));
      only(await store.queue.join(scope, requests, { highWaterMark: mark, now: start }), "ok");
      return ids;
    },
    async present(entries, at = start, { from = 0 } = {}) {
      const list = entries.map((entryId, nth) => ({
        entryId,
        index: from + nth,
        position: from + nth,
      }));
      const reply = await store.queue.checkIn(scope, list, { presenceMs, now: at });
      return only(reply, "ok").replies.map((one) => one.kind);
    },
    tick: (at, change = {}) => tickOf(store, scope, at, change),
    async withTurns(count) {
      const ids = await line.join(count);
      await line.present(ids);
      await line.tick(start, { take: count, candidates: ids.map((_, index) => index) });
      return ids;
    },
    claim: (entryId, index, at) =>
      store.queue.claim(
        scope,
        { entryId, index, position: index, admissionId: `ad_${index}`, deadline: at + shopMs },
        { now: at, presenceMs },
      ),
    async counts(at = start) {
      const { kind: _, ...counts } = only(await store.queue.counts(scope, { now: at }), "ok");
      return counts;
    },
  };
  return line;
}

async function tickOf(store: HotStore, scope: QueueScope, at: number, change: Partial<OfferTurns>) {
  const request = { leaderFence: 1, take: 1, serving: 0, candidates: [], claimWindowMs, ...change };
  return only(await store.queue.offerTurns(scope, request, { now: at }), "offered");
}
