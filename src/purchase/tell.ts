// After a commit: the hot store learns what became of the seats (so the maps change), and whoever
// watches the order hears of it. Both are hints; PostgreSQL has already spoken. A hot store that is
// away or being rebuilt loses nothing: the rebuilder reads the same truth.

import type { PerformanceId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { NoticeBus } from "../ports/notice-bus.ts";
import type { Order } from "../ports/order-store.ts";
import type { SeatTruth } from "../ports/seat-store.ts";

export type Tell = (order: Order, truths: readonly SeatTruth[]) => Promise<void>;

export function tellHotStore(deps: {
  notices: Pick<NoticeBus, "publish">;
  /** epochs.seats(id, (scope) => hot.seats.apply(scope, truths)) */
  applySeats: (performanceId: PerformanceId, truths: readonly SeatTruth[]) => Promise<unknown>;
  log: Log;
  /** For what else follows from a change, such as giving back the place in the shop. */
  also?: (order: Order) => Promise<void>;
}): Tell {
  return async (order, truths) => {
    const { orderId, performanceId, version } = order;
    const told = await Promise.allSettled([
      truths.length === 0 ? undefined : deps.applySeats(performanceId, truths),
      deps.notices.publish({ kind: "order", orderId, version }),
      deps.also?.(order),
    ]);
    for (const one of told)
      if (one.status === "rejected")
        deps.log.warn({ orderId, cause: String(one.reason) }, "a change could not be told");
  };
}
