// The pacer: once a second, the leader moves the line of every on-sale. It follows the schedule
// (pre-queue, opening, closing), sizes the tick (domain/waiting-room/pacing.ts), gives the turns,
// writes the serving position, and only then publishes the frontier (Q7: published ≤ durable).
// One leader at a time, by lease, and every write carries the leader's fence: a leader that slept
// through its lease changes nothing.

import type { OnSaleId } from "../../foundation/ids.ts";
import type { OnSale } from "../../ports/catalog.ts";
import { openLineClock } from "./line-clock.ts";
import { openTicks, type TickDeps, type TickReport } from "./tick.ts";

const tickMs = 1_000;
const leaseMs = 5_000;

export type Pacer = {
  /** The last tick of every on-sale that this process leads, for the desk and /health. */
  reports(): ReadonlyMap<OnSaleId, TickReport>;
  stop(): Promise<void>;
};

export function startPacer(deps: TickDeps): Pacer {
  const leader = crypto.randomUUID();
  const reports = new Map<OnSaleId, TickReport>();
  const ticks = openTicks(deps);
  const lineClock = openLineClock(deps);
  let stopping = false;

  const visit = async (onSale: OnSale): Promise<void> => {
    if (onSale.phase === "closed" && reports.get(onSale.onSaleId)?.phase === "closed") return;
    const lead = await deps.records.lead(onSale.onSaleId, leader, leaseMs);
    if (lead.kind !== "leading") {
      reports.delete(onSale.onSaleId);
      return;
    }
    const current = await lineClock.follow(onSale);
    reports.set(onSale.onSaleId, await ticks.tick(current, lead.fence));
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

  const loop = async () => {
    while (!stopping) {
      const startedAt = performance.now();
      await round().catch((error: unknown) =>
        deps.log.warn({ err: String(error) }, "pacing round failed"),
      );
      const restMs = Math.max(50, tickMs - (performance.now() - startedAt));
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, restMs);
      });
    }
  };
  let wake = () => {};
  const running = loop();

  return {
    reports: () => reports,
    async stop() {
      stopping = true;
      wake();
      await running;
    },
  };
}
