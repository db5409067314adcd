// Holds of one performance on their way to one script call. The first goes out at once; whoever comes
// while two calls are under way shares the next one. So a quiet sale waits for nobody, and at a peak a
// call's fixed cost, and the shard's, is shared by dozens.
//
// Keeps the order of coming, and each request's own outcome: one that is refused, or a fault, is its
// own affair; only a call that fails as a whole fails for all of its requests, who may repeat it.

import { assert } from "../../foundation/assert.ts";
import type { HoldReply, HoldRequest } from "../../ports/seat-store.ts";
import { type SeatCall, staleEpoch } from "./scripts/calls.ts";
import { holdReplyFrom, holdSeats } from "./scripts/seats/hold-seats.ts";

type Waiting = {
  request: HoldRequest;
  resolve(reply: HoldReply): void;
  reject(error: unknown): void;
};
type Lane = { call: SeatCall; waiting: Waiting[]; underWay: number };

const mostAtOnce = 2;
/** Under a millisecond of the shard for refusals; a hundred times more would be felt by others. */
const mostRequests = 64;
/** Numbers in all requests of a call: the script's lists stay short. */
const mostSeats = 1_000;

export type HoldBatches = (call: SeatCall, request: HoldRequest) => Promise<HoldReply>;

export function holdBatches(): HoldBatches {
  const lanes = new Map<string, Lane>();

  function send(key: string, lane: Lane): void {
    while (lane.waiting.length > 0 && lane.underWay < mostAtOnce) {
      const batch = takeBatch(lane.waiting);
      lane.underWay++;
      void settle(lane.call, batch).finally(() => {
        lane.underWay--;
        send(key, lane);
        if (lane.underWay === 0) lanes.delete(key);
      });
    }
  }

  return (call, request) => {
    // Calls at different instants (tests name them) or epochs never share one script call.
    const key = `${call.keys("meta")} ${call.epoch} ${call.now}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = { call, waiting: [], underWay: 0 };
      lanes.set(key, lane);
    }
    const mine = lane;
    return new Promise((resolve, reject) => {
      mine.waiting.push({ request, resolve, reject });
      // After the callers of this moment have spoken.
      if (mine.waiting.length === 1) queueMicrotask(() => send(key, mine));
    });
  };
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let seats = 0;
  let count = 0;
  while (count < waiting.length && count < mostRequests) {
    seats += waiting[count]?.request.seats.length ?? 0;
    if (count > 0 && seats > mostSeats) break;
    count++;
  }
  return waiting.splice(0, count);
}

async function settle(call: SeatCall, batch: readonly Waiting[]): Promise<void> {
  try {
    const reply = await holdSeats(
      call,
      batch.map(({ request }) => request),
    );
    for (const [nth, { request, resolve, reject }] of batch.entries()) {
      if (reply.kind === "stale-epoch") {
        resolve(staleEpoch);
        continue;
      }
      const one = reply.replies[nth];
      assert(one !== undefined, "hold-seats: a reply is missing");
      try {
        resolve(holdReplyFrom(one, request));
      } catch (error) {
        reject(error);
      }
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
