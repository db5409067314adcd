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

/** What has an epoch: a line, or the seats of a performance. */
type Subject = { key: string; read: () => Promise<number>; request: RebuildRequest };

type Deps = {
  catalog: Pick<Catalog, "performance">;
  records: Pick<LineRecords, "checkpoint">;
  /** Asked when the store has lost its epoch. Resolves when the rebuild is done, where it is done here. */
  onStale: (request: RebuildRequest) => Promise<void>;
};

/** The view is a failover behind, and then perhaps another one: more than that is a pause of its own. */
const tries = 3;

export function openEpochs(deps: Deps): Epochs {
  const known = new Map<string, number>();
  const renewing = new Map<string, Promise<number>>();

  /**
   * The epoch after one that the store has refused. A store that loses its epoch refuses all who wait at
   * that moment: one of them asks PostgreSQL for all, so that the rebuild need not queue behind them.
   */
  const renewed = ({ key, read, request }: Subject, refused: number | undefined) => {
    const now = known.get(key);
    if (now !== undefined && now !== refused) return Promise.resolve(now);
    const underWay = renewing.get(key);
    if (underWay !== undefined) return underWay;
    const work = (async () => {
      let epoch = await read();
      if (epoch === refused) {
        await deps.onStale(request);
        epoch = await read();
      }
      known.set(key, epoch);
      return epoch;
    })().finally(() => renewing.delete(key));
    renewing.set(key, work);
    return work;
  };

  const run = async <Reply extends { kind: string }>(
    subject: Subject,
    call: (epoch: number) => Promise<Reply | StaleEpoch>,
  ): Promise<Exclude<Reply, StaleEpoch>> => {
    let epoch = known.get(subject.key);
    for (let attempt = 0; attempt < tries; attempt++) {
      epoch ??= await renewed(subject, undefined);
      const reply = await call(epoch);
      if (reply.kind !== "stale-epoch") return reply as Exclude<Reply, StaleEpoch>;
      if (attempt < tries - 1) epoch = await renewed(subject, epoch);
    }
    throw new Fault("rebuilding", `${subject.key} is being rebuilt`, { retryable: true });
  };

  return {
    queue: (onSaleId, call) =>
      run(
        {
          key: `queue ${onSaleId}`,
          read: async () => (await deps.records.checkpoint(onSaleId)).epoch,
          request: { kind: "queue", onSaleId },
        },
        (epoch) => call({ onSaleId, epoch }),
      ),
    seats: (performanceId, call) =>
      run(
        {
          key: `seats ${performanceId}`,
          read: async () => (await deps.catalog.performance(performanceId))?.epoch ?? 0,
          request: { kind: "seats", performanceId },
        },
        (epoch) => call({ performanceId, epoch }),
      ),
  };
}
