// The refunder: takes refunds that are due and whose lease has lapsed, and drives them to their end.
// Whatever a killed process left between a request and the money's way back is finished here.

import type { Log } from "../foundation/log.ts";
import type { RefundStore } from "../ports/tickets/refund-store.ts";
import type { Refunds } from "../purchase/refunding/refunds.ts";
import { type Duty, startRounds } from "./round.ts";

export type RefunderDeps = {
  store: Pick<RefundStore, "lease">;
  refunds: Pick<Refunds, "work">;
  log: Log;
  leaseMs: number;
  /** Refunds driven at once: a cancelled evening is thousands, and the provider has limits. */
  batch?: number;
  idleMs?: number;
};

export async function refundOnce(deps: RefunderDeps): Promise<number> {
  const leased = await deps.store.lease({ limit: deps.batch ?? 20, leaseMs: deps.leaseMs });
  await deps.refunds.work(leased);
  return leased.length;
}

export function startRefunder(deps: RefunderDeps): Duty {
  const idleMs = deps.idleMs ?? 1_000;
  return startRounds(
    { name: "refunder", log: deps.log, pauseMs: (found) => (found > 0 ? 0 : idleMs) },
    () => refundOnce(deps),
  );
}
