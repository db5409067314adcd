// From the route table to Bun.serve: a handler gets the request, its path parameters and the caller's
// address; whatever it throws becomes a problem here. A method that a path does not take is told so.
// Streams ask for `longLived`, because Bun cuts a quiet connection after ten seconds otherwise.

import type { Server } from "bun";
import { type Route, routes } from "../wire/routes.ts";
import type { Log } from "../foundation/log.ts";
import { fromError, refuse } from "./respond.ts";

export type Call = {
  request: Request;
  params: Record<string, string>;
  /** Address of the caller, or of the last trusted proxy's word for it. */
  ip: string;
  /** Takes the idle timeout off this connection. */
  longLived(): void;
};
export type Handler = (call: Call) => Response | Promise<Response>;
export type Method = "GET" | "POST" | "PUT" | "DELETE";
/** Handlers by route and method. */
export type Mounted = Partial<Record<Route, Partial<Record<Method, Handler>>>>;

type BunHandler = (
  request: Bun.BunRequest,
  server: Server<undefined>,
) => Response | Promise<Response>;

export function toBunRoutes(mounted: Mounted, log: Log): Record<string, BunHandler> {
  const table: Record<string, BunHandler> = {};
  for (const [route, methods] of Object.entries(mounted)) {
    table[routes[route as Route]] = (request, server) => {
      const handler = methods[(request.method === "HEAD" ? "GET" : request.method) as Method];
      if (handler === undefined) {
        return refuse(request, "method-not-allowed", {
          detail: `allowed: ${Object.keys(methods).join(", ")}`,
        });
      }
      const call: Call = {
        request,
        params: request.params,
        ip: server.requestIP(request)?.address ?? "",
        longLived: () => server.timeout(request, 0),
      };
      return answer(handler, call, log);
    };
  }
  return table;
}

function answer(handler: Handler, call: Call, log: Log): Response | Promise<Response> {
  try {
    const response = handler(call);
    return response instanceof Promise
      ? response.catch((error: unknown) => fromError(call.request, error, log))
      : response;
  } catch (error) {
    return fromError(call.request, error, log);
  }
}
