// Joining: the joins of about a millisecond go to the hot store as one call. The allocator never
// passes the durable high-water mark (Q1), which is raised in blocks ahead of use, so that a wiped or
// failed-over store starts above everything it may ever have handed out.

import { Fault } from "../foundation/fault.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { JoinReply, JoinRequest, NetworkShare, QueueStore } from "../ports/queue-store.ts";
import type { Epochs } from "../stores/epochs.ts";

type Place = Exclude<JoinReply, { kind: "mark-reached" }>;
type Waiting = {
  request: JoinRequest;
  resolve: (place: Place) => void;
  reject: (error: unknown) => void;
};

const gatherMs = 1;
const maxBatch = 1_000;
/** Beyond this many the process sheds load instead of growing. */
const maxWaiting = 50_000;
const smallestBlock = 1_000;
const largestBlock = 50_000;

export type Joiner = { join(request: JoinRequest): Promise<Place> };

export type JoinerDeps = {
  queue: QueueStore;
  records: LineRecords;
  epochs: Epochs;
  log: Log;
  networkShare: NetworkShare | undefined;
};

export function openJoiner(deps: JoinerDeps, onSaleId: OnSaleId): Joiner {
  let waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let mark = -1;
  let raising: Promise<void> | undefined;

  const raise = (to: number): Promise<void> => {
    raising ??= deps.records
      .raiseMark(onSaleId, to)
      .then((inForce) => {
        mark = Math.max(mark, inForce);
      })
      .finally(() => {
        raising = undefined;
      });
    return raising;
  };

  const send = async (batch: Waiting[]): Promise<void> => {
    if (mark < 0) mark = (await deps.records.checkpoint(onSaleId)).highWaterMark;
    let rest = batch;
    while (rest.length > 0) {
      const requests = rest.map(({ request }) => request);
      const reply = await deps.epochs.queue(onSaleId, (scope) =>
        deps.queue.join(scope, requests, {
          highWaterMark: mark,
          ...(deps.networkShare && { networkShare: deps.networkShare }),
        }),
      );
      const later: Waiting[] = [];
      let highest = -1;
      for (const [at, one] of rest.entries()) {
        const place = reply.replies[at];
        if (place === undefined || place.kind === "mark-reached") later.push(one);
        else {
          if (place.kind !== "network-full") highest = Math.max(highest, place.index);
          one.resolve(place);
        }
      }
      rest = later;
      const block = Math.min(largestBlock, Math.max(smallestBlock, highest));
      if (rest.length > 0) await raise(Math.max(mark, 0) + block + rest.length);
      else if (highest > mark - block / 2) {
        raise(mark + block).catch((error) =>
          deps.log.warn({ onSaleId, err: String(error) }, "mark not raised ahead"),
        );
      }
    }
  };

  const flush = () => {
    timer = undefined;
    const batch = waiting.slice(0, maxBatch);
    waiting = waiting.slice(maxBatch);
    if (waiting.length > 0) timer = setTimeout(flush, gatherMs);
    send(batch).catch((error: unknown) => {
      for (const one of batch) one.reject(error);
    });
  };

  return {
    join(request) {
      if (waiting.length >= maxWaiting) {
        return Promise.reject(
          new Fault("too-many-joins", "joins are being shed", { retryable: true }),
        );
      }
      return new Promise((resolve, reject) => {
        waiting.push({ request, resolve, reject });
        timer ??= setTimeout(flush, gatherMs);
      });
    },
  };
}
