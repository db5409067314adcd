// The guard for servers that speak node:http: Express, Connect and Fastify, or a bare http server. The
// shapes below are the few members that are used, so that the connector depends on nobody's types.
// Mount it before everything that is protected: what runs before it is not guarded.

import type { HeaderList } from "../answers.ts";
import type { Guard, Shopper } from "../guard.ts";

export type NodeRequest = {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express cuts `url` for mounted routers and keeps the whole here. */
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
};
export type NodeResponse = {
  statusCode: number;
  getHeader(name: string): number | string | string[] | undefined;
  setHeader(name: string, value: string | string[]): unknown;
  end(body: string): unknown;
};
type Next = (error?: unknown) => void;

const shoppers = new WeakMap<object, Shopper>();

/** Who shops; undefined on paths that are not protected. In Fastify give it `request.raw`. */
export function shopperOf(request: object): Shopper | undefined {
  return shoppers.get(request);
}

/** @returns true where the request may pass; else it has been answered. */
export async function guardRequest(
  guard: Guard,
  request: NodeRequest,
  response: NodeResponse,
): Promise<boolean> {
  const checked = await guard.check({
    method: request.method ?? "GET",
    target: request.originalUrl ?? request.url ?? "",
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
  });
  setHeaders(response, checked.headers);
  if (checked.kind === "pass") {
    if (checked.shopper !== undefined) shoppers.set(request, checked.shopper);
    return true;
  }
  response.statusCode = checked.status;
  response.end(request.method === "HEAD" ? "" : checked.body);
  return false;
}

/** For Express and Connect: `app.use(expressGuard(guard))`. What goes wrong inside lets nobody in. */
export function expressGuard(
  guard: Guard,
): (request: NodeRequest, response: NodeResponse, next: Next) => Promise<void> {
  return async (request, response, next) => {
    let passes: boolean;
    try {
      passes = await guardRequest(guard, request, response);
    } catch (error) {
      next(error);
      return;
    }
    if (passes) next();
  };
}

type FastifyRequest = { readonly raw: NodeRequest };
type FastifyReply = {
  readonly raw: NodeResponse;
  header(name: string, value: string): unknown;
  code(status: number): unknown;
  send(body: string): unknown;
};

/** For Fastify: `app.addHook("onRequest", fastifyGuard(guard))`. */
export function fastifyGuard(
  guard: Guard,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    // Fastify writes its own headers over the raw answer's, and adds up its Set-Cookie lines.
    const held = heldAnswer(reply);
    if (await guardRequest(guard, request.raw, held)) return undefined;
    return reply;
  };
}

/** To put the headers of `guard.done` and its sisters on an answer; Set-Cookie lines are added. */
export function setHeaders(response: NodeResponse, headers: HeaderList): void {
  for (const [name, value] of headers) {
    if (name !== "set-cookie") response.setHeader(name, value);
    else {
      const before = response.getHeader(name);
      const lines = before === undefined ? [] : Array.isArray(before) ? before : [String(before)];
      response.setHeader(name, [...lines, value]);
    }
  }
}

function heldAnswer(reply: FastifyReply): NodeResponse {
  let statusCode = 200;
  return {
    get statusCode() {
      return statusCode;
    },
    set statusCode(status) {
      statusCode = status;
      reply.code(status);
    },
    getHeader: () => undefined,
    setHeader: (name, value) =>
      Array.isArray(value)
        ? value.map((line) => reply.header(name, line))
        : reply.header(name, value),
    end: (body) => reply.send(body),
  };
}
