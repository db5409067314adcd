// The sweeper: tidies up after holds whose deadline has passed, in small batches at random moments, so
// that refreshing robots gain nothing by knowing when. Nobody depends on it: for other fans an expired
// hold is free at once. Drafts whose hold is over are due at their deadline and end with the completer.
// Seats that are being paid for are never swept; the saga gives them back.

import type { PerformanceId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import { type Random, systemRandom } from "../foundation/random.ts";
import type { Catalog } from "../ports/catalog.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { SeatClaims } from "../ports/seat-claims.ts";
import type { Epochs } from "../stores/epochs.ts";
import { type Duty, forEach, startRounds, type Turn } from "./round.ts";

export type SweeperDeps = {
  hot: Pick<HotStore, "seats">;
  epochs: Pick<Epochs, "seats">;
  claims: Pick<SeatClaims, "sweep">;
  catalog: Pick<Catalog, "performances">;
  log: Log;
  random?: Random;
  /** Average pause between two rounds. */
  everyMs?: number;
  /** One worker does it for all; undefined: this process does it. */
  turn?: Turn;
};

const batch = 200;

export async function sweepPerformance(
  deps: SweeperDeps,
  performanceId: PerformanceId,
): Promise<number> {
  const { hot, epochs, claims } = deps;
  const expired = await epochs.seats(performanceId, (scope) =>
    hot.seats.expire(scope, { limit: batch }),
  );
  const truths = await claims.sweep({ performanceId, limit: batch });
  if (truths.length > 0)
    await epochs.seats(performanceId, (scope) => hot.seats.apply(scope, truths));
  return expired.holds.length + truths.length;
}

export function startSweeper(deps: SweeperDeps): Duty {
  const random = deps.random ?? systemRandom;
  const everyMs = deps.everyMs ?? 2_000;
  return startRounds(
    {
      name: "sweeper",
      log: deps.log,
      turn: deps.turn,
      pauseMs: () => everyMs * (0.25 + 1.5 * random.next()),
    },
    async (stopped) => {
      const ids = (await deps.catalog.performances()).map(({ performanceId }) => performanceId);
      return forEach(ids, { name: "sweeper", log: deps.log, stopped }, (id) =>
        sweepPerformance(deps, id),
      );
    },
  );
}
