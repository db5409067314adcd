// Which pages of other origins may read our answers: the waiting page lives on a CDN where the platform
// is large. What is the same for everybody may be read by anybody; what is asked for with a queue token
// only by the origins that were allowed. Never with credentials: no cookie of ours works across sites,
// so the shop itself has no rule here and stays closed to other origins.

import type { Route } from "../wire/routes.ts";

export type Dresser = (request: Request, response: Response) => Response;

export type Cors = {
  /** The answer to a browser that asks first; undefined: this route is not for other origins. */
  preflight(route: Route, request: Request): Response | undefined;
  /**
   * What adds the words that a browser wants to see; to refusals too, or a page could not tell them
   * apart. undefined: nothing is ever added to this route's answers.
   */
  dresserOf(route: Route): Dresser | undefined;
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
  "priorityReturn",
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
          "access-control-allow-headers": "authorization, content-type, last-event-id",
          "access-control-max-age": String(preflightKeepSec),
          vary: "Origin",
        },
      });
    },
    dresserOf(route) {
      if (forEverybody.has(route)) return readableByAll;
      if (!withQueueToken.has(route) || known.size === 0) return undefined;
      return (request, response) => {
        const grant = grantFor(route, request);
        // `vary` is every personal answer's own word (respond.ts), with a grant and without.
        if (grant !== undefined) response.headers.set(allowOrigin, grant);
        return response;
      };
    },
  };
}

function readableByAll(_: Request, response: Response): Response {
  response.headers.set(allowOrigin, "*");
  return response;
}
