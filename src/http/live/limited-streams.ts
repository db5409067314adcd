// Streams of one fan are bounded (Y2): a phone, a laptop and a forgotten tab are welcome, a loop that
// opens streams is not. The newest wins, because a reload opens the new one before the old is gone.

import { type LiveStream, openLive } from "./live-stream.ts";

export type LimitedStreams = {
  /** At most `max` at a time under one key; the oldest is ended for one too many. */
  open(key: string, onClose?: () => void): LiveStream;
  /** With a last message to each (Y3). */
  endAll(last: Uint8Array): void;
};

export function openLimitedStreams(max: number): LimitedStreams {
  const streams = new Map<string, LiveStream[]>();
  return {
    open(key, onClose) {
      const stream = openLive(() => {
        const left = streams.get(key)?.filter((other) => other !== stream) ?? [];
        if (left.length > 0) streams.set(key, left);
        else streams.delete(key);
        onClose?.();
      });
      const before = streams.get(key) ?? [];
      streams.set(key, [...before, stream]);
      if (before.length >= max) before[0]?.end();
      return stream;
    },
    endAll(last) {
      for (const stream of [...streams.values()].flat()) stream.end(last);
    },
  };
}
