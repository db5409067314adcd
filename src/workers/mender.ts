// The mender: compares the map that the hot store shows with PostgreSQL, seat by seat, and brings the
// truth in where they differ (S16). They do when somebody died between a commit and telling of it, or
// when a commit's answer was lost: the seat of a sold ticket would look as if it were being paid for,
// and the sale would never be sold out.
//
// Keeps: what is just happening is left alone. A seat is mended when it differed in the round before
// as well, with no write to its row in between; a mistake costs a fan a "taken", never a seat, because
// PostgreSQL has the last word.

import type { PerformanceId, SeatNumber } from "../foundation/ids.ts";
import type { Clock } from "../foundation/clock.ts";
import type { Log } from "../foundation/log.ts";
import type { Catalog } from "../ports/catalog.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { SeatClaims } from "../ports/seat-claims.ts";
import type { AvailabilitySnapshot, SeatTruth } from "../ports/seat-store.ts";
import type { Epochs } from "../stores/epochs.ts";
import { type Duty, forEach, startRounds, type Turn } from "./round.ts";

export type MenderDeps = {
  hot: Pick<HotStore, "seats">;
  epochs: Pick<Epochs, "seats">;
  claims: Pick<SeatClaims, "pages">;
  catalog: Pick<Catalog, "onSales">;
  clock: Clock;
  log: Log;
  everyMs?: number;
  /** One worker does it for all; undefined: this process does it. */
  turn?: Turn;
};

const batch = 1_000;

/** Seats that differed in the last round, with the fence that their row had. */
type Differing = ReadonlyMap<SeatNumber, number>;

/** Answers which seats differ now; mends those that did before. */
export async function mendPerformance(
  { hot, epochs, claims, clock, log }: Omit<MenderDeps, "catalog" | "everyMs">,
  performanceId: PerformanceId,
  before: Differing,
): Promise<Differing> {
  const shown = await epochs.seats(performanceId, (scope) => hot.seats.availability(scope));
  const differing = new Map<SeatNumber, number>();
  const wrong: SeatTruth[] = [];
  for await (const page of claims.pages(performanceId)) {
    const now = clock.now();
    for (const truth of page) {
      const look = lookOf(truth, now);
      if (look === undefined || look === shownLook(shown, truth.seat)) continue;
      differing.set(truth.seat, truth.fence);
      if (before.get(truth.seat) === truth.fence) wrong.push(truth);
    }
  }
  for (let at = 0; at < wrong.length; at += batch) {
    const some = wrong.slice(at, at + batch);
    await epochs.seats(performanceId, (scope) => hot.seats.apply(scope, some));
  }
  if (wrong.length > 0) {
    log.warn({ performanceId, seats: wrong.length }, "the hot store was told again");
  }
  return differing;
}

/** Two bits, as in a snapshot; undefined: free for others by now, whatever it looks like. */
function lookOf({ state, deadline }: SeatTruth, now: number): number | undefined {
  switch (state) {
    case "free":
      return 0;
    case "held":
      return (deadline ?? 0) <= now ? undefined : 1;
    case "paying":
      return 1;
    case "sold":
      return 2;
    case "withheld":
      return 3;
  }
}

function shownLook({ bits }: AvailabilitySnapshot, seat: SeatNumber): number {
  return ((bits[seat >> 2] ?? 0) >> ((seat & 3) * 2)) & 3;
}

export function startMender(deps: MenderDeps): Duty {
  const everyMs = deps.everyMs ?? 10_000;
  const known = new Map<PerformanceId, Differing>();
  return startRounds(
    { name: "mender", log: deps.log, turn: deps.turn, pauseMs: () => everyMs },
    async (stopped) => {
      const running = (await deps.catalog.onSales()).filter(({ phase }) => phase !== "closed");
      const ids = new Set(running.map(({ performanceId }) => performanceId));
      for (const id of known.keys()) if (!ids.has(id)) known.delete(id);
      return forEach(ids, { name: "mender", log: deps.log, stopped }, async (id) => {
        const differing = await mendPerformance(deps, id, known.get(id) ?? new Map());
        known.set(id, differing);
        return differing.size;
      });
    },
  );
}
