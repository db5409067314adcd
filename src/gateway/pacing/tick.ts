// One admission tick of one on-sale: measure, size, give turns, write serving, publish the frontier.
// Those who are absent are passed and keep their place; passing begins a moment after the opening (and
// after a start, and after a rebuild, which forgets who is there), so that everybody near the front has
// had one period of grace to be seen.

import { openDraw, type Draw } from "../../domain/waiting-room/draw.ts";
import {
  addSample,
  paceOf,
  type ServingHistory,
  type ServingSample,
} from "../../domain/waiting-room/estimate.ts";
import {
  callable,
  defaultBurst,
  giveBack,
  type Pace,
  paceTick,
} from "../../domain/waiting-room/pacing.ts";
import type { Phase } from "../../domain/waiting-room/frontier.ts";
import { isFault } from "../../foundation/fault.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import type { Epochs } from "../../stores/epochs.ts";
import type { OnSaleId } from "../../foundation/ids.ts";
import type { Catalog, OnSale } from "../../ports/catalog.ts";
import type { Checkpoint, LineRecords } from "../../ports/line-records.ts";
import type { OfferTurnsReply, QueueCounts } from "../../ports/queue-store.ts";
import type { SeatCounts } from "../../ports/seat-store.ts";
import { composeFrontier } from "./compose-frontier.ts";

/** Positions examined in one tick beyond those that get a turn: bounds how fast absence is passed. */
const leastLookAhead = 500;
/** Most of a drawn cohort may have gone home: one present in ten still fills the rate. */
const lookAheadPerTurn = 10;
/** Longer than the last poll before the opening may take. */
const graceMs = 5_000;

export type TickDeps = {
  hot: HotStore;
  catalog: Catalog;
  records: LineRecords;
  epochs: Epochs;
  clock: Clock;
  log: Log;
  /** Orders whose payment is under way, as a brake. */
  paymentBacklog: (onSale: OnSale) => Promise<number>;
  /** How slow the shop answers (P99), as a brake; undefined: nobody knows. */
  shopLatency?: () => Promise<number | undefined>;
};

export type TickReport = {
  at: number;
  phase: Phase;
  serving: number;
  counts: QueueCounts;
  seats: SeatCounts;
  pace: Pace;
  turns: number;
};

type Memory = {
  carry: number;
  /** Turns given in this lead. */
  given: number;
  lastAt: number | undefined;
  history: ServingHistory;
  draw: Draw | undefined;
  /** The period of grace: of which epoch of the line, and since when. */
  grace: { epoch: number; since: number } | undefined;
};

export type Ticks = {
  tick(onSale: OnSale, fence: number): Promise<TickReport>;
  /** Of who does not lead: learns what a leader knows, so that a new one need not begin by waiting. */
  watch(onSale: OnSale): Promise<void>;
};

export function openTicks(deps: TickDeps): Ticks {
  const memories = new Map<OnSaleId, Memory>();

  const memoryOf = (onSaleId: OnSaleId): Memory => {
    const known = memories.get(onSaleId);
    if (known !== undefined) return known;
    const fresh = {
      carry: 0,
      given: 0,
      lastAt: undefined,
      history: [],
      draw: undefined,
      grace: undefined,
    };
    memories.set(onSaleId, fresh);
    return fresh;
  };

  return {
    async tick(onSale, fence) {
      const memory = memoryOf(onSale.onSaleId);
      const now = deps.clock.now();
      const before = await measure(deps, onSale);
      const pace = size(onSale, memory, before, now);
      memory.lastAt = now;

      const offer = await give(deps, onSale, memory, {
        fence,
        pace,
        now,
        checkpoint: before.checkpoint,
        counts: before.counts,
      });
      memory.carry = giveBack(
        pace.carry,
        pace.take - offer.turns,
        defaultBurst(onSale.settings.ratePerSec),
      );
      const served = await deps.records.serve(onSale.onSaleId, offer.serving, fence);
      if (served.kind === "stale-leader") throw new Error("another pacer leads");
      memory.given += offer.turns;
      const flow = { given: memory.given, inside: offer.counts.turns + offer.counts.shoppers };
      memory.history = addSample(memory.history, { at: now, serving: served.serving, flow });

      const current = await endWhenSold(deps, onSale, before.seats, fence);
      await publish(deps, current, memory, {
        ...before,
        fence,
        counts: offer.counts,
        serving: served.serving,
        now,
      });
      return {
        at: now,
        phase: current.phase,
        serving: served.serving,
        counts: offer.counts,
        seats: before.seats,
        pace,
        turns: offer.turns,
      };
    },

    async watch(onSale) {
      const memory = memoryOf(onSale.onSaleId);
      const now = deps.clock.now();
      const { epoch, serving } = await deps.records.checkpoint(onSale.onSaleId);
      if (onSale.phase === "open") inGrace(memory, epoch, now);
      // Turns of other leads are not counted here: of an earlier lead only the serving position is known.
      memory.history = addSample(memory.history.map(withoutFlow), { at: now, serving });
      // What was left over in an earlier lead is another leader's to give.
      memory.carry = 0;
      memory.lastAt = undefined;
    },
  };
}

const withoutFlow = ({ at, serving }: ServingSample): ServingSample => ({ at, serving });

type Measured = {
  checkpoint: Checkpoint;
  counts: QueueCounts;
  seats: SeatCounts;
  backlog: number;
  latencyP99Ms: number | undefined;
};

