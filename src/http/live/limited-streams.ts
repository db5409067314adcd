// Streams of one fan are bounded (Y2): a phone, a laptop and a forgotten tab are welcome, a loop that
// opens streams is not. The newest wins, because a reload opens the new one before the old is gone. All
// fans together have a limit too: who is one too many is told to come again, and the page asks instead.

import type { Bound } from "../../foundation/bounds.ts";
import { Refusal } from "../respond.ts";
import { type LiveStream, openLive } from "./live-stream.ts";

export type LimitedStreams = {
  /**
   * At most `each` at a time under one key; the oldest is ended for one too many. Throws the refusal
   * `briefly-unavailable` where the process holds as many as it will.
   */
  open(key: string, onClose?: () => void): LiveStream;
  /** With a last message to each (Y3). */
  endAll(last: Uint8Array): void;
  readonly bound: Bound;
};

/** Of all keys: what is left of a usual process's files when stores and requests have theirs. */
const usualAll = 10_000;

export function openLimitedStreams(each: number, all = usualAll): LimitedStreams {
  let size = 0;
  const streams = new Map<string, LiveStream[]>();
  return {
    open(key, onClose) {
      if (size >= all) throw new Refusal("briefly-unavailable", { retryAfterMs: 5_000 });
      size++;
      const stream = openLive(() => {
        size--;
        const left = streams.get(key)?.filter((other) => other !== stream) ?? [];
        if (left.length > 0) streams.set(key, left);
        else streams.delete(key);
        onClose?.();
      });
      const before = streams.get(key) ?? [];
      streams.set(key, [...before, stream]);
      if (before.length >= each) before[0]?.end();
      return stream;
    },
    get bound() {
      return { size, limit: all };
    },
    endAll(last) {
      for (const stream of [...streams.values()].flat()) stream.end(last);
    },
  };
}
