// The HTTP server: taken first (a taken port is told at once, and the others need to know the number),
// answering "starting" until the routes are put in.

import type { Log } from "../../foundation/log.ts";
import { Fault } from "../../foundation/fault.ts";
import type { Cors } from "../../http/cors.ts";
import { type Mounted, toBunRoutes } from "../../http/mount.ts";
import { within } from "./closing.ts";
import { refuse } from "../../http/respond.ts";

export type Listening = {
  port: number;
  /** Replaces "starting" by the real thing. */
  serve(
    mounted: Mounted,
    rest: (request: Request) => Response | Promise<Response>,
    cors?: Cors,
  ): void;
  /** Lets running requests end, then closes. */
  stop(): Promise<void>;
};

export type ListenOptions = { host: string; port: number; what: string; option: string; log: Log };

/** Bodies beyond this are cut off by the server itself; a venue plan is the largest there is. */
const maxBodyBytes = 50 * 1024 * 1024;
const drainMs = 5_000;

export function listen(options: ListenOptions): Listening {
  const { host, port, log } = options;
  const starting = (request: Request) =>
    refuse(request, "briefly-unavailable", { retryAfterMs: 1_000 });
  const common = {
    hostname: host,
    port,
    maxRequestBodySize: maxBodyBytes,
    idleTimeout: 30,
  } as const;
  const server = tryListening(options, () => Bun.serve({ ...common, fetch: starting }));
  let stopping: Promise<void> | undefined;
  return {
    port: server.port ?? port,
    serve(mounted, rest, cors) {
      const onError = (error: unknown) => {
        log.error({ err: String(error) }, "bug outside of every handler");
        return new Response(null, { status: 500 });
      };
      server.reload({
        ...common,
        routes: toBunRoutes(mounted, log, cors),
        fetch: rest,
        error: onError,
      });
    },
    stop() {
      stopping ??= within(drainMs, server.stop()).then(() => server.stop(true));
      return stopping;
    },
  };
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
