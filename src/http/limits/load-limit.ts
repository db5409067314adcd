// How many requests of one sort a process has under way at once. Beyond what it can finish soon, one more
// would only wait, and let everybody behind it wait: past the moment at which its sender gives up the work
// is for nobody, and that is how a shop that is twice as full as it can be comes to sell nothing. So the
// surplus is refused at the door, before its body is read or a store is asked: `briefly-unavailable` with
// a time to come back, as bytes that are at hand (Y5).
//
// "Soon" is worked out, not guessed: as many are under way as the process finishes in `slowMs`, by what it
// finished lately (throughput.ts), and never fewer than `least`. That follows a slow disk as well as a
// slow machine, and closes the door when a line forms, not when the first have stood in it. `most` is for
// the time in which nothing at all is finished, as in a failover: those wait for it, and the memory has a
// bound. A refusal has had no effect, so whoever repeats the request does nothing twice.
//
// A refusal takes `refuseAfterMs`: a browser is told to come back later than that anyway, and a client
// that comes back at once, told or not, gets no more refusals a second than it has connections. At ten
// times what can be done, refusing at once took all the time there was. What waits to be refused is a
// timer and nothing else, and beyond `mostRefusing` of them it is told at once.

import { type ProblemCode, problem } from "../../wire/problems.ts";
import type { Route } from "../../wire/routes.ts";
import type { Bound } from "../../foundation/bounds.ts";
import type { Call, Handler, Mounted } from "../mount.ts";
import { type Locale, localeOf, problemHeaders } from "../respond.ts";
import { openThroughput } from "./throughput.ts";

export type LoadLimits = {
  /** Under way whatever they take: enough to keep every batch behind them full. */
  least: number;
  most: number;
  slowMs: number;
  refuseAfterMs: number;
  mostRefusing: number;
};

/** Two hundred and fifty-six fill the group commits; a wait of half a second is felt, and still forgiven. */
export const usualLoad: LoadLimits = {
  ...{ least: 256, most: 4_000, slowMs: 500 },
  ...{ refuseAfterMs: 900, mostRefusing: 8_000 },
};

/** In turns, so that those who are refused together do not come back together. */
const comeBackMs = [1_000, 2_000, 3_000, 4_000];
const code: ProblemCode = "briefly-unavailable";

/** Whether a request goes on with what was begun: refused, the beginning was for nothing. */
export type IsOwed = (request: Request) => boolean;

export type LoadLimit = {
  /**
   * The same routes; requests to the named ones that are not for reading are counted together.
   * @param isOwed those are refused only beyond `most`, and only what they finish is measured.
   */
  behind(mounted: Mounted, names: readonly Route[], isOwed?: IsOwed): Mounted;
  readonly underWay: Bound;
  /** Those who wait for their refusal. */
  readonly refusing: Bound;
};

/** @param now monotonic, in ms. */
export function openLoadLimit(
  limits: LoadLimits = usualLoad,
  now: () => number = () => performance.now(),
): LoadLimit {
  const { least, most, slowMs } = limits;
  let underWay = 0;
  const throughput = openThroughput(least, now);
  const refusals = openRefusals(limits);

  const soonDone = () => Math.max(least, (throughput.perSec * slowMs) / 1_000);
  const isFull = (isOwed: boolean) =>
    underWay >= most || (!isOwed && underWay >= soonDone() && !throughput.isStalled);

  const counted =
    (handler: Handler, isOwed: IsOwed | undefined): Handler =>
    (call) => {
      const owed = isOwed?.(call.request) ?? false;
      if (isFull(owed)) return refusals.refuse(call);
      const isMeasured = owed || isOwed === undefined;
      underWay++;
      if (isMeasured) throughput.begun(underWay);
      const finish = () => {
        underWay--;
        if (isMeasured) throughput.finished(underWay);
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
    get underWay() {
      return { size: underWay, limit: most };
    },
    get refusing() {
      return refusals.waiting;
    },
  };
}

type Refusals = { refuse(call: Call): Response | Promise<Response>; readonly waiting: Bound };

function openRefusals({ refuseAfterMs, mostRefusing }: LoadLimits): Refusals {
  const refusalTo = preparedRefusals();
  let refused = 0;
  let waiting = 0;
  return {
    refuse(call) {
      const response = refusalTo(call, refused++);
      if (refuseAfterMs === 0 || waiting >= mostRefusing) return response;
      waiting++;
      return new Promise((resolve) => {
        setTimeout(() => {
          waiting--;
          resolve(response);
        }, refuseAfterMs);
      });
    },
    get waiting() {
      return { size: waiting, limit: mostRefusing };
    },
  };
}

/** A refusal must cost less than what it refuses: its bytes and headers are made once. */
function preparedRefusals(): (call: Call, nth: number) => Response {
  const inLanguage = (locale: Locale) =>
    comeBackMs.map((retryAfterMs) => {
      const body = problem(code, { locale, retryAfterMs });
      return {
        bytes: new TextEncoder().encode(JSON.stringify(body)),
        init: { status: body.status, headers: new Headers(problemHeaders(body)) },
      };
    });
  const prepared = { ko: inLanguage("ko"), en: inLanguage("en") };
  return ({ request }, nth) => {
    const choices = prepared[localeOf(request)];
    const { bytes, init } = choices[nth % choices.length] as (typeof choices)[number];
    return new Response(bytes, init);
  };
}
