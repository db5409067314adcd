// The completer: takes orders that need work and whose lease has lapsed, and drives them to where they
// must wait or end. Whatever a killed process left unfinished is finished here (M5), and so is what a
// box office had no room to drive. It takes as many as it has room for: one provider's silence holds
// up the orders that wait for it and no others.

import type { Bounds } from "../foundation/bounds.ts";
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
  atOnce?: number;
  idleMs?: number;
};

const usualAtOnce = 200;
/** Below it a round would only ask the database for a few. */
const leastRoom = 20;

/** Takes at most `limit` orders; each is done when its promise is. */
async function takeUp(
  { store, purchase, leaseMs }: CompleterDeps,
  limit: number,
): Promise<Promise<void>[]> {
  const leased = await store.lease({ limit, leaseMs });
  return leased.map((order) => purchase.work([order]));
}

/** One round, to its end. */
export async function completeOnce(deps: CompleterDeps): Promise<number> {
  const taken = await takeUp(deps, deps.atOnce ?? usualAtOnce);
  await Promise.all(taken);
  return taken.length;
}

/** `bounds`: orders that it drives. */
export function startCompleter(deps: CompleterDeps): Duty & { bounds: Bounds } {
  const { log, atOnce = usualAtOnce, idleMs = 250 } = deps;
  const running = new Set<Promise<void>>();
  const rounds = startRounds(
    { name: "completer", log, pauseMs: (found) => (found > 0 ? 0 : idleMs) },
    async () => {
      while (running.size > atOnce - leastRoom && running.size > 0) await Promise.race(running);
      const taken = await takeUp(deps, atOnce - running.size);
      for (const work of taken) {
        const going = work.finally(() => running.delete(going));
        running.add(going);
      }
      return taken.length;
    },
  );
  return {
    ...rounds,
    bounds: () => ({ orders_completing: { size: running.size, limit: atOnce } }),
    async stop() {
      await rounds.stop();
      await Promise.all(running);
    },
  };
}