async function measure(
  { hot, records, epochs, paymentBacklog, shopLatency }: TickDeps,
  onSale: OnSale,
): Promise<Measured> {
  // First, because it may have to wait for a rebuild: the checkpoint then tells the line's new epoch.
  const counts = await epochs.queue(onSale.onSaleId, (scope) => hot.queue.counts(scope));
  const [checkpoint, seats, backlog, latencyP99Ms] = await Promise.all([
    records.checkpoint(onSale.onSaleId),
    epochs.seats(onSale.performanceId, (scope) => hot.seats.counts(scope)),
    paymentBacklog(onSale),
    shopLatency?.(),
  ]);
  return { checkpoint, counts, seats, backlog, latencyP99Ms };
}

function size(onSale: OnSale, memory: Memory, measured: Measured, now: number): Pace {
  const { counts, seats, backlog } = measured;
  const { ratePerSec, maxCapacity } = onSale.settings;
  return paceTick({
    ratePerSec,
    burst: defaultBurst(ratePerSec),
    maxCapacity,
    active: counts.turns + counts.shoppers,
    waiting: callable(counts, measured.checkpoint.serving),
    freeSeats: seats.free,
    heldSeats: seats.held + seats.paying,
    paymentBacklog: backlog,
    ...(measured.latencyP99Ms !== undefined && { latencyP99Ms: measured.latencyP99Ms }),
    phase: onSale.phase,
    paused: onSale.paused,
    elapsedMs: memory.lastAt === undefined ? 1_000 : Math.max(0, now - memory.lastAt),
    carry: memory.carry,
  });
}

type Giving = {
  fence: number;
  pace: Pace;
  now: number;
  checkpoint: Checkpoint;
  /** When the tick began: whoever came since is found by the next one. */
  counts: QueueCounts;
};

async function give(
  { hot, epochs, log }: TickDeps,
  onSale: OnSale,
  memory: Memory,
  { fence, pace, now, checkpoint, counts }: Giving,
): Promise<{ serving: number; turns: number; counts: QueueCounts }> {
  const { epoch, serving } = checkpoint;
  const grace = onSale.phase !== "open" || inGrace(memory, epoch, now);
  const candidates =
    pace.take > 0 && !grace
      ? await candidatesFrom(onSale, memory, { serving, joined: counts.joined, take: pace.take })
      : [];
  const requestId = crypto.randomUUID();
  const reply = await epochs
    .queue<OfferTurnsReply>(onSale.onSaleId, (scope) =>
      hot.queue.offerTurns(scope, {
        requestId,
        leaderFence: fence,
        take: grace ? 0 : pace.take,
        serving,
        candidates,
        claimWindowMs: onSale.settings.claimWindowMs,
      }),
    )
    .catch((error: unknown) => {
      if (!isFault(error, "hot-store-full")) throw error;
      // Nobody is let in, and the line is still told how it stands: a full store reads and publishes.
      log.warn(
        { onSaleId: onSale.onSaleId, err: error.message },
        "no turns: the hot store is full",
      );
      return { kind: "offered" as const, serving, turns: [], counts };
    });
  if (reply.kind !== "offered") throw new Error("another pacer leads");
  return { serving: reply.serving, turns: reply.turns.length, counts: reply.counts };
}

/** A clock that was set back must not make the period longer than it is. */
function inGrace(memory: Memory, epoch: number, now: number): boolean {
  const begun = memory.grace;
  if (begun === undefined || begun.epoch !== epoch || now < begun.since) {
    memory.grace = { epoch, since: now };
    return true;
  }
  return now - begun.since < graceMs;
}

/** The indexes behind the next positions: the draw, inverted. Never beyond what was handed out. */
async function candidatesFrom(
  onSale: OnSale,
  memory: Memory,
  { serving, joined, take }: { serving: number; joined: number; take: number },
): Promise<number[]> {
  memory.draw ??= await drawFor(onSale);
  const end = Math.min(joined, serving + leastLookAhead + take * lookAheadPerTurn);
  const indexes: number[] = [];
  for (let position = serving; position < end; position++) {
    indexes.push(memory.draw?.indexAt(position) ?? position);
  }
  return indexes;
}

async function drawFor(onSale: OnSale): Promise<Draw | undefined> {
  return onSale.seed === undefined || onSale.cohort === undefined
    ? undefined
    : openDraw(Buffer.from(onSale.seed, "hex"), onSale.cohort);
}

/** Only the last seat says "sold out": nothing free, nothing held, nothing being paid for. */
async function endWhenSold(
  { catalog }: TickDeps,
  onSale: OnSale,
  seats: SeatCounts,
  fence: number,
): Promise<OnSale> {
  const left = seats.free + seats.held + seats.paying;
  if (onSale.phase !== "open" || left > 0 || seats.sold === 0) return onSale;
  return (await catalog.setPhase(onSale.onSaleId, "open", "sold-out", fence)).onSale;
}

async function publish(
  { hot }: TickDeps,
  onSale: OnSale,
  memory: Memory,
  measured: Measured & { serving: number; now: number; fence: number },
): Promise<void> {
  const { seats } = measured;
  const total = seats.free + seats.held + seats.paying + seats.sold;
  const frontier = composeFrontier({
    onSale,
    checkpoint: { ...measured.checkpoint, serving: measured.serving },
    counts: measured.counts,
    seats: { free: seats.free, held: seats.held + seats.paying, total },
    pacePerMin: paceOf(memory.history),
    now: measured.now,
  });
  const { onSaleId } = onSale;
  const leaderFence = measured.fence;
  await hot.notices.publish({ kind: "frontier", onSaleId, leaderFence, frontier });
}
