// How many requests of one sort a process has under way at once. Beyond what it can finish soon, one more
// would only wait, and let everybody behind it wait: past the moment at which its sender gives up the work
// is for nobody, and that is how a shop that is twice as full as it can be comes to sell nothing. So the
// surplus is refused at the door, before its body is read or a store is asked: `briefly-unavailable` with
// a time to come back, as bytes that are at hand (Y5).
//
// "Soon" is measured, not guessed: while what is finished has taken longer than `slowMs`, no more than
// `least` are under way. That follows a slow disk as well as a slow machine. `most` is for the time in
// which nothing at all is finished, as in a failover: those wait for it, and the memory has a bound.
// A refusal has had no effect, so whoever repeats the request does nothing twice.

import { type ProblemCode, problem } from "../../wire/problems.ts";
import type { Route } from "../../wire/routes.ts";
import type { Bound } from "../../foundation/bounds.ts";
import type { Call, Handler, Mounted } from "../mount.ts";
import { type Locale, localeOf, problemHeaders } from "../respond.ts";

export type LoadLimits = {
  /** Under way whatever they take: enough to keep every batch behind them full. */
  least: number;
  most: number;
  slowMs: number;
};

/** Two hundred and fifty-six fill the group commits; a wait of half a second is felt, and still forgiven. */
export const usualLoad: LoadLimits = { least: 256, most: 4_000, slowMs: 500 };

/** In turns, so that those who are refused together do not come back together. */
const comeBackMs = [1_000, 2_000, 3_000, 4_000];
const code: ProblemCode = "briefly-unavailable";
/** Of the newest in the mean: about the last twenty count. */
const newest = 0.05;

/** Whether a request goes on with what was begun: refused, the beginning was for nothing. */
export type IsOwed = (request: Request) => boolean;

export type LoadLimit = {
  /**
   * The same routes; requests to the named ones that are not for reading are counted together.
   * @param isOwed those are refused only beyond `most`, and the mean is theirs alone.
   */
  behind(mounted: Mounted, names: readonly Route[], isOwed?: IsOwed): Mounted;
  readonly underWay: Bound;
};

export function openLoadLimit({ least, most, slowMs }: LoadLimits = usualLoad): LoadLimit {
  let underWay = 0;
  let tookMs = 0;
  let refused = 0;
  const refusals = preparedRefusals();

  const isFull = (isOwed: boolean) =>
    underWay >= most || (!isOwed && underWay >= least && tookMs > slowMs);

  const counted =
    (handler: Handler, isOwed: IsOwed | undefined): Handler =>
    (call) => {
      const owed = isOwed?.(call.request) ?? false;
      if (isFull(owed)) return refusals(call, refused++);
      const isMeasured = owed || isOwed === undefined;
      const startedAt = performance.now();
      underWay++;
      const finish = () => {
        underWay--;
        if (isMeasured) tookMs += newest * (performance.now() - startedAt - tookMs);
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
