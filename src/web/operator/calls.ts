// Calls to the desk's API. Whatever comes back is one of three: an answer, a problem in the operator's
// language, or nobody reached. An ended session is noticed here, once, for every view.

import type { DeskMe } from "../../wire/desk-contract.ts";
import type { Problem } from "../../wire/problems.ts";
import type { Route } from "../../wire/routes.ts";
import { newKey } from "../fan/calls/http.ts";
import { apiAddress } from "../site-config.ts";
import { clockOffsetMs, locale, reachable, session } from "./page.ts";

export type Answer<Body> =
  | { kind: "ok"; body: Body }
  | { kind: "problem"; problem: Problem }
  | { kind: "offline" };

type Options = {
  method?: "GET" | "POST" | "DELETE";
  params?: Record<string, string>;
  query?: string;
  body?: unknown;
  signal?: AbortSignal;
};

export async function call<Body>(route: Route, options: Options = {}): Promise<Answer<Body>> {
  const { method = "GET", params = {}, query = "", body, signal } = options;
  const form = body instanceof FormData;
  const headers: Record<string, string> = { "accept-language": locale.value };
  if (body !== undefined && !form) headers["content-type"] = "application/json";
  const wish = `${route} ${JSON.stringify(params)} ${form ? "" : JSON.stringify(body)}`;
  if (method === "POST") headers["idempotency-key"] = keyOf(wish);
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) init.body = form ? body : JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  try {
    const response = await fetch(apiAddress(route, params) + query, init);
    reachable.value = true;
    if (isSettled(response.status)) keys.delete(wish);
    if (response.ok) return { kind: "ok", body: keepTime((await response.json()) as Body) };
    const problem = (await response.json()) as Problem;
    if (problem.code === "sign-in-needed") {
      session.value = { kind: "out", ended: session.value.kind === "in" };
    }
    return { kind: "problem", problem };
  } catch {
    if (signal?.aborted !== true) reachable.value = false;
    return { kind: "offline" };
  }
}

/** Pressed again after an answer was lost, the same wish goes out under the same key: it is done once. */
const keys = new Map<string, string>();
const isSettled = (status: number) => status < 500 && status !== 409;

function keyOf(wish: string): string {
  const key = keys.get(wish) ?? newKey();
  keys.set(wish, key);
  return key;
}

function keepTime<Body>(body: Body): Body {
  const { now } = (body ?? {}) as { now?: unknown };
  if (typeof now === "number") clockOffsetMs.value = now - Date.now();
  return body;
}

export async function askWhoIsHere(): Promise<void> {
  const answer = await call<DeskMe>("deskMe");
  if (answer.kind === "ok") session.value = { kind: "in", me: answer.body };
  else if (answer.kind === "problem") session.value = { kind: "out", ended: false };
}
