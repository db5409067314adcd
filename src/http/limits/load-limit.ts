// How many requests of one sort a process has under way at once. Beyond what it can finish soon, one more
// would only wait, and let everybody behind it wait: past the moment at which its sender gives up the work
// is for nobody, and that is how a shop that is twice as full as it can be comes to sell nothing. So the
// surplus is refused at the door, before its body is read or a store is asked: `briefly-unavailable` with
// a time to come back (Y5; refusals.ts).
//
// "Soon" is worked out, not guessed, by what the process finished lately (throughput.ts): as many are under
// way as it finishes in `insideMs`, and never fewer than `least`; as many more as it finishes in
// `outsideMs` stand before the door (doorstep.ts). Few inside, because whatever is under way is memory that
// the collector goes through again and again; some outside, because a place that is free is nobody's until
// one of those who were refused comes back. That follows a slow disk as well as a slow machine, and closes
// the door when a line forms, not when the first have stood in it. `most` is for the time in which nothing
// at all is finished, as in a failover: those wait for it, and the memory has a bound; what a request has
// begun and goes on without it counts for `most` alone. A refusal has had no effect, so whoever repeats the
// request does nothing twice.

import type { Route } from "../../wire/routes.ts";
import type { Bound } from "../../foundation/bounds.ts";
import type { Call, Handler, Mounted } from "../mount.ts";
import { localeOf } from "../respond.ts";
import { openDoorstep } from "./doorstep.ts";
import { openRefusals, type RefusalTimes } from "./refusals.ts";
import { openThroughput } from "./throughput.ts";

export type LoadLimits = RefusalTimes & {
  /** Inside whatever they take: enough to keep every batch behind them full. */
  least: number;
  /** With what goes on after its answer. */
  most: number;
  /** What the process finishes a second, until it has been seen. */
  believedPerSec: number;
  insideMs: number;
  outsideMs: number;
};

/** Two hundred and fifty-six fill the group commits; a wait of not half a second is felt, and forgiven. */
export const usualLoad: LoadLimits = {
  ...{ least: 256, most: 4_000, believedPerSec: 4_000, insideMs: 150, outsideMs: 250 },
  ...{ refuseAfterMs: 900, mostPerSec: 1_000, atLatestMs: 3_000, mostRefusing: 8_000 },
};

/** After it an answer would be late for a fan who counts from the click. */
const patienceMs = 700;

/** Whether a request goes on with what was begun: refused, the beginning was for nothing. */
export type IsOwed = (request: Request) => boolean;

export type LoadLimit = {
  /**
   * The same routes; requests to the named ones that are not for reading are counted together.
   * @param isOwed those are refused only beyond `most`, and only what they finish is measured.
   */
  behind(mounted: Mounted, names: readonly Route[], isOwed?: IsOwed): Mounted;
  /** What a request that was let in has begun and goes on without it: one of the `most` until it rests. */
  goesOn(work: Promise<unknown>): void;
  readonly underWay: Bound;
  /** Those who stand before the door. */
  readonly outside: Bound;
  /** Those who wait for their refusal. */
  readonly refusing: Bound;
};

/** @param now monotonic, in ms. */
export function openLoadLimit(
  limits: LoadLimits = usualLoad,
  now: () => number = () => performance.now(),
): LoadLimit {
  const { least, most, believedPerSec, insideMs, outsideMs } = limits;
  let inside = 0;
  let goingOn = 0;
  // Half of the least: a shared commit ends many at once, and a door that closed must learn all the same.
  const throughput = openThroughput(Math.ceil(least / 2), believedPerSec, now);
  const refusals = openRefusals(limits, now);

  const doneIn = (ms: number) => (throughput.perSec * ms) / 1_000;
  const isFull = (isOwed: boolean) =>
    inside + goingOn >= most ||
    (!isOwed && inside >= Math.max(least, doneIn(insideMs)) && !throughput.isStalled);
  const doorstep = openDoorstep({ hasRoom: () => !isFull(false), patienceMs, now });

  const enter = (handler: Handler, call: Call, isMeasured: boolean) => {
    inside++;
    if (isMeasured) throughput.begun(inside);
    const finish = () => {
      inside--;
      if (isMeasured) throughput.finished(inside);
      doorstep.letIn();
    };
    let response: Response | Promise<Response> | undefined;
    try {
      response = handler(call);
    } finally {
      if (response instanceof Promise) response.then(finish, finish);
      else finish();
    }
    return response;
  };

  const standOutside = (handler: Handler, call: Call, isMeasured: boolean) =>
    new Promise<Response>((resolve) => {
      doorstep.stand({
        enter: () => resolve(Promise.try(enter, handler, call, isMeasured)),
        leave: () => resolve(refusals.atOnce(localeOf(call.request))),
      });
    });

  const counted =
    (handler: Handler, isOwed: IsOwed | undefined): Handler =>
    (call) => {
      const owed = isOwed?.(call.request) ?? false;
      const isMeasured = owed || isOwed === undefined;
      // Whoever comes now is not let in before those who stand there.
      if (!isFull(owed) && (owed || doorstep.length === 0)) return enter(handler, call, isMeasured);
      if (!owed && doorstep.length < Math.min(most, doneIn(outsideMs)))
        return standOutside(handler, call, isMeasured);
      return refusals.refuse(localeOf(call.request));
    };

  return {
    behind(mounted, names, isOwed) {
      const limited = { ...mounted };
      for (const name of names) {
        const { GET, ...changing } = mounted[name] ?? {};
        const methods = Object.entries(changing).map(([method, run]) => [
          method,
          counted(run, isOwed),
        ]);
        limited[name] = { ...(GET && { GET }), ...Object.fromEntries(methods) };
      }
      return limited;
    },
    goesOn(work) {
      goingOn++;
      const rests = () => {
        goingOn--;
        doorstep.letIn();
      };
      work.then(rests, rests);
    },
    get underWay() {
      return { size: inside + goingOn, limit: most };
    },
    get outside() {
      return { size: doorstep.length, limit: most };
    },
    get refusing() {
      return refusals.waiting;
    },
  };
}
