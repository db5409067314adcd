// A duty that comes round again and again: runs, waits a while, runs. A failed round is logged and the
// next one comes later; the loop itself never dies. `stop` waits for the round that is under way.
// A duty that one worker does for all has a `turn`: without it a round is left out.

import type { Log } from "../foundation/log.ts";

export type Duty = { stop(): Promise<void> };

/** Whether this process does the duty now; what it answers holds well beyond `pauseMs`. */
export type Turn = (duty: string, pauseMs: number) => Promise<boolean>;

export type RoundOptions = {
  name: string;
  log: Log;
  /** Pause before the next round, from what this one answered. */
  pauseMs: (found: number) => number;
  /** Pause after a failed round. */
  failedPauseMs?: number;
  /** undefined: every process does it. */
  turn?: Turn | undefined;
};

/**
 * Each of the list by itself: one that fails is logged and tried again in the next round, and keeps
 * nobody else waiting. Answers what the others found, all together.
 */
export async function forEach<Item>(
  items: Iterable<Item>,
  { name, log, stopped }: { name: string; log: Log; stopped: AbortSignal },
  work: (item: Item) => Promise<number>,
): Promise<number> {
  let found = 0;
  for (const item of items) {
    if (stopped.aborted) break;
    try {
      found += await work(item);
    } catch (cause) {
      log.error({ duty: name, item, cause: String(cause) }, "one failed; the others go on");
    }
  }
  return found;
}

/** @param round does a bounded piece of work and answers how much it found. */
export function startRounds(
  options: RoundOptions,
  round: (stopped: AbortSignal) => Promise<number>,
): Duty {
  const stopped = new AbortController();
  const inTurn = async (): Promise<number> => {
    const isOurs = (await options.turn?.(options.name, options.pauseMs(0))) ?? true;
    return isOurs ? await round(stopped.signal) : 0;
  };
  let wake: () => void = () => {};
  const running = (async () => {
    while (!stopped.signal.aborted) {
      let pauseMs: number;
      try {
        pauseMs = options.pauseMs(await inTurn());
      } catch (cause) {
        options.log.error({ duty: options.name, cause: String(cause) }, "a round failed");
        pauseMs = options.failedPauseMs ?? 2_000;
      }
      if (stopped.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    async stop() {
      stopped.abort();
      wake();
      await running;
    },
  };
}
