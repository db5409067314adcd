// Many requests of one performance or one line on their way to one script call. The first goes out at once; whoever
// comes while two calls are under way shares the next one. So a quiet sale waits for nobody, and at a
// peak a call's fixed cost, and the shard's, is shared by dozens.
//
// Keeps the order of coming, and each request's own outcome: one that is refused, or a fault, is its own
// affair; only a call that fails as a whole fails for all of its requests, who may repeat it.

import type { Bound } from "../../../foundation/bounds.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { LineCall, SeatCall } from "../scripts/calls.ts";

type AnyCall = LineCall | SeatCall;

export type BatchOptions<Call extends AnyCall, Request, Reply> = {
  /** One script call. What each is answered, in order; one that throws fails alone. */
  send(call: Call, batch: readonly Request[]): Promise<(() => Reply)[]>;
  /** Requests in one call at most, and what they may weigh together. */
  most: number;
  weigh(request: Request): number;
  mostWeight: number;
};

export type Batches<Call extends AnyCall, Request, Reply> = {
  /** Throws the retryable fault `hot-store-busy` where too many wait already. */
  ask(call: Call, request: Request): Promise<Reply>;
  /** Requests that are in no call yet. */
  readonly bound: Bound;
};

type Waiting<Request, Reply> = {
  request: Request;
  resolve(reply: Reply): void;
  reject(error: unknown): void;
};
type Lane<Call extends AnyCall, Request, Reply> = {
  call: Call;
  waiting: Waiting<Request, Reply>[];
  underWay: number;
};

const mostAtOnce = 2;
/** Of all lanes; more than a second of the fastest shard. */
const mostWaiting = 100_000;

export function batches<Call extends AnyCall, Request, Reply>(
  options: BatchOptions<Call, Request, Reply>,
): Batches<Call, Request, Reply> {
  let size = 0;
  const lanes = new Map<string, Lane<Call, Request, Reply>>();

  function next(key: string, lane: Lane<Call, Request, Reply>): void {
    while (lane.waiting.length > 0 && lane.underWay < mostAtOnce) {
      const batch = takeBatch(lane.waiting, options);
      size -= batch.length;
      lane.underWay++;
      void settle(lane.call, batch, options).finally(() => {
        lane.underWay--;
        next(key, lane);
        if (lane.underWay === 0) lanes.delete(key);
      });
    }
  }

  const ask = (call: Call, request: Request): Promise<Reply> => {
    if (size >= mostWaiting) {
      const says = `${mostWaiting} requests already wait for the hot store`;
      return Promise.reject(new Fault("hot-store-busy", says, { retryable: true }));
    }
    size++;
    // Calls at different instants (tests name them) or epochs never share one script call.
    const keys: (name: "meta") => string = call.keys;
    const key = `${keys("meta")} ${call.epoch} ${call.now}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = { call, waiting: [], underWay: 0 };
      lanes.set(key, lane);
    }
    const mine = lane;
    return new Promise((resolve, reject) => {
      mine.waiting.push({ request, resolve, reject });
      // After the callers of this moment have spoken.
      if (mine.waiting.length === 1) queueMicrotask(() => next(key, mine));
    });
  };
  return {
    ask,
    get bound() {
      return { size, limit: mostWaiting };
    },
  };
}

function takeBatch<Call extends AnyCall, Request, Reply>(
  waiting: Waiting<Request, Reply>[],
  { most, weigh, mostWeight }: BatchOptions<Call, Request, Reply>,
): Waiting<Request, Reply>[] {
  let weight = 0;
  let count = 0;
  for (const { request } of waiting) {
    weight += weigh(request);
    if (count === most || (count > 0 && weight > mostWeight)) break;
    count++;
  }
  return waiting.splice(0, count);
}

async function settle<Call extends AnyCall, Request, Reply>(
  call: Call,
  batch: readonly Waiting<Request, Reply>[],
  { send }: BatchOptions<Call, Request, Reply>,
): Promise<void> {
  try {
    const replies = await send(
      call,
      batch.map(({ request }) => request),
    );
    for (const [nth, { resolve, reject }] of batch.entries()) {
      try {
        const reply = replies[nth];
        if (reply === undefined) throw new Error("a reply is missing");
        resolve(reply());
      } catch (error) {
        reject(error);
      }
    }
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
