// The on-sales this gateway process has met: each is loaded on first demand, follows the leading pacer's
// frontier notices (never an older leader's than it has heard), and is composed from the stores while
// no notice has come yet. A catalog change
// (a pause, other settings) arrives with the next notice; the on-sale itself is re-read every few
// seconds.

import type { Frontier } from "../domain/waiting-room/frontier.ts";
import type { Clock } from "../foundation/clock.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { Bounds } from "../foundation/bounds.ts";
import { Refusal } from "../http/respond.ts";
import type { Catalog } from "../ports/catalog.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { Epochs } from "../stores/epochs.ts";
import { composeFrontier } from "./pacing/compose-frontier.ts";
import { type Line, lineOf } from "./line.ts";

const maxLines = 1_000;
/** Made up addresses each cost a look at the catalog: so many at once, and the rest is told to wait. */
const maxLoading = 100;
const maxMisses = 1_000;
const missMs = 1_000;
const refreshMs = 2_000;

export type LinesDeps = {
  hot: HotStore;
  catalog: Catalog;
  records: LineRecords;
  epochs: Epochs;
  clock: Clock;
  log: Log;
};

export type Lines = {
  /** undefined: there is no such on-sale. */
  get(onSaleId: OnSaleId): Promise<Line | undefined>;
  /** The line if it is loaded; never waits. */
  known(onSaleId: OnSaleId): Line | undefined;
  all(): Line[];
  /** A new frontier of a line. */
  onFrontier(listener: (line: Line) => void): void;
  /** What `all` answers has changed: a line was loaded, has a new frontier, or is gone. */
  onChange(listener: () => void): void;
  bounds: Bounds;
  close(): Promise<void>;
};

export function openLines(deps: LinesDeps): Lines {
  const lines = new Map<OnSaleId, Line>();
  const loading = new Map<OnSaleId, Promise<Line | undefined>>();
  const misses = new Map<OnSaleId, number>();
  const endings = new Map<OnSaleId, () => Promise<void>>();
  const listeners: ((line: Line) => void)[] = [];
  const watchers: (() => void)[] = [];
  const keep = (line: Line) => {
    lines.set(line.onSaleId, line);
    for (const watcher of watchers) watcher();
  };
  const forget = async (onSaleId: OnSaleId) => {
    const end = endings.get(onSaleId);
    endings.delete(onSaleId);
    lines.delete(onSaleId);
    for (const watcher of watchers) watcher();
    await end?.();
  };

  const load = async (onSaleId: OnSaleId): Promise<Line | undefined> => {
    const onSale = await deps.catalog.onSale(onSaleId);
    if (onSale === undefined || lines.size >= maxLines) {
      if (misses.size >= maxMisses) misses.clear();
      misses.set(onSaleId, deps.clock.now());
      return undefined;
    }
    const performance = await deps.catalog.performance(onSale.performanceId);
    let newestFence = 0;
    const unsubscribe = await deps.hot.notices.subscribe(`frontier:${onSaleId}`, (notice) => {
      if (notice.kind !== "frontier" || notice.leaderFence < newestFence) return;
      newestFence = notice.leaderFence;
      const earlier = lines.get(onSaleId);
      // Q7: an old notice that overtook a newer one never moves the line back.
      if (earlier !== undefined && notice.frontier.serving < earlier.prepared.frontier.serving)
        return;
      const line = lineOf(
        earlier?.onSale ?? onSale,
        notice.frontier,
        earlier ?? { draw: undefined, performance },
      );
      keep(line);
      for (const listener of listeners) listener(line);
    });
    let composed: Frontier;
    try {
      const checkpoint = await deps.records.checkpoint(onSaleId);
      newestFence = Math.max(newestFence, checkpoint.leaderFence);
      const counts = await deps.epochs.queue(onSaleId, (scope) => deps.hot.queue.counts(scope));
      const now = deps.clock.now();
      const unknown = { seats: undefined, pacePerMin: undefined };
      composed = composeFrontier({ onSale, checkpoint, counts, ...unknown, now });
    } catch (error) {
      // Or each attempt while a store is away would leave one more that tells every stream again.
      await unsubscribe();
      lines.delete(onSaleId);
      throw error;
    }
    endings.set(onSaleId, unsubscribe);
    const line = lines.get(onSaleId) ?? lineOf(onSale, composed, { draw: undefined, performance });
    keep(line);
    return line;
  };

  const refresh = setInterval(() => void refreshAll(deps, lines, forget), refreshMs);

  return {
    get(onSaleId) {
      const line = lines.get(onSaleId);
      if (line !== undefined) return Promise.resolve(line);
      const missedAt = misses.get(onSaleId);
      if (missedAt !== undefined && deps.clock.now() - missedAt < missMs)
        return Promise.resolve(undefined);
      const running = loading.get(onSaleId);
      if (running !== undefined) return running;
      if (loading.size >= maxLoading) {
        return Promise.reject(new Refusal("briefly-unavailable", { retryAfterMs: 1_000 }));
      }
      const promise = load(onSaleId).finally(() => loading.delete(onSaleId));
      loading.set(onSaleId, promise);
      return promise;
    },
    known: (onSaleId) => lines.get(onSaleId),
    all: () => [...lines.values()],
    onFrontier: (listener) => void listeners.push(listener),
    onChange: (listener) => void watchers.push(listener),
    bounds: () => ({
      lines: { size: lines.size, limit: maxLines },
      lines_loading: { size: loading.size, limit: maxLoading },
      unknown_lines: { size: misses.size, limit: maxMisses },
    }),
    async close() {
      clearInterval(refresh);
      await Promise.all([...endings.values()].map((end) => end()));
    },
  };
}

async function refreshAll(
  { catalog, log }: LinesDeps,
  lines: Map<OnSaleId, Line>,
  forget: (onSaleId: OnSaleId) => Promise<void>,
): Promise<void> {
  for (const [onSaleId, line] of lines) {
    try {
      const onSale = await catalog.onSale(onSaleId);
      if (onSale === undefined) await forget(onSaleId);
      else if (onSale.version !== line.onSale.version) {
        const latest = lines.get(onSaleId) ?? line;
        lines.set(onSaleId, lineOf(onSale, latest.prepared.frontier, latest));
      }
    } catch (error) {
      log.warn({ onSaleId, err: String(error) }, "on-sale not refreshed; the last one known stays");
    }
  }
}
