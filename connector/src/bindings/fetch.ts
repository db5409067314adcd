// The guard for servers that speak Request and Response: edge workers, Deno, Bun, Hono, and the
// middleware of Next. One function does the work; the others hand its outcome to each framework.

import type { HeaderList } from "../answers.ts";
import type { Guard, Shopper } from "../guard.ts";

export type Guarded =
  /** Put `headers` on the answer that you make (`withHeaders`). */
  | { readonly kind: "pass"; readonly shopper: Shopper | undefined; readonly headers: HeaderList }
  /** Answer with this and do nothing else. */
  | { readonly kind: "answer"; readonly response: Response };

export async function guardFetch(guard: Guard, request: Request): Promise<Guarded> {
  const { pathname, search } = new URL(request.url);
  const checked = await guard.check({
    method: request.method,
    target: pathname + search,
    header: (name) => request.headers.get(name) ?? undefined,
  });
  if (checked.kind === "pass") return checked;
  const headers = new Headers();
  for (const [name, value] of checked.headers) headers.append(name, value);
  const body = request.method === "HEAD" || checked.body === "" ? null : checked.body;
  return { kind: "answer", response: new Response(body, { status: checked.status, headers }) };
}

/** Puts a guard before a fetch handler: `export default { fetch: guarded(guard, handler) }`. */
export function guarded<Rest extends unknown[]>(
  guard: Guard,
  handler: (request: Request, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => {
    const outcome = await guardFetch(guard, request);
    if (outcome.kind === "answer") return outcome.response;
    if (outcome.shopper !== undefined) shoppers.set(request, outcome.shopper);
    return withHeaders(await handler(request, ...rest), outcome.headers);
  };
}

type HonoContext = {
  readonly req: { readonly raw: Request };
  res: Response;
};

/** For Hono: `app.use(honoGuard(guard))`; the shopper is `shopperOf(c.req.raw)`. */
export function honoGuard(
  guard: Guard,
): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (context, next) => {
    const outcome = await guardFetch(guard, context.req.raw);
    if (outcome.kind === "answer") return outcome.response;
    if (outcome.shopper !== undefined) shoppers.set(context.req.raw, outcome.shopper);
    await next();
    context.res = withHeaders(context.res, outcome.headers);
    return undefined;
  };
}

/**
 * For the middleware of Next: `export const middleware = nextGuard(guard, NextResponse)`. The class is
 * handed in, so that the connector does not import Next.
 */
export function nextGuard<Answer extends Response>(
  guard: Guard,
  nextResponse: { next(): Answer },
): (request: Request) => Promise<Response> {
  return async (request) => {
    const outcome = await guardFetch(guard, request);
    if (outcome.kind === "answer") return outcome.response;
    const response = nextResponse.next();
    for (const [name, value] of outcome.headers) response.headers.append(name, value);
    return response;
  };
}

const shoppers = new WeakMap<Request, Shopper>();

/** Who shops; undefined on paths that are not protected. */
export function shopperOf(request: Request): Shopper | undefined {
  return shoppers.get(request);
}

/** The same answer with the guard's headers; a Cache-Control of the shop's own stays. */
export function withHeaders(response: Response, headers: HeaderList): Response {
  if (headers.length === 0) return response;
  // Answers of fetch() have headers that cannot be changed.
  const open = new Response(response.body, response);
  for (const [name, value] of headers) {
    if (name === "set-cookie") open.headers.append(name, value);
    else if (!open.headers.has(name)) open.headers.set(name, value);
  }
  return open;
}
