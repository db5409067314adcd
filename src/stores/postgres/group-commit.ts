// Many callers, one commit: whoever asks within about a millisecond, or while a commit is under way,
// shares the next transaction. Durability then costs one disk flush for hundreds of callers, and the
// statements of a batch cost much the same for two callers as for ten: so a second batch sets out beside
// the first only where a crowd waits, and where commits compete with hotter work they are paced.
// Keeps: nobody is answered before the commit; asks that share a key never share a batch and keep
// their order; at most `maxWaiting` wait, the rest is refused at once (Y2); one bad ask fails alone:
// a batch that failed is made again ask by ask, unless nobody could have been served.

import { assert } from "../../foundation/assert.ts";
import { Fault, isFault } from "../../foundation/fault.ts";

export type GroupCommitOptions<Ask, Reply> = {
  /** For the refusal's words, and for the gauge. */
  name: string;
  /** One transaction; a reply for each ask, in order. May be repeated after a fault. */
  commit(batch: readonly Ask[]): Promise<Reply[]>;
  keysOf(ask: Ask): readonly string[];
  maxBatch?: number;
  maxWaiting?: number;
  /** Batches under way at once: one writes while another is being flushed. */
  maxAtOnce?: number;
  /**
   * While several ask at a time, fewer than a crowd set out no sooner than so long after those before.
   * A commit costs the machine much the same for five as for twenty, and others have a use for it.
   */
  paceMs?: number;
  /** Where its gauge is kept. */
  gauges?: GroupGauges;
};

/**
 * @property waiting callers not yet in a batch, at most `limit`. @property underWay batches being committed.
 */
export type GroupGauge = { waiting: number; underWay: number; limit: number };
export type GroupGauges = Map<string, () => GroupGauge>;

type Waiting<Ask, Reply> = {
  ask: Ask;
  resolve(reply: Reply): void;
  reject(error: unknown): void;
};

const gatherMs = 1;
/** So many waiting are worth a connection of their own, and set out at once. */
const crowd = 25;

export function groupCommit<Ask, Reply>(
  options: GroupCommitOptions<Ask, Reply>,
): (ask: Ask) => Promise<Reply> {
  const { name, commit, keysOf } = options;
  const { maxBatch = 200, maxWaiting = 4_000, maxAtOnce = 2, paceMs = 0 } = options;
  let queue: Waiting<Ask, Reply>[] = [];
  let underWay = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the next may set out where they are few. */
  let pacedUntil = 0;
  options.gauges?.set(name, () => ({ waiting: queue.length, underWay, limit: maxWaiting }));

  const mayBegin = () => queue.length > 0 && underWay < (queue.length < crowd ? 1 : maxAtOnce);

  function flush(): void {
    timer = undefined;
    while (mayBegin()) {
      const { batch, rest } = splitOff(queue, maxBatch, keysOf);
      queue = rest;
      underWay++;
      pacedUntil = batch.length > 1 ? performance.now() + paceMs : 0;
      void settle(batch).finally(() => {
        underWay--;
        schedule();
      });
    }
  }

  function schedule(): void {
    // A crowd is not kept waiting for what was meant for a few.
    if (queue.length === crowd) {
      clearTimeout(timer);
      timer = undefined;
    }
    if (timer !== undefined || !mayBegin()) return;
    const paced = queue.length < crowd ? pacedUntil - performance.now() : 0;
    timer = setTimeout(flush, Math.max(gatherMs, paced));
  }

  async function settle(batch: readonly Waiting<Ask, Reply>[]): Promise<void> {
    try {
      const replies = await commit(batch.map(({ ask }) => ask));
      assert(replies.length === batch.length, `${name}: a reply is missing`);
      for (const [at, reply] of replies.entries()) batch[at]?.resolve(reply);
    } catch (error) {
      if (batch.length === 1 || isForAll(error)) {
        for (const { reject } of batch) reject(error);
      } else {
        for (const waiting of batch) await settle([waiting]);
      }
    }
  }

  return (ask) => {
    if (queue.length >= maxWaiting) {
      return Promise.reject(
        new Fault(`${name}-busy`, `${maxWaiting} callers already wait for ${name}`, {
          retryable: true,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      queue.push({ ask, resolve, reject });
      schedule();
    });
  };
}

/** The database is away or full of work: each alone would fare no better. A conflict may be one ask's. */
function isForAll(error: unknown): boolean {
  return isFault(error) && error.retryable && !isFault(error, "database-conflict");
}

/** The first that share no key with anybody before them, so that a key's asks keep their order. */
function splitOff<Ask, Reply>(
  queue: readonly Waiting<Ask, Reply>[],
  maxBatch: number,
  keysOf: (ask: Ask) => readonly string[],
): { batch: Waiting<Ask, Reply>[]; rest: Waiting<Ask, Reply>[] } {
  const batch: Waiting<Ask, Reply>[] = [];
  const rest: Waiting<Ask, Reply>[] = [];
  const seen = new Set<string>();
  for (const [at, waiting] of queue.entries()) {
    if (batch.length >= maxBatch) {
      rest.push(...queue.slice(at));
      break;
    }
    const keys = keysOf(waiting.ask);
    const fits = !keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    (fits ? batch : rest).push(waiting);
  }
  return { batch, rest };
}
