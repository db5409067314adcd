// The completer: takes orders that need work and whose lease has lapsed, and drives them to where they
// must wait or end. Whatever a killed process left unfinished is finished here (M5).

import type { Log } from "../foundation/log.ts";
import type { OrderStore } from "../ports/order-store.ts";
import type { Purchase } from "../purchase/purchase.ts";
import { type Duty, startRounds } from "./round.ts";

export type CompleterDeps = {
  store: Pick<OrderStore, "lease">;
  purchase: Pick<Purchase, "work">;
  log: Log;
  leaseMs: number;
  /** Orders driven at once. */
  batch?: number;
  idleMs?: number;
};

export async function completeOnce(deps: CompleterDeps): Promise<number> {
  const leased = await deps.store.lease({ limit: deps.batch ?? 50, leaseMs: deps.leaseMs });
  await deps.purchase.work(leased);
  return leased.length;
}

export function startCompleter(deps: CompleterDeps): Duty {
  const idleMs = deps.idleMs ?? 250;
  return startRounds(
    { name: "completer", log: deps.log, pauseMs: (found) => (found > 0 ? 0 : idleMs) },
    () => completeOnce(deps),
  );
}
