// The pacer: once a second, the leader moves the line of every on-sale. It follows the schedule
// (pre-queue, opening, closing), sizes the tick (domain/waiting-room/pacing.ts), gives the turns,
// writes the serving position, and only then publishes the frontier (Q7: published ≤ durable).
// One leader at a time, by lease, and every write carries the leader's fence: a leader that slept
// through its lease changes nothing, and what it says is not believed. The others watch, so that
// whoever takes over goes on where the last one was; a leader that stops gives the lead up at once.

import type { OnSaleId } from "../../foundation/ids.ts";
import type { OnSale } from "../../ports/catalog.ts";
import { openLineClock } from "./line-clock.ts";
import { openTicks, type TickDeps, type TickReport } from "./tick.ts";

const tickMs = 1_000;
const leaseMs = 5_000;
/** Long enough for a leader of another process to come up and tell everybody that it is over. */
const farewellMs = 3 * leaseMs;
/** By its schedule: whoever led it then has said so, and a house keeps hundreds of them. */
const longClosedMs = 600_000;

export type Pacer = {
  /**
   * The last tick of every on-sale that this process leads, for the desk and /health. A tick older than
   * the lease is no sign of a lead any more: the process slept, or a store keeps it waiting.
   */
  reports(): ReadonlyMap<OnSaleId, TickReport>;
  stop(): Promise<void>;
};

/** @property gateways how many there are, about; left out: few. */
export type PacerDeps = TickDeps & { gateways?: () => Promise<number> };

/** So many ask once a second who leads; of more, each asks more seldom. */
const fewGateways = 4;
/** Under the lease: also where most gateways have just gone, the next round of one that is left is near. */
const mostRoundMs = 4_000;

/**
 * Until one that does not lead looks again. A leader's round is a tick; fifty that watched as often would
 * take a core of the machine and 150 questions a second of PostgreSQL, to learn that nothing has changed.
 * @param jitter uniform in [0, 1): they must not ask all at one moment.
 */
export function watchingRoundMs(gateways: number, jitter: number): number {
  if (gateways <= fewGateways) return tickMs;
  return Math.min(mostRoundMs, (tickMs * gateways) / fewGateways) * (0.5 + jitter / 2);
}

export function startPacer(deps: PacerDeps): Pacer {
  const leader = crypto.randomUUID();
  const reports = new Map<OnSaleId, TickReport>();
  const ticks = openTicks(deps);
  const lineClock = openLineClock(deps);
  const led = new Set<OnSaleId>();
  /** Since when this process knows of each that is closed: after its farewell it needs no leader. */
  const closedAt = new Map<OnSaleId, number>();
  let stopping = false;

  const visit = async (onSale: OnSale): Promise<void> => {
    const { onSaleId } = onSale;
    if (onSale.phase === "closed") {
      if (!led.has(onSaleId) && deps.clock.now() - onSale.closesAt > longClosedMs) return;
      const seenAt = closedAt.get(onSaleId) ?? performance.now();
      closedAt.set(onSaleId, seenAt);
      if (performance.now() - seenAt > farewellMs) return void reports.delete(onSaleId);
    }
    const lead = await deps.records.lead(onSaleId, leader, leaseMs);
    if (lead.kind !== "leading") {
      reports.delete(onSaleId);
      return await ticks.watch(onSale);
    }
    // Led from here on, whatever becomes of the tick: who stops now gives it up.
    led.add(onSaleId);
    const current = await lineClock.follow(onSale, lead.fence);
    reports.set(onSaleId, await ticks.tick(current, lead.fence));
  };

  const round = async () => {
    const onSales = await deps.catalog.onSales();
    await Promise.all(
      onSales.map((onSale) =>
        visit(onSale).catch((error: unknown) =>
          deps.log.warn(
            { onSaleId: onSale.onSaleId, err: String(error) },
            "tick failed; the next one follows",
          ),
        ),
      ),
    );
  };

  const roundMs = async (): Promise<number> => {
    if (reports.size > 0 || deps.gateways === undefined) return tickMs;
    // PostgreSQL is away: then nobody leads, and looking often is right.
    const gateways = await deps.gateways().catch(() => 1);
    return watchingRoundMs(gateways, Math.random());
  };

  const loop = async () => {
    while (!stopping) {
      const startedAt = performance.now();
      await round().catch((error: unknown) =>
        deps.log.warn({ err: String(error) }, "pacing round failed"),
      );
      const restMs = Math.max(50, (await roundMs()) - (performance.now() - startedAt));
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, restMs);
      });
    }
  };
  let wake = () => {};
  const running = loop();

  return {
    reports() {
      const since = deps.clock.now() - leaseMs;
      return new Map([...reports].filter(([, { at }]) => at >= since));
    },
    async stop() {
      stopping = true;
      wake();
      await running;
      await Promise.all(
        [...led].map((id) => deps.records.resign(id, leader).catch(() => undefined)),
      );
    },
  };
}
