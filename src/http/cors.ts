// Which pages of other origins may read our answers: the waiting page lives on a CDN where the platform
// is large. What is the same for everybody may be read by anybody; what is asked for with a queue token
// only by the origins that were allowed. Never with credentials: no cookie of ours works across sites,
// so the shop itself has no rule here and stays closed to other origins.

import type { Route } from "../wire/routes.ts";

export type Cors = {
  /** The answer to a browser that asks first; undefined: this route is not for other origins. */
  preflight(route: Route, request: Request): Response | undefined;
  /** Adds what the browser wants to see; to refusals too, or a page could not tell them apart. */
  dress(route: Route, request: Request, response: Response): Response;
};

const forEverybody: ReadonlySet<Route> = new Set<Route>([
  "frontier",
  "keys",
  "onSales",
  "onSale",
  "planOverview",
  "planSection",
  "ticketKeys",
]);
const withQueueToken: ReadonlySet<Route> = new Set<Route>([
  "join",
  "status",
  "live",
  "claim",
  "leave",
]);

/** Browsers forget sooner: two hours at most. A preflight a poll would double the load of a sale. */
const preflightKeepSec = 7_200;
const allowOrigin = "access-control-allow-origin";

/** @param allowed origins as a browser writes them: `https://tickets.example.org`. */
export function openCors(allowed: readonly string[]): Cors {
  const known = new Set(allowed);
  const grantFor = (route: Route, request: Request): string | undefined => {
    if (forEverybody.has(route)) return "*";
    const origin = request.headers.get("origin");
    return withQueueToken.has(route) && origin !== null && known.has(origin) ? origin : undefined;
  };

  return {
    preflight(route, request) {
      const grant = grantFor(route, request);
      if (grant === undefined) return undefined;
      return new Response(null, {
        status: 204,
        headers: {
          [allowOrigin]: grant,
          "access-control-allow-methods": "GET, POST",
          "access-control-allow-headers": "authorization, content-type",
          "access-control-max-age": String(preflightKeepSec),
          vary: "Origin",
        },
      });
    },
    dress(route, request, response) {
      const grant = grantFor(route, request);
      if (grant !== undefined && !response.headers.has(allowOrigin)) {
        response.headers.set(allowOrigin, grant);
      }
      // Also without a grant: a cache must not hand this answer to an origin that has one.
      if (known.size > 0 && withQueueToken.has(route)) response.headers.append("vary", "Origin");
      return response;
    },
  };
}
