// The server's time on a page whose own clock may be wrong. Each answer's `now` is at most a little
// old (cached for a second, and some network), so the largest difference seen is the closest one.
// A far smaller one means that the phone's clock was set anew: then it starts over.

export type ServerClock = { now(): number; learn(serverNow: number): void };

const clockWasSetMs = 30_000;

export function serverClock(pageNow: () => number = Date.now): ServerClock {
  let offsetMs: number | undefined;
  return {
    now: () => pageNow() + (offsetMs ?? 0),
    learn(serverNow) {
      const seen = serverNow - pageNow();
      if (offsetMs === undefined || seen > offsetMs || seen < offsetMs - clockWasSetMs) {
        offsetMs = seen;
      }
    },
  };
}
