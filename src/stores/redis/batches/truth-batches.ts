// PostgreSQL's word about seats, gathered into script calls: at a peak every hold and every sold order
// brings a few seats. Fences make the order of no matter. A call that fails for one of its words (a seat
// that does not exist, a hold of two owners: bugs of a caller) has written nothing, so each is said alone.

import type { StaleEpoch } from "../../../ports/queue-store.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";
import { isFault } from "../../../foundation/fault.ts";
import { type Batches, batches } from "./batches.ts";
import type { SeatCall } from "../scripts/calls.ts";
import { applyTruths } from "../scripts/seats/apply-truths.ts";

type Truths = readonly SeatTruth[];
type Reply = StaleEpoch | { kind: "applied" };

/** Truths in one script call: some ten milliseconds of the shard, between which others get through. */
export const chunkSize = 500;

/** Asked for at most `chunkSize` truths at once. */
export function truthBatches(): Batches<SeatCall, Truths, Reply> {
  return batches<SeatCall, Truths, Reply>({
    most: 64,
    mostWeight: chunkSize,
    weigh: (truths) => truths.length,
    async send(call, all) {
      try {
        const reply = await applyTruths(call, all.flat());
        return all.map(() => () => reply);
      } catch (error) {
        if (all.length === 1 || (isFault(error) && error.retryable)) throw error;
        const alone = await Promise.allSettled(all.map((truths) => applyTruths(call, truths)));
        return alone.map((one) => () => {
          if (one.status === "rejected") throw one.reason;
          return one.value;
        });
      }
    },
  });
}
