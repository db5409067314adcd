// What was started is stopped in reverse, also when the start itself fails half-way. One stop that
// fails does not keep the others from being stopped.

import type { Log } from "../../foundation/log.ts";

export type Closing = {
  /** Remembers how to stop what was just started. */
  later(name: string, stop: () => Promise<void> | void): void;
  run(log: Log): Promise<void>;
};

const patienceMs = 10_000;

export function openClosing(): Closing {
  const stops: { name: string; stop: () => Promise<void> | void }[] = [];
  let running: Promise<void> | undefined;

  const runAll = async (log: Log) => {
    for (const { name, stop } of stops.toReversed()) {
      try {
        const stopped = Promise.resolve(stop());
        if (!(await within(patienceMs, stopped))) log.warn({ name }, "did not stop in time");
      } catch (error) {
        log.warn({ name, err: String(error) }, "did not stop cleanly");
      }
    }
  };
  return {
    later: (name, stop) => void stops.push({ name, stop }),
    run(log) {
      running ??= runAll(log);
      return running;
    },
  };
}

/** Whether it ended in time. The timer is taken back, because a waiting timer keeps the process alive. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
