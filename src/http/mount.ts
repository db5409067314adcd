// From the route table to Bun.serve: a handler gets the request, its path parameters and the caller's
// address; whatever it throws becomes a problem here. A method that a path does not take is told so.
// Streams ask for `longLived`, because Bun cuts a quiet connection after ten seconds otherwise.

import type { Server } from "bun";
import { type Route, routes } from "../wire/routes.ts";
import type { Latency } from "../foundation/latency.ts";
import type { Log } from "../foundation/log.ts";
import { callerOf, noProxies, type TrustedProxies } from "./caller.ts";
import { type Cors, type Dresser, openCors } from "./cors.ts";
import { fromError, refuse } from "./respond.ts";

export type Call = {
  readonly request: Request;
  readonly params: Record<string, string>;
  /** Address of the caller; behind trusted proxies, the one that they tell. */
  readonly ip: string;
  /** Takes the idle timeout off this connection. */
  longLived(): void;
};
export type Handler = (call: Call) => Response | Promise<Response>;

/** The call and what was found out about it. Its own parts are made when asked for: a spread has none. */
export function callWith<More extends object>(call: Call, more: More): Call & More {
  return {
    request: call.request,
    params: call.params,
    get ip() {
      return call.ip;
    },
    longLived: () => call.longLived(),
    ...more,
  };
}
export type Method = "GET" | "POST" | "PUT" | "DELETE";
/** Handlers by route and method. */
export type Mounted = Partial<Record<Route, Partial<Record<Method, Handler>>>>;

type BunHandler = (
  request: Bun.BunRequest,
  server: Server<undefined>,
) => Response | Promise<Response>;

/** What a handler may ask for is worked out when it asks: nine polls of ten need no address. */
class BunCall implements Call {
  readonly request: Bun.BunRequest;
  readonly #server: Server<undefined>;
  readonly #proxies: TrustedProxies;

  constructor(request: Bun.BunRequest, server: Server<undefined>, proxies: TrustedProxies) {
    this.request = request;
    this.#server = server;
    this.#proxies = proxies;
  }

  get params(): Record<string, string> {
    return this.request.params;
  }

  get ip(): string {
    const peer = this.#server.requestIP(this.request)?.address ?? "";
    return callerOf(this.request, peer, this.#proxies);
  }

  longLived(): void {
    this.#server.timeout(this.request, 0);
  }
}

export function toBunRoutes(
  mounted: Mounted,
  log: Log,
  cors: Cors = openCors([]),
  proxies: TrustedProxies = noProxies,
): Record<string, BunHandler> {
  const table: Record<string, BunHandler> = {};
  for (const [name, methods] of Object.entries(mounted)) {
    const route = name as Route;
    const dress = cors.dresserOf(route);
    const dressed: Dresser = dress ?? ((_, response) => response);
    const answer = answering(dressed, log);
    table[routes[route]] = (request, server) => {
      const handler = methods[(request.method === "HEAD" ? "GET" : request.method) as Method];
      if (handler === undefined) {
        const asked = request.method === "OPTIONS" ? cors.preflight(route, request) : undefined;
        if (asked !== undefined) return asked;
        const detail = `allowed: ${Object.keys(methods).join(", ")}`;
        return dressed(request, refuse(request, "method-not-allowed", { detail }));
      }
      return answer(handler, new BunCall(request, server, proxies));
    };
  }
  return table;
}

/** One more promise on the way of an answer is a microsecond of it, so success and failure share theirs. */
function answering(dressed: Dresser, log: Log) {
  const failed = (request: Request, error: unknown) =>
    dressed(request, fromError(request, error, log));
  const later = (request: Request, response: Promise<Response>) =>
    response.then(
      (settled) => dressed(request, settled),
      (error: unknown) => failed(request, error),
    );
  return (handler: Handler, call: Call): Response | Promise<Response> => {
    try {
      const response = handler(call);
      return response instanceof Promise
        ? later(call.request, response)
        : dressed(call.request, response);
    } catch (error) {
      return failed(call.request, error);
    }
  };
}

/** The same routes, with the named ones noted. A stream's answer is its beginning. */
export function timed(mounted: Mounted, names: readonly Route[], latency: Latency): Mounted {
  const noted = (handler: Handler): Handler => {
    return async (call) => {
      const startedAt = performance.now();
      try {
        return await handler(call);
      } finally {
        latency.note(performance.now() - startedAt);
      }
    };
  };
  const routes = { ...mounted };
  for (const name of names) {
    const methods = Object.entries(mounted[name] ?? {});
    routes[name] = Object.fromEntries(methods.map(([method, run]) => [method, noted(run)]));
  }
  return routes;
}
