// The hot store in process: for one machine, for trying Usher out, and as the model that Redis is
// compared with in tests. It forgets everything when the process ends; then the rebuilder restores it
// as it would after a wiped Redis, so nothing of value is lost.
//
// A call with an epoch that was never restored answers `stale-epoch`; a restore with an epoch that is
// in force already (or older) changes nothing, so that it may be repeated at any time.
// Read next: line/line.ts (the queue), seats/performance-seats.ts (the seats).

import { type Clock, systemClock } from "../../foundation/clock.ts";
import type { OnSaleId, PerformanceId } from "../../foundation/ids.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import type { Line } from "./line/line.ts";
import { MemoryNoticeBus } from "./notice-bus.ts";
import { memoryQueueStore } from "./queue-store.ts";
import { Scopes } from "./scopes.ts";
import { memorySeatStore } from "./seat-store.ts";
import type { PerformanceSeats } from "./seats/performance-seats.ts";
import { SeatNotices } from "./seats/seat-notices.ts";

export function memoryHotStore(clock: Clock = systemClock): HotStore {
  const lines = new Scopes<OnSaleId, Line>();
  const performances = new Scopes<PerformanceId, PerformanceSeats>();
  const bus = new MemoryNoticeBus();
  const seatNotices = new SeatNotices((notice) => bus.deliver(notice));
  return {
    kind: "memory",
    queue: memoryQueueStore(lines, clock),
    seats: memorySeatStore(performances, seatNotices, clock),
    notices: bus,
    async memory() {
      return { usedBytes: process.memoryUsage.rss(), limitBytes: undefined };
    },
    bounds: () => ({
      hot_lines: lines.bound,
      hot_performances: performances.bound,
      hot_subscriptions: bus.bound,
    }),
    async close() {
      seatNotices.close();
      lines.close();
      performances.close();
      bus.close();
    },
  };
}
