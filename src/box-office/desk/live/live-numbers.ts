// The live numbers of every on-sale, second by second, with a history long enough for the curves.
// They come from the pacer that leads the line (it has counted anyway), wherever it runs, else from the
// hot store. Keeps: one sample a second per on-sale however many desks look on; bounded in
// on-sales and in seconds; a store that does not answer makes a gap, never an old number as new.
// Read next: live.ts (who is told), domain/health.ts (what the colours mean).

import { hasLine, healthOf } from "../../../domain/health.ts";
import type { Bound } from "../../../foundation/bounds.ts";
import type { Clock } from "../../../foundation/clock.ts";
import type { OnSaleId } from "../../../foundation/ids.ts";
import type { Log } from "../../../foundation/log.ts";
import type { OnSale } from "../../../ports/catalog.ts";
import type { HotStore } from "../../../ports/hot-store.ts";
import type { Epochs } from "../../../stores/epochs.ts";
import type { OrderState } from "../../../wire/contract.ts";
import type { DeskHistory, DeskSample } from "../../../wire/desk-contract.ts";
import type { Processes } from "../processes.ts";
import { openRateMeter, type RateMeter } from "./rate-meter.ts";

export type LiveDeps = {
  hot: HotStore;
  epochs: Epochs;
  clock: Clock;
  log: Log;
  processes: Processes;
  backlog: (onSale: OnSale) => Promise<Partial<Record<OrderState, number>>>;
  memory: () => Promise<{ usedBytes: number; limitBytes: number } | undefined>;
};

/** Half an hour of seconds: what a curve on a phone can show. */
const keptSeconds = 1_800;
const maxOnSales = 100;
const sampleMs = 1_000;
/** A pacer's tick older than this is not "now" any more. */
const tickFreshMs = 5_000;

type Kept = { samples: DeskSample[]; meter: RateMeter; last: Promise<DeskSample> | undefined };

export type LiveNumbers = {
  /** At most a second old. Rejects where the stores do not answer. */
  sample(onSale: OnSale): Promise<DeskSample>;
  history(onSaleId: OnSaleId): DeskHistory;
  /** On-sales whose numbers are kept here. */
  readonly bound: Bound;
};

export function openLiveNumbers(deps: LiveDeps): LiveNumbers {
  const kept = new Map<OnSaleId, Kept>();

  const keptOf = (onSaleId: OnSaleId): Kept => {
    const found = kept.get(onSaleId);
    if (found !== undefined) return found;
    if (kept.size >= maxOnSales) kept.delete(kept.keys().next().value as OnSaleId);
    const made: Kept = { samples: [], meter: openRateMeter(), last: undefined };
    kept.set(onSaleId, made);
    return made;
  };

  return {
    get bound() {
      return { size: kept.size, limit: maxOnSales };
    },
    sample(onSale) {
      const own = keptOf(onSale.onSaleId);
      const newest = own.samples.at(-1);
      const isFresh = newest !== undefined && deps.clock.now() - newest.at < sampleMs * 0.9;
      if (isFresh && newest.version === onSale.version) return Promise.resolve(newest);
      own.last ??= take(deps, onSale, own.meter)
        .then((sample) => {
          own.samples.push(sample);
          if (own.samples.length > keptSeconds) own.samples.shift();
          return sample;
        })
        .finally(() => {
          own.last = undefined;
        });
      return own.last;
    },
    history: (onSaleId) => columnsOf(kept.get(onSaleId)?.samples ?? []),
  };
}

async function take(deps: LiveDeps, onSale: OnSale, meter: RateMeter): Promise<DeskSample> {
  const { hot, epochs, clock } = deps;
  const now = clock.now();
  const [installation, counts, seats, orders, memory] = await Promise.all([
    deps.processes.look(),
    epochs.queue(onSale.onSaleId, (scope) => hot.queue.counts(scope)),
    epochs.seats(onSale.performanceId, (scope) => hot.seats.counts(scope)),
    deps.backlog(onSale),
    deps.memory(),
  ]);
  const tick = installation.tick(onSale.onSaleId);
  const paced = tick !== undefined && now - tick.at < tickFreshMs ? tick : undefined;
  if (paced === undefined) meter.countGone(now, counts.joined - counts.waiting);
  else meter.countTick(paced.at, paced.turns);
  const { joined, waiting, returned, turns, shoppers } = counts;
  const { free, held, paying, sold, withheld, holds, holdsNearDeadline } = seats;
  const { phase, paused, version, settings } = onSale;
  const admittedPerSec = phase === "open" ? meter.perSec(now) : undefined;
  return {
    at: now,
    phase,
    paused,
    version,
    line: { joined, waiting, returned, turns, shoppers },
    serving: paced?.serving,
    seats: { free, held, paying, sold, withheld, holds, holdsNearDeadline },
    pace: paced && { take: paced.pace.take, reason: paced.pace.reason },
    admittedPerSec,
    ratePerSec: settings.ratePerSec,
    maxCapacity: settings.maxCapacity,
    orders,
    streams: installation.streams,
    health: healthOf({
      waiting,
      admittedPerSec,
      hasLine: hasLine({ phase, paused, line: counts, serving: paced?.serving, admittedPerSec }),
      setPerSec: settings.ratePerSec,
      holds,
      holdsNearDeadline,
      pool: installation.pool,
      memory,
    }),
  };
}

function columnsOf(samples: readonly DeskSample[]): DeskHistory {
  return {
    at: samples.map(({ at }) => at),
    admittedPerSec: samples.map(({ admittedPerSec }) => admittedPerSec ?? null),
    waiting: samples.map(({ line }) => line.waiting),
    free: samples.map(({ seats }) => seats.free),
    held: samples.map(({ seats }) => seats.held + seats.paying),
    sold: samples.map(({ seats }) => seats.sold),
    active: samples.map(({ line }) => line.turns + line.shoppers),
    ratePerSec: samples.map(({ ratePerSec }) => ratePerSec),
    maxCapacity: samples.map(({ maxCapacity }) => maxCapacity),
  };
}
