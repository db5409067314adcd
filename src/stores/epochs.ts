// Which epoch the hot store must show, and what happens when it does not: the caller's view is
// refreshed from PostgreSQL once, and if the store is still without its epoch (wiped, restarted), a
// rebuild is asked for and the fan gets a short, honest pause. Absence never means free.
// Read next: workers/rebuilder.ts.

import { Fault } from "../foundation/fault.ts";
import type { OnSaleId, PerformanceId } from "../foundation/ids.ts";
import type { Catalog } from "../ports/catalog.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { QueueScope, StaleEpoch } from "../ports/queue-store.ts";
import type { SeatScope } from "../ports/seat-store.ts";

export type Epochs = {
  /** Runs a call on the line of an on-sale. Throws the retryable fault `rebuilding`. */
  queue<Reply extends { kind: string }>(
    onSaleId: OnSaleId,
    call: (scope: QueueScope) => Promise<Reply | StaleEpoch>,
  ): Promise<Exclude<Reply, StaleEpoch>>;
  seats<Reply extends { kind: string }>(
    performanceId: PerformanceId,
    call: (scope: SeatScope) => Promise<Reply | StaleEpoch>,
  ): Promise<Exclude<Reply, StaleEpoch>>;
};

export type RebuildRequest =
  | { kind: "queue"; onSaleId: OnSaleId }
  | { kind: "seats"; performanceId: PerformanceId };

type Deps = {
  catalog: Pick<Catalog, "performance">;
  records: Pick<LineRecords, "checkpoint">;
  /** Asked when the store has lost its epoch. Resolves when the rebuild is done, where it is done here. */
  onStale: (request: RebuildRequest) => Promise<void>;
};

export function openEpochs(deps: Deps): Epochs {
  const known = new Map<string, number>();

  const run = async <Reply extends { kind: string }>(
    key: string,
    read: () => Promise<number>,
    request: RebuildRequest,
    call: (epoch: number) => Promise<Reply | StaleEpoch>,
  ): Promise<Exclude<Reply, StaleEpoch>> => {
    const cached = known.get(key);
    if (cached !== undefined) {
      const reply = await call(cached);
      if (reply.kind !== "stale-epoch") return reply as Exclude<Reply, StaleEpoch>;
    }
    for (const rebuildFirst of [false, true]) {
      if (rebuildFirst) await deps.onStale(request);
      const epoch = await read();
      known.set(key, epoch);
      const reply = await call(epoch);
      if (reply.kind !== "stale-epoch") return reply as Exclude<Reply, StaleEpoch>;
    }
    throw new Fault("rebuilding", `${key} is being rebuilt`, { retryable: true });
  };

  return {
    queue: (onSaleId, call) =>
      run(
        `queue ${onSaleId}`,
        async () => (await deps.records.checkpoint(onSaleId)).epoch,
        { kind: "queue", onSaleId },
        (epoch) => call({ onSaleId, epoch }),
      ),
    seats: (performanceId, call) =>
      run(
        `seats ${performanceId}`,
        async () => (await deps.catalog.performance(performanceId))?.epoch ?? 0,
        { kind: "seats", performanceId },
        (epoch) => call({ performanceId, epoch }),
      ),
  };
}
