// The HTTP server: taken first (a taken port is told at once, and the others need to know the number),
// answering "starting" until the routes are put in. On a port that several share it listens only then: the
// system deals connections to whoever listens, ready or not. It knows how it is itself and tells whoever
// probes:
//
//   /health/live    200 while the process can answer at all; a process that cannot should be restarted
//   /health/ready   200 while it wants requests: not before it has started, nor from the moment that it
//                   drains; a balancer sends nothing where this is 503
//
// Neither asks the stores: they are the same for all, and taking every process out of service because
// Redis elects a master would turn a short pause into an outage. How the stores are: /health.

import type { Log } from "../../foundation/log.ts";
import { Fault } from "../../foundation/fault.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import type { TrustedProxies } from "../../http/caller.ts";
import type { Cors } from "../../http/cors.ts";
import { type Mounted, toBunRoutes } from "../../http/mount.ts";
import { openPublisher, type Prepared, type Publisher } from "../../http/prepared.ts";
import { refuse } from "../../http/respond.ts";
import { routes } from "../../wire/routes.ts";
import { within } from "./closing.ts";

export type Listening = {
  port: number;
  /** Replaces "starting" by the real thing. */
  serve(
    mounted: Mounted,
    rest: (request: Request) => Response | Promise<Response>,
    more?: { cors?: Cors; prepared?: Prepared | undefined },
  ): void;
  bounds: Bounds;
  /** Not ready any more, but still answering; each answer asks its connection to go elsewhere. */
  drain(): void;
  /** Lets running requests end, then closes. */
  stop(): Promise<void>;
};

export type ListenOptions = {
  host: string;
  port: number;
  what: string;
  option: string;
  /** Several processes listen on the one port; the system deals connections out (Linux). */
  shared?: boolean;
  /** Proxies that are believed about who calls. */
  proxies?: TrustedProxies;
  log: Log;
};

type Answering = Response | Promise<Response>;
type State = "starting" | "ready" | "draining";

/** Bodies beyond this are cut off by the server itself; a venue plan is the largest there is. */
const maxBodyBytes = 50 * 1024 * 1024;
const drainMs = 5_000;

export function listen(options: ListenOptions): Listening {
  const { host, port, shared = false, proxies, log } = options;
  let state: State = "starting";
  const common = {
    hostname: host,
    port,
    reusePort: shared,
    maxRequestBodySize: maxBodyBytes,
    idleTimeout: 30,
  } as const;
  const probes = {
    [routes.healthLive]: () => probe(200, state),
    [routes.healthReady]: () => probe(state === "ready" ? 200 : 503, state),
  };
  const starting = (request: Request) =>
    refuse(request, "briefly-unavailable", { retryAfterMs: 1_000 });
  let server: Bun.Server<undefined> | undefined;
  const isForLater = shared && port !== 0;
  if (!isForLater) {
    server = tryListening(options, () => Bun.serve({ ...common, routes: probes, fetch: starting }));
  }
  /** Or a connection that is kept would be cut in the middle of its next request. */
  const leaving =
    <Asked extends Request>(answer: (request: Asked, server: Bun.Server<undefined>) => Answering) =>
    (request: Asked, from: Bun.Server<undefined>): Answering => {
      const response = answer(request, from);
      if (state !== "draining") return response;
      return response instanceof Promise ? response.then(closing) : closing(response);
    };
  let stopping: Promise<void> | undefined;
  let publisher: Publisher | undefined;
  let put = () => {};
  /** A prepared answer cannot ask its connection to go elsewhere: from here on the handlers answer. */
  const leave = () => {
    if (state === "draining") return;
    state = "draining";
    publisher?.stop();
    put();
  };
  return {
    port: server?.port ?? port,
    serve(mounted, rest, { cors, prepared } = {}) {
      state = "ready";
      const onError = (error: unknown) => {
        log.error({ err: String(error) }, "bug outside of every handler");
        return new Response(null, { status: 500 });
      };
      const mountedRoutes = Object.entries(toBunRoutes(mounted, log, cors, proxies));
      const handlers = Object.fromEntries(
        mountedRoutes.map(([path, handler]) => [path, leaving(handler)] as const),
      );
      const fetch = leaving(rest);
      put = () => {
        const routes = { ...handlers, ...publisher?.routes(), ...probes };
        const table = { ...common, routes, fetch, error: onError };
        if (server === undefined) server = tryListening(options, () => Bun.serve(table));
        else server.reload(table);
      };
      publisher = openPublisher(prepared, put);
      put();
    },
    bounds: () => publisher?.bounds() ?? {},
    drain: leave,
    stop() {
      leave();
      stopping ??= within(drainMs, Promise.resolve(server?.stop())).then(() => server?.stop(true));
      return stopping;
    },
  };
}

function probe(status: number, state: State): Response {
  const headers = { "cache-control": "no-store", connection: "close" };
  return Response.json({ state }, { status, headers });
}

function closing(response: Response): Response {
  response.headers.set("connection", "close");
  return response;
}

function tryListening<T>({ host, port, what, option }: ListenOptions, start: () => T): T {
  try {
    return start();
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    const where = `${host}:${port}`;
    if (code === "EADDRINUSE") {
      throw new Fault(
        "port-taken",
        `${what} cannot listen on ${where}: the port is taken. Stop the other program, or choose another port with ${option}.`,
      );
    }
    if (code === "EACCES") {
      throw new Fault(
        "port-not-allowed",
        `${what} may not listen on ${where}. Ports under 1024 need root; choose another with ${option}.`,
      );
    }
    throw new Fault(
      "port-not-usable",
      `${what} cannot listen on ${where} (${code || String(error)}). Check ${option} and --host.`,
    );
  }
}
