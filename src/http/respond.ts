// Answers: JSON, problems, and the words that keep personal answers out of every cache (Y1).
// Outcomes become problems through the one table in wire/problems.ts; faults and bugs end in
// `fromError`, the only place that turns an exception into a response.

import { Bug } from "../foundation/assert.ts";
import { isFault } from "../foundation/fault.ts";
import { type Problem, type ProblemCode, problem } from "../wire/problems.ts";
import type { Log } from "../foundation/log.ts";

export type Locale = "ko" | "en";

/** Origin: who may read an answer differs by it (cors.ts). */
const personal = { "cache-control": "no-store", vary: "Authorization, Cookie, Origin" };
const personalJson = { "content-type": "application/json; charset=utf-8", ...personal };

export function json(body: unknown, status = 200, headers?: Record<string, string>): Response {
  return jsonText(JSON.stringify(body), status, headers);
}

/** Made once: an answer copies them in a third of the time that reading them anew takes. */
const usualInit = { headers: new Headers(personalJson) };

export function jsonText(text: string, status = 200, headers?: Record<string, string>): Response {
  if (status === 200 && headers === undefined) return new Response(text, usualInit);
  return new Response(text, { status, headers: { ...personalJson, ...headers } });
}

/** For answers that are the same for everybody. */
export function publicJson(
  body: unknown,
  maxAgeSec: number,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify(body), {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": `public, max-age=${maxAgeSec}`,
      ...headers,
    },
  });
}

export function localeOf(request: Request): Locale {
  const wished = request.headers.get("accept-language") ?? "";
  const ko = wished.search(/\bko\b/i);
  const en = wished.search(/\ben\b/i);
  return ko >= 0 && (en < 0 || ko < en) ? "ko" : "en";
}

type Extra = Parameters<typeof problem>[1];

export function refuse(request: Request, code: ProblemCode, extra: Extra = {}): Response {
  const body = problem(code, { locale: localeOf(request), ...extra });
  return new Response(JSON.stringify(body), { status: body.status, headers: problemHeaders(body) });
}

export function problemHeaders({ retryAfterMs }: Problem): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/problem+json; charset=utf-8",
    ...personal,
  };
  if (retryAfterMs !== undefined) headers["retry-after"] = String(Math.ceil(retryAfterMs / 1000));
  return headers;
}

/** A thrown refusal, for parsers deep in a handler. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: ProblemCode;
  readonly extra: Extra;
  constructor(code: ProblemCode, extra: Extra = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}

export function fromError(request: Request, error: unknown, log: Log): Response {
  if (error instanceof Refusal) return refuse(request, error.code, error.extra);
  if (isFault(error)) {
    log.error(
      { code: error.code, err: error.message, path: pathOf(request) },
      "fault while answering",
    );
    // Room is made by an operator, not in a moment.
    return error.code === "hot-store-full"
      ? refuse(request, "no-room", { retryAfterMs: 5_000 })
      : refuse(request, "briefly-unavailable", { retryAfterMs: 1_000 });
  }
  log.error(
    { err: error, path: pathOf(request), bug: error instanceof Bug },
    "bug while answering",
  );
  return refuse(request, "internal");
}

/** Never the query: it may hold what a stranger pasted. Nor a ticket's code: it opens the door (Y4). */
function pathOf(request: Request): string {
  return new URL(request.url).pathname.replace(/[^/]{65,}/g, "…");
}
