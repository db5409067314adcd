// Stands at the hot store's port and writes down, in order, every hold that was granted and every
// restore, each with its epoch and its instants. From that alone it can be judged whether anything was
// granted between a loss and the rebuild after it.

import type { PerformanceId } from "../../../src/foundation/ids.ts";
import type { HotStore } from "../../../src/ports/hot-store.ts";

type Span = { epoch: number; sentAt: number; answeredAt: number };
export type StoreWitness = {
  readonly granted: readonly Span[];
  readonly restores: readonly Span[];
  /**
   * What was granted although the store had lost it: with the former epoch by a call sent after the
   * loss, or with the new one before its restore was done.
   */
  grantedWithout(lostAt: number): Span[];
};

/** Answers reach us in order, but each is told a few microtasks later. */
const toldLateMs = 5;

export function watchStore(hot: HotStore, performanceId: PerformanceId): StoreWitness {
  const granted: Span[] = [];
  const restores: Span[] = [];
  const { seats } = hot;
  const { hold, restore } = seats;
  seats.hold = async (scope, request, options) => {
    const sentAt = performance.now();
    const reply = await hold(scope, request, options);
    if (scope.performanceId === performanceId && reply.kind === "held") {
      granted.push({ epoch: scope.epoch, sentAt, answeredAt: performance.now() });
    }
    return reply;
  };
  seats.restore = async (scope, truth) => {
    const sentAt = performance.now();
    await restore(scope, truth);
    if (scope.performanceId !== performanceId) return;
    restores.push({ epoch: scope.epoch, sentAt, answeredAt: performance.now() });
  };
  return {
    granted,
    restores,
    grantedWithout(lostAt) {
      const next = restores.find(({ answeredAt }) => answeredAt > lostAt);
      if (next === undefined) throw new Error("nothing was restored after the loss");
      return granted.filter(({ epoch, sentAt, answeredAt }) =>
        epoch < next.epoch ? sentAt > lostAt : answeredAt < next.answeredAt - toldLateMs,
      );
    },
  };
}
