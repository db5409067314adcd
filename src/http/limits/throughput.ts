// How much of its work a process finishes a second while it has enough of it: what it can carry, and so
// how long a line it may let form. Told by Little's law, `wait = line ÷ throughput`, which knows of a long
// line when it forms; the time that finished work took would tell when it has been stood in.
//
// Measured over spans, and only over those with work at hand from beginning to end: a shop that has little
// to do is not slow. It says nothing of one that finishes nothing at all, as in a failover: `isStalled`.

const spanMs = 250;
/** Part of the newest span: three of them, under a second, and an older belief is nearly gone. */
const newest = 0.5;
/** Nothing finished for so long while work was at hand. */
const stalledMs = 1_000;

export type Throughput = {
  /** @param underWay with the one that begins. */
  begun(underWay: number): void;
  /** @param underWay without the one that ended. */
  finished(underWay: number): void;
  readonly perSec: number;
  readonly isStalled: boolean;
};

/**
 * @param enough work under way that keeps the process busy.
 * @param believed a second, of a process that was never busy.
 * @param now monotonic, in ms.
 */
export function openThroughput(
  enough: number,
  believed: number,
  now: () => number = () => performance.now(),
): Throughput {
  let perSec = believed;
  let spanFrom = now();
  let finishedAt = spanFrom;
  let inSpan = 0;
  /** Of the span: the fewest that were under way. */
  let fewest = 0;

  const turn = (at: number, underWay: number) => {
    const tookMs = at - spanFrom;
    if (tookMs < spanMs) return;
    if (fewest >= enough && inSpan > 0) {
      perSec += newest * ((inSpan * 1_000) / tookMs - perSec);
    }
    spanFrom = at;
    inSpan = 0;
    fewest = underWay;
  };

  const isStalled = (at: number) => at - finishedAt >= stalledMs;

  return {
    begun(underWay) {
      const at = now();
      // Whoever had nothing to do has not stalled.
      if (underWay === 1) finishedAt = at;
      turn(at, underWay);
    },
    finished(underWay) {
      const at = now();
      // A stall says nothing of what is carried without one.
      if (isStalled(at)) [spanFrom, inSpan, fewest] = [at, 0, underWay];
      finishedAt = at;
      inSpan++;
      fewest = Math.min(fewest, underWay);
      turn(at, underWay);
    },
    get perSec() {
      return perSec;
    },
    get isStalled() {
      return isStalled(now());
    },
  };
}
