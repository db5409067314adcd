// The schedule at work: moves an on-sale from phase to phase when its time has come. At the opening
// the cohort is fixed and the seed revealed in one durable step; whoever joins during that step has an
// index at or above the cohort and stands behind it, so no entry is drawn twice or left out.

import { followClock, type Schedule } from "../../domain/waiting-room/on-sale.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import type { Catalog, OnSale } from "../../ports/catalog.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import type { LineRecords } from "../../ports/line-records.ts";
import type { Epochs } from "../../stores/epochs.ts";

export type LineClockDeps = {
  hot: HotStore;
  catalog: Catalog;
  records: LineRecords;
  epochs: Epochs;
  clock: Clock;
  log: Log;
};

export type LineClock = {
  /** Does what is due now, for the leader of that fence; answers the on-sale as it is afterwards. */
  follow(onSale: OnSale, leaderFence: number): Promise<OnSale>;
  /** The opening, whoever asked for it (the schedule, by its leader's fence, or the operator). */
  open(onSale: OnSale, leaderFence?: number): Promise<OnSale>;
};

export function openLineClock(deps: LineClockDeps): LineClock {
  const { hot, catalog, records, epochs, clock, log } = deps;

  const open = async (onSale: OnSale, leaderFence?: number): Promise<OnSale> => {
    const { onSaleId } = onSale;
    const counts = await epochs.queue(onSaleId, (scope) => hot.queue.counts(scope));
    const opened = await records.open(onSaleId, counts.joined, leaderFence);
    log.info({ onSaleId, cohort: opened.cohort }, "on-sale opened, cohort drawn");
    return (await catalog.onSale(onSaleId)) ?? onSale;
  };

  return {
    open,
    async follow(onSale, leaderFence) {
      const schedule: Schedule = {
        preQueueAt: onSale.preQueueAt,
        opensAt: onSale.opensAt,
        closesAt: onSale.closesAt,
      };
      const state = { phase: onSale.phase, paused: onSale.paused, changedAt: 0 };
      const due = followClock(state, schedule, clock.now()).phase;
      if (due === onSale.phase) return onSale;
      if (due === "open") return open(onSale, leaderFence);
      const moved = await catalog.setPhase(onSale.onSaleId, onSale.phase, due, leaderFence);
      log.info(
        { onSaleId: onSale.onSaleId, from: onSale.phase, to: moved.onSale.phase },
        "phase moved by the clock",
      );
      return moved.onSale;
    },
  };
}
