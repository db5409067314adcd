// From the admission token in the address to a shop session. Keeps: the token leaves the address bar
// and the history before anything else happens; the nonce is stored before the call, so that a
// reload in the middle repeats the same entering instead of looking like a replay.

import type { Entered, EnterBody } from "../../../wire/contract.ts";
import { apiAddress } from "../../site-config.ts";
import { call, newKey, type Reply } from "./http.ts";

export function takeAdmission(onSaleId: string): EnterBody | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const admissionToken = fragment.get("admission");
  const key = storeKey(onSaleId);
  if (admissionToken) {
    history.replaceState(null, "", location.pathname + location.search);
    const before = unfinishedEntering(key);
    if (before?.admissionToken === admissionToken) return before;
    const body = { admissionToken, nonce: newKey() };
    keep(key, JSON.stringify(body));
    return body;
  }
  return unfinishedEntering(key);
}

function unfinishedEntering(key: string): EnterBody | undefined {
  const text = stored(key);
  return text ? (JSON.parse(text) as EnterBody) : undefined;
}

export async function enter(onSaleId: string): Promise<Reply<Entered>> {
  const body = takeAdmission(onSaleId);
  const session = apiAddress("shopSession", { onSaleId });
  if (!body) return call<Entered>("GET", session);
  // Repeating is safe: the nonce makes it the same entering.
  const reply = await call<Entered>("POST", apiAddress("enter", { onSaleId }), { body, tries: 4 });
  if (reply.kind === "offline") return reply;
  if (reply.kind === "problem" && reply.problem.status >= 500) return reply;
  sessionStorage.removeItem(storeKey(onSaleId));
  if (reply.kind === "ok") return reply;
  // Somebody who is already inside and follows the old link again is simply inside.
  const inside = await call<Entered>("GET", session);
  return inside.kind === "ok" ? inside : reply;
}

const storeKey = (onSaleId: string) => `usher:entering:${onSaleId}`;

function keep(key: string, text: string): void {
  try {
    sessionStorage.setItem(key, text);
  } catch {
    // Storage may be forbidden: a reload in the middle then asks to come in again.
  }
}

function stored(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}
