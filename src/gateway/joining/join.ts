// Joining: the joins of about a millisecond go to the hot store as one call. The allocator never
// passes the durable high-water mark (Q1), which is raised in blocks ahead of use, so that a wiped or
// failed-over store starts above everything it may ever have handed out. A mark counts under the epoch
// in which it was agreed and is raised under no other: a master that was frozen and wakes, or a process
// that still talks to it, ends at a mark that the rebuilt line has begun above.

import { Fault } from "../../foundation/fault.ts";
import type { OnSaleId } from "../../foundation/ids.ts";
import type { Log } from "../../foundation/log.ts";
import type { LineRecords } from "../../ports/line-records.ts";
import type {
  EntryShare,
  JoinReply,
  JoinRequest,
  NetworkShare,
  QueueStore,
  StaleEpoch,
} from "../../ports/queue-store.ts";
import type { Epochs } from "../../stores/epochs.ts";

type Place = Exclude<JoinReply, { kind: "mark-reached" }>;
type JoinedAll = Exclude<Awaited<ReturnType<QueueStore["join"]>>, StaleEpoch>;
type Waiting = {
  request: JoinRequest;
  resolve: (place: Place) => void;
  reject: (error: unknown) => void;
};

const gatherMs = 1;
const maxBatch = 1_000;
/** Beyond this many, those on their way to the store included, the process sheds load instead of growing. */
export const maxWaiting = 50_000;
const smallestBlock = 1_000;
const largestBlock = 50_000;

export type Joiner = {
  join(request: JoinRequest): Promise<Place>;
  /** Joins that have not been answered. */
  readonly unanswered: number;
};

export type JoinerDeps = {
  queue: QueueStore;
  records: LineRecords;
  epochs: Epochs;
  log: Log;
  networkShare: NetworkShare | undefined;
  entryShare?: EntryShare | undefined;
};

export function openJoiner(deps: JoinerDeps, onSaleId: OnSaleId): Joiner {
  let waiting: Waiting[] = [];
  let unanswered = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What may be handed out, and the epoch under which that was agreed. */
  let agreed: { epoch: number; mark: number } | undefined;
  let raising: Promise<void> | undefined;

  /** undefined: the line has been rebuilt since, and this epoch is over. */
  const markUnder = async (epoch: number): Promise<number | undefined> => {
    if (agreed?.epoch === epoch) return agreed.mark;
    const checkpoint = await deps.records.checkpoint(onSaleId);
    if (checkpoint.epoch !== epoch) return undefined;
    agreed = { epoch, mark: checkpoint.highWaterMark };
    return agreed.mark;
  };

  const raise = (epoch: number, to: number): Promise<void> => {
    raising ??= deps.records
      .raiseMark({ onSaleId, epoch }, to)
      .then((raised) => {
        if (agreed?.epoch !== epoch) return;
        if (raised.kind === "raised") agreed.mark = Math.max(agreed.mark, raised.mark);
        else agreed = undefined;
      })
      .finally(() => {
        raising = undefined;
      });
    return raising;
  };

  const send = async (batch: Waiting[]): Promise<void> => {
    let rest = batch;
    while (rest.length > 0) {
      const requests = rest.map(({ request }) => request);
      let [epoch, mark] = [0, 0];
      const reply = await deps.epochs.queue<JoinedAll>(onSaleId, async (scope) => {
        const highWaterMark = await markUnder(scope.epoch);
        if (highWaterMark === undefined) return { kind: "stale-epoch" };
        [epoch, mark] = [scope.epoch, highWaterMark];
        return await deps.queue.join(scope, requests, {
          highWaterMark,
          ...(deps.networkShare && { networkShare: deps.networkShare }),
          ...(deps.entryShare && { entryShare: deps.entryShare }),
        });
      });
      const later: Waiting[] = [];
      let highest = -1;
      for (const [at, one] of rest.entries()) {
        const place = reply.replies[at];
        if (place === undefined || place.kind === "mark-reached") later.push(one);
        else {
          if ("index" in place) highest = Math.max(highest, place.index);
          one.resolve(place);
        }
      }
      rest = later;
      const block = Math.min(largestBlock, Math.max(smallestBlock, highest));
      if (rest.length > 0) await raise(epoch, mark + block + rest.length);
      else if (highest > mark - block / 2) {
        raise(epoch, mark + block).catch((error) =>
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
    send(batch)
      .catch((error: unknown) => {
        // Who has been answered already hears nothing of it.
        for (const one of batch) one.reject(error);
      })
      .finally(() => {
        unanswered -= batch.length;
      });
  };

  return {
    get unanswered() {
      return unanswered;
    },
    join(request) {
      if (unanswered >= maxWaiting) {
        return Promise.reject(
          new Fault("too-many-joins", "joins are being shed", { retryable: true }),
        );
      }
      unanswered++;
      return new Promise<Place>((resolve, reject) => {
        waiting.push({ request, resolve, reject });
        timer ??= setTimeout(flush, gatherMs);
      });
    },
  };
}
