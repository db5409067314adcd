// How far the database's log had been written when a browser last changed anything: a cookie that every
// answer to a change leaves, and that later reads come with, to whichever process. With it a read may be
// answered by a replica that has got so far, and never shows less than the browser's own writes.
// Not a secret and not believed: whoever changes it changes how fresh their own reads are, no more. Where
// it is missing, nobody knows what was written, and the primary is asked.

import type { Freshness, LogPosition } from "../ports/reads/freshness.ts";
import { asOf, parseLogPosition } from "../ports/reads/freshness.ts";
import type { Log } from "../foundation/log.ts";
import type { Route } from "../wire/routes.ts";
import { cookieName, readCookie, setCookie } from "./cookies.ts";
import type { Handler, Mounted } from "./mount.ts";
import { fromError } from "./respond.ts";

const name = "usher-seen";
/** As long as a fan may read the own orders. */
const keepSec = 48 * 3_600;

/** What the reader itself has written, at least. */
export function asOfOwnWrites(request: Request): Freshness {
  return asOf(parseLogPosition(cookieOf(request)));
}

function cookieOf(request: Request): string | undefined {
  return readCookie(request, cookieName(name, true)) ?? readCookie(request, name);
}

export type Positions = {
  /** Read after the change was committed; undefined: not known. */
  position: () => Promise<LogPosition | undefined>;
  secureCookies: boolean;
  log: Log;
};

/** The same routes; whatever changes something leaves the position behind. */
export function leavePositions(mounted: Mounted, positions: Positions): Mounted {
  const leaving: Mounted = {};
  for (const [path, methods] of Object.entries(mounted)) {
    const route = path as Route;
    leaving[route] = Object.fromEntries(
      Object.entries(methods).map(([method, handler]) => [
        method,
        isRemembered(route, method) ? leave(handler, positions) : handler,
      ]),
    );
  }
  return leaving;
}

/**
 * Coming back from the provider is the one change that a browser makes by looking. A new hold is left
 * out: nothing of it is ever read from a replica, and it is what everybody does at the peak.
 */
function isRemembered(route: Route, method: string): boolean {
  return method === "GET" ? route === "paymentReturn" : route !== "holds";
}

/** Refused before anything was changed. */
const changedNothing = new Set([400, 401, 403, 404, 405, 415, 429]);

function leave(handler: Handler, { position, secureCookies, log }: Positions): Handler {
  return async (call) => {
    let response: Response;
    try {
      response = await handler(call);
    } catch (error) {
      // What was refused in the end may have changed something on the way.
      response = fromError(call.request, error, log);
    }
    if (changedNothing.has(response.status)) return response;
    const at = await position();
    // An older position must not stay: the change that was just made lies above it.
    if (at === undefined && cookieOf(call.request) === undefined) return response;
    const cookie = setCookie(cookieName(name, secureCookies), at ?? "", {
      secure: secureCookies,
      maxAgeSec: at === undefined ? 0 : keepSec,
    });
    response.headers.append("set-cookie", cookie);
    return response;
  };
}
