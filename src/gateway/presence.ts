// Presence of those near the front, reported to the hot store in batches: whoever polls or holds a
// stream is present. Soft: a lost batch costs a fan at most one tick.

import type { OnSaleId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { Bounds } from "../foundation/bounds.ts";
import type { CheckIn, QueueStore } from "../ports/queue-store.ts";
import type { Epochs } from "../stores/epochs.ts";
import type { Standing } from "../wire/contract.ts";
import type { Line } from "./line.ts";

/** How long one sign of life counts. Two missed near polls and a half. */
export const presenceMs = 15_000;
const flushMs = 250;
const maxBatch = 2_000;
const maxPending = 200_000;

export type Presence = {
  /** Near the front, a sign of life is worth reporting; farther back it changes nothing. */
  note(line: Line, entry: Omit<CheckIn, "position">, standing?: Standing): void;
  bounds: Bounds;
  close(): Promise<void>;
};

export function openPresence(deps: { queue: QueueStore; epochs: Epochs; log: Log }): Presence {
  const pending = new Map<OnSaleId, Map<string, CheckIn>>();
  let size = 0;

  const flush = async () => {
    for (const [onSaleId, entries] of pending) {
      pending.delete(onSaleId);
      size -= entries.size;
      const all = [...entries.values()];
      for (let at = 0; at < all.length; at += maxBatch) {
        const batch = all.slice(at, at + maxBatch);
        await deps.epochs
          .queue(onSaleId, (scope) => deps.queue.checkIn(scope, batch, { presenceMs }))
          .catch((error) =>
            deps.log.warn({ onSaleId, err: String(error) }, "presence not reported"),
          );
      }
    }
  };
  let flushing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    flushing = flushing.then(flush);
  }, flushMs);

  return {
    note(line, { entryId, index }, standing = line.standing(index)) {
      const { poll } = line.prepared.frontier;
      if (standing.kind === "not-drawn") return;
      if (standing.kind === "waiting" && standing.ahead > 2 * poll.near) return;
      const entries = pending.get(line.onSaleId) ?? new Map<string, CheckIn>();
      if (size >= maxPending) return;
      if (!entries.has(entryId)) size++;
      entries.set(entryId, { entryId, index, position: standing.position });
      pending.set(line.onSaleId, entries);
    },
    bounds: () => ({ presence_pending: { size, limit: maxPending } }),
    async close() {
      clearInterval(timer);
      await flushing;
      await flush();
    },
  };
}
