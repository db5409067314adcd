// Holds of one performance, gathered into script calls; each is answered for itself.

import type { HoldReply, HoldRequest } from "../../../ports/seat-store.ts";
import { type Batches, batches } from "./batches.ts";
import { type SeatCall, staleEpoch } from "../scripts/calls.ts";
import { holdReplyFrom, holdSeats } from "../scripts/seats/hold-seats.ts";

export function holdBatches(): Batches<SeatCall, HoldRequest, HoldReply> {
  return batches<SeatCall, HoldRequest, HoldReply>({
    /** Under a millisecond of the shard for refusals; a hundred times more would be felt by others. */
    most: 64,
    /** Numbers in all requests of a call: the script's lists stay short. */
    mostWeight: 1_000,
    weigh: ({ seats }) => seats.length,
    async send(call, requests) {
      const reply = await holdSeats(call, requests);
      if (reply.kind === "stale-epoch") return requests.map(() => () => staleEpoch);
      return reply.replies.map(
        (one, nth) => () => holdReplyFrom(one, requests[nth] as HoldRequest),
      );
    },
  });
}
