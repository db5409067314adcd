// Calls to the box office: JSON in and out, problems as values, and a quiet second try where trying
// again is safe (reads, and writes with an Idempotency-Key). Keeps the server's time, so that every
// countdown is right on a phone whose clock is not.

import type { Problem } from "../../../wire/problems.ts";

export type Reply<T> =
  | { kind: "ok"; value: T }
  | { kind: "problem"; problem: Problem }
  /** No answer at all, after all tries. */
  | { kind: "offline" };

export type CallOptions = {
  body?: unknown;
  /** The same key over all tries of one wish of the fan's. */
  idempotencyKey?: string;
  tries?: number;
};

const retryMs = [400, 1200, 3000] as const;
const longestRetryMs = 8000;
const answerWithinMs = 15_000;

export async function call<T>(
  method: "GET" | "POST" | "DELETE",
  address: string,
  options: CallOptions = {},
): Promise<Reply<T>> {
  const repeatable = method === "GET" || options.idempotencyKey !== undefined;
  const tries = options.tries ?? (repeatable ? 4 : 1);
  let last: Reply<T> = { kind: "offline" };
  for (let i = 0; i < tries; i++) {
    if (i > 0) await pause(waitBefore(i, last));
    last = await once<T>(method, address, options);
    const worthAnother =
      last.kind === "offline" ||
      (last.kind === "problem" && [429, 503].includes(last.problem.status));
    if (!worthAnother) return last;
  }
  return last;
}

async function once<T>(method: string, address: string, options: CallOptions): Promise<Reply<T>> {
  try {
    const response = await fetch(address, {
      method,
      credentials: "include",
      headers: {
        accept: "application/json",
        "accept-language": document.documentElement.lang,
        ...(options.body === undefined ? {} : { "content-type": "application/json" }),
        ...(options.idempotencyKey ? { "idempotency-key": options.idempotencyKey } : {}),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (response.status === 204) return { kind: "ok", value: undefined as T };
    const value: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      noteTime(value);
      return { kind: "ok", value: value as T };
    }
    return { kind: "problem", problem: problemOf(response, value) };
  } catch {
    return { kind: "offline" };
  }
}

/** What a proxy answers has no problem in it; its status says enough. */
export function problemOf(response: Response, value: unknown): Problem {
  if (typeof value === "object" && value !== null && "code" in value) return value as Problem;
  const code = response.status >= 500 ? "briefly-unavailable" : "bad-request";
  return { type: "about:blank", title: "", status: response.status, code };
}

function waitBefore(i: number, last: Reply<unknown>): number {
  const asked = last.kind === "problem" ? last.problem.retryAfterMs : undefined;
  const usual = retryMs[Math.min(i - 1, retryMs.length - 1)] ?? 3000;
  // Spread, so that a thousand pages do not come back in the same moment.
  return Math.min(longestRetryMs, asked ?? usual) * (0.8 + 0.4 * Math.random());
}

/** Of a form with an address: that is what was refused. */
export function isWrongEmail(reply: Reply<unknown>): boolean {
  if (reply.kind !== "problem" || reply.problem.code !== "bad-request") return false;
  return reply.problem.errors?.some(({ where }) => where.endsWith("email")) ?? false;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Not randomUUID: browsers hide that from pages over plain HTTP, such as a trial on a home network. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let known = { server: Date.now(), here: performance.now() };

function noteTime(value: unknown): void {
  if (typeof value !== "object" || value === null || !("now" in value)) return;
  if (typeof value.now === "number") known = { server: value.now, here: performance.now() };
}

/** The server's clock, as of its last answer. */
export function serverNow(): number {
  return known.server + performance.now() - known.here;
}
