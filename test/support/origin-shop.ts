// A shop of one's own before a real platform: the key is made at the desk over HTTP, as an operator
// does, and browsers are programs with a cookie jar that follow no redirect by themselves.

import type { OnSaleId } from "../../src/foundation/ids.ts";
import { pathTo } from "../../src/wire/routes.ts";
import type { DeskOriginKey, OriginKeyMade } from "../../src/wire/desk-contract.ts";
import type { TestPlatform } from "./platform.ts";

export type DeskCaller = {
  makeKey(name: string): Promise<OriginKeyMade>;
  keys(): Promise<DeskOriginKey[]>;
  revokeKey(keyId: string): Promise<number>;
};

export async function signedInDesk(platform: TestPlatform): Promise<DeskCaller> {
  const { origin, firstOperator } = platform;
  const signedIn = await fetch(origin + pathTo("deskSignIn"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(firstOperator),
  });
  if (!signedIn.ok) throw new Error(`sign-in answered ${signedIn.status}`);
  const cookie = (signedIn.headers.getSetCookie()[0] ?? "").split(";")[0] ?? "";
  const headers = { cookie, "content-type": "application/json" };
  return {
    async makeKey(name) {
      const body = JSON.stringify({ name });
      const made = await fetch(origin + pathTo("deskOriginKeys"), {
        method: "POST",
        headers: { ...headers, "idempotency-key": crypto.randomUUID() },
        body,
      });
      if (made.status !== 201) throw new Error(`making a key answered ${made.status}`);
      return (await made.json()) as OriginKeyMade;
    },
    async keys() {
      const response = await fetch(origin + pathTo("deskOriginKeys"), { headers });
      return ((await response.json()) as { keys: DeskOriginKey[] }).keys;
    },
    async revokeKey(keyId) {
      const path = pathTo("deskOriginKey", { keyId });
      return (await fetch(origin + path, { method: "DELETE", headers })).status;
    },
  };
}

/** What the operator sets: where fans are sent when it is their turn. */
export async function sendFansTo(
  { stores }: TestPlatform,
  onSaleId: OnSaleId,
  shopUrl: string,
): Promise<void> {
  const { catalog } = stores.postgres;
  const onSale = await catalog.onSale(onSaleId);
  if (onSale === undefined) throw new Error("no such on-sale");
  const settings = { ...onSale.settings, shopUrl };
  const updated = await catalog.update(onSaleId, onSale.version, { settings });
  if (updated.kind !== "updated") throw new Error("the on-sale changed meanwhile");
}

export type PageVisit = { status: number; location: string; text: string; headers: Headers };
export type TestBrowser = {
  readonly jar: Map<string, string>;
  visit(url: string, init?: RequestInit): Promise<PageVisit>;
  /** Follows redirects as a browser does, to the last answer; `trail` names each address. */
  follow(url: string): Promise<PageVisit & { trail: string[] }>;
};

export function testBrowser(): TestBrowser {
  const jar = new Map<string, string>();
  const visit = async (url: string, init: RequestInit = {}): Promise<PageVisit> => {
    const headers = new Headers(init.headers);
    if (!headers.has("accept")) headers.set("accept", "text/html,application/xhtml+xml");
    if (jar.size > 0) headers.set("cookie", [...jar].map(([n, v]) => `${n}=${v}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      if (/Max-Age=0/.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    return {
      status: response.status,
      location: location === null ? "" : new URL(location, url).href,
      text: await response.text(),
      headers: response.headers,
    };
  };
  return {
    jar,
    visit,
    async follow(url) {
      const trail: string[] = [];
      for (let next = url; ; ) {
        trail.push(next);
        const page = await visit(next);
        if (page.location === "" || trail.length > 10) return { ...page, trail };
        next = page.location;
      }
    },
  };
}
