// The guard against a world that misbehaves: no keys, no answers, old answers, a slow clock. `fetch` is
// the connector's own option, and is the world here; the real gateway is in test/connector.

import { expect, test } from "bun:test";
import { type AdmissionSigner, signAdmission } from "./admission-token.ts";
import { toBase64Url } from "./base64url.ts";
import { type GuardAnswer, openGuard } from "./guard.ts";
import { guarded, nextGuard, shopperOf } from "./bindings/fetch.ts";

const onSale = "os_0000000000000000000001";
const originKey = `usher_ok_${"k".repeat(22)}_${toBase64Url(new Uint8Array(32).fill(7))}`;
const minute = 60_000;

async function newSigner(kid: string) {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw new Error("no pair");
  const { x = "" } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  const signer: AdmissionSigner = { kid, privateKey: pair.privateKey };
  return { signer, jwk: { kty: "OKP", crv: "Ed25519", kid, x } };
}

/** A Usher as its shop sees it: keys, answers to commands, and whether it answers at all. */
async function world(options: { singleUse?: boolean; openPaths?: string[] } = {}) {
  const first = await newSigner("key-1");
  const usher = {
    now: 1_800_000_000_000,
    up: true,
    keys: [first.jwk] as unknown[],
    reply: { kind: "active", shopUntil: 1_800_000_000_000 + 10 * minute } as object,
    keyReads: 0,
    commands: [] as string[],
  };
  const fetchWorld = async (address: string, init: RequestInit): Promise<Response> => {
    if (address.endsWith("keys.json")) usher.keyReads++;
    else usher.commands.push(JSON.parse(String(init.body)).command);
    if (!usher.up) throw new TypeError("nobody answers");
    return Response.json(address.endsWith("keys.json") ? { keys: usher.keys } : usher.reply);
  };
  const guard = openGuard({
    usher: "https://queue.example",
    onSale,
    originKey,
    protectedPaths: ["/shop"],
    fetch: fetchWorld,
    now: () => usher.now,
    ...options,
  });
  const jar = new Map<string, string>();
  const visit = async (target: string, how: { method?: string; accept?: string } = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers: Record<string, string | undefined> = {
      accept: how.accept ?? "text/html",
      cookie: cookie === "" ? undefined : cookie,
    };
    const { method = "GET" } = how;
    const answer = await guard.check({ method, target, header: (name) => headers[name] });
    for (const line of answer.headers.filter(([name]) => name === "set-cookie")) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line[1]) ?? [];
      if (/Max-Age=0/.test(line[1])) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  };
  const token = (signer = first.signer, id = "adm_1") =>
    signAdmission(signer, {
      onSale,
      entry: "qe_1",
      admissionId: id,
      epoch: 1,
      issuedAt: usher.now,
      expiresAt: usher.now + 5 * minute,
    });
  const shopping = async () => {
    const hop = await visit(`/shop?usher-admission=${await token()}`);
    expect(locationOf(await visit(locationOf(hop)))).toBe("/shop");
    expect((await visit("/shop")).kind).toBe("pass");
  };
  return { usher, guard, jar, visit, token, shopping };
}

const header = (answer: GuardAnswer, wanted: string) =>
  answer.headers.find(([name]) => name === wanted)?.[1] ?? "";
const locationOf = (answer: GuardAnswer) => header(answer, "location");
const codeOf = (answer: GuardAnswer) =>
  answer.kind === "answer" && answer.body.startsWith("{") ? JSON.parse(answer.body).code : "";

test("the cookie is bound to this host, for https only, out of scripts' reach", async () => {
  const { visit, token } = await world();
  const hop = await visit(`/shop?usher-admission=${await token()}`);
  expect(header(hop, "set-cookie")).toMatch(/^__Host-usher-nonce-/);
  const entered = await visit(locationOf(hop));
  expect(header(entered, "set-cookie")).toMatch(
    /^__Host-usher-origin-os_0{21}1=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/,
  );
  expect(header(entered, "referrer-policy")).toBe("no-referrer");
  expect(header(entered, "cache-control")).toBe("no-store");
});

test("no keys: nobody is let in, a person is told and an app is", async () => {
  const { usher, visit, token } = await world();
  usher.up = false;
  const target = `/shop?usher-admission=${await token()}`;
  const page = await visit(target);
  expect(page).toMatchObject({ kind: "answer", status: 503 });
  expect(header(page, "retry-after")).toBe("5");
  expect(codeOf(await visit(target, { accept: "application/json" }))).toBe("briefly-unavailable");
  expect((await visit("/shop")).kind).toBe("answer");
  usher.up = true;
  usher.now += 11_000;
  expect(locationOf(await visit(target))).toContain("usher-hop=1");
});

test("a rotated key is learnt from the first token that names it; forged key ids cause no storm", async () => {
  const { usher, jar, visit, token } = await world();
  await visit(`/shop?usher-admission=${await token()}`);
  expect(usher.keyReads).toBe(1);
  const second = await newSigner("key-2");
  usher.keys.push(second.jwk);
  usher.now += 11_000;
  const target = `/shop?usher-admission=${await token(second.signer)}`;
  expect(locationOf(await visit(target))).toBe("/shop");
  expect(usher.keyReads).toBe(2);
  const forged = await newSigner("key-3");
  for (let at = 0; at < 50; at++) {
    const answer = await visit(`/shop?usher-admission=${await token(forged.signer, `adm_${at}`)}`);
    // This browser shops already, so that a bad token costs it nothing.
    expect(locationOf(answer)).toBe("/shop");
  }
  jar.clear();
  const bare = await visit(`/shop?usher-admission=${await token(forged.signer)}`);
  expect(locationOf(bare)).toStartWith("https://queue.example/w/");
  expect(usher.keyReads).toBe(2);
});

test("keys that cannot be read again are believed for an hour, and not longer", async () => {
  const { usher, jar, visit, token } = await world({ singleUse: false });
  await visit(`/shop?usher-admission=${await token()}`);
  usher.up = false;
  usher.now += 59 * minute;
  jar.clear();
  expect(locationOf(await visit(`/shop?usher-admission=${await token()}`))).toBe("/shop");
  usher.now += 2 * minute;
  jar.clear();
  const late = await visit(`/shop?usher-admission=${await token()}`);
  expect(late).toMatchObject({ kind: "answer", status: 503 });
});

test("Usher is asked again after a minute, once for many requests; who was put out is out", async () => {
  const { usher, visit, shopping } = await world();
  await shopping();
  expect(usher.commands).toEqual(["enter"]);
  usher.now += minute + 1;
  await Promise.all([visit("/shop/a"), visit("/shop/b"), visit("/shop/c")]);
  expect(usher.commands).toEqual(["enter", "look"]);
  usher.reply = { kind: "ended" };
  usher.now += minute + 1;
  expect(locationOf(await visit("/shop"))).toStartWith("https://queue.example/w/");
  expect(codeOf(await visit("/shop", { accept: "application/json" }))).toBe("not-admitted");
});

test("while Usher does not answer a session goes on for five minutes, then nobody passes", async () => {
  const { usher, visit, shopping } = await world();
  await shopping();
  usher.up = false;
  usher.now += 4 * minute;
  expect((await visit("/shop")).kind).toBe("pass");
  usher.now += 2 * minute;
  expect(await visit("/shop")).toMatchObject({ kind: "answer", status: 503 });
  usher.up = true;
  usher.now += 6_000;
  expect((await visit("/shop")).kind).toBe("pass");
});

test("a session ends by the shop's clock, and no changed cookie passes", async () => {
  const { usher, jar, visit, shopping } = await world();
  await shopping();
  const [name = "", value = ""] = [...jar].find(([key]) => key.includes("origin")) ?? [];
  const bytes = Buffer.from(value, "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const turned = Buffer.from(bytes);
    turned[at] = (turned[at] ?? 0) ^ 1;
    jar.set(name, turned.toString("base64url"));
    expect({ at, kind: (await visit("/shop")).kind }).toEqual({ at, kind: "answer" });
  }
  jar.set(name, value);
  expect((await visit("/shop")).kind).toBe("pass");
  usher.now += 10 * minute;
  const over = await visit("/shop", { accept: "application/json" });
  expect(codeOf(over)).toBe("admission-expired");
  expect([...jar.keys()].some((key) => key.includes("origin"))).toBe(false);
});

test("without single use nothing is asked: offline until the session ends, one redirect", async () => {
  const { usher, visit, token } = await world({ singleUse: false });
  expect(locationOf(await visit(`/shop?a=1&usher-admission=${await token()}`))).toBe("/shop?a=1");
  usher.up = false;
  usher.now += 9 * minute;
  expect((await visit("/shop")).kind).toBe("pass");
  usher.now += minute;
  expect(locationOf(await visit("/shop"))).toStartWith("https://queue.example/w/");
  expect(usher.commands).toEqual([]);
});

test("where the fan wanted to go is a path of this shop, or nothing", async () => {
  const { visit, token } = await world({ singleUse: false });
  const back = async (wanted: string, id: string) =>
    locationOf(
      await visit(
        `/?usher-admission=${await token(undefined, id)}&usher-return=${encodeURIComponent(wanted)}`,
      ),
    );
  expect(await back("/shop/a?b=%EA%B0%80", "adm_a")).toBe("/shop/a?b=%EA%B0%80");
  const bad = ["//evil.example", "https://evil.example", "/\\evil", "/a\r\nx: y", "javascript:1"];
  for (const [at, wanted] of bad.entries()) expect(await back(wanted, `adm_b${at}`)).toBe("/");
});

test("our parameters open nothing: what is judged is the path that is asked for", async () => {
  const { visit } = await world({ openPaths: ["/shop/assets"] });
  for (const target of [
    "/shop?usher-return=/about",
    "/shop?usher-return=/shop/assets/a.js",
    "/shop?usher-hop=1",
    "/shop?usher-admission=",
    "/shop/assets/..?usher-return=/",
  ]) {
    expect({ target, kind: (await visit(target)).kind }).toEqual({ target, kind: "answer" });
  }
  expect((await visit("/shop/assets/a.js?usher-return=/shop")).kind).toBe("pass");
});

test("a token in a request that changes something is not exchanged", async () => {
  const { usher, visit, token } = await world();
  const target = `/shop?usher-admission=${await token()}`;
  for (const method of ["POST", "HEAD", "PUT"]) {
    expect((await visit(target, { method })).kind).toBe("answer");
  }
  expect(usher.commands).toEqual([]);
});

test("done and revoke put the browser out here at once, also where Usher cannot be told", async () => {
  for (const command of ["done", "revoke"] as const) {
    const { usher, guard, jar, visit, shopping } = await world();
    await shopping();
    const kept = new Map(jar);
    const passed = await visit("/shop");
    if (passed.kind !== "pass" || passed.shopper === undefined) throw new Error(passed.kind);
    usher.up = false;
    const told = await guard[command](passed.shopper);
    expect(told.reply).toEqual({ kind: "unavailable" });
    expect(told.headers[0]?.[1]).toContain("Max-Age=0");
    for (const [name, value] of kept) jar.set(name, value);
    expect((await visit("/shop")).kind).toBe("answer");
  }
});

test("more time moves the cookie's end", async () => {
  const { usher, guard, jar, visit, shopping } = await world();
  await shopping();
  const passed = await visit("/shop");
  if (passed.kind !== "pass" || passed.shopper === undefined) throw new Error(passed.kind);
  usher.reply = { kind: "active", shopUntil: usher.now + 20 * minute };
  const told = await guard.extend(passed.shopper);
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(told.headers[0]?.[1] ?? "") ?? [];
  jar.set(name, value);
  usher.now += 15 * minute;
  expect((await visit("/shop")).kind).toBe("pass");
});

test("options that cannot be right are refused before the first request", () => {
  const good = { usher: "https://queue.example", onSale, originKey };
  expect(() => openGuard({ ...good, originKey: "secret" })).toThrow("made at the desk");
  expect(() => openGuard({ ...good, originKey: `${originKey}x` })).not.toThrow(originKey);
  expect(() => openGuard({ ...good, usher: "queue.example" })).toThrow("usher");
  expect(() => openGuard({ ...good, onSale: "a/b" })).toThrow("onSale");
});

test("the fetch binding guards a handler, names the shopper and keeps a shop's own caching", async () => {
  const { guard, token } = await world({ singleUse: false });
  const handler = guarded(guard, (request) => {
    const headers = new Headers();
    if (request.url.endsWith("/own")) headers.set("cache-control", "private, max-age=5");
    return new Response(shopperOf(request)?.entry ?? "nobody", { headers });
  });
  const ask = (path: string, cookie = "") =>
    handler(
      new Request(`https://shop.example${path}`, { headers: { accept: "text/html", cookie } }),
    );
  expect((await ask("/shop")).status).toBe(302);
  expect(await (await ask("/")).text()).toBe("nobody");
  const entered = await ask(`/shop?usher-admission=${await token()}`);
  const cookie = entered.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const page = await ask("/shop", cookie);
  expect([await page.text(), page.headers.get("cache-control")]).toEqual([
    "qe_1",
    "private, no-store",
  ]);
  expect((await ask("/shop/own", cookie)).headers.get("cache-control")).toBe("private, max-age=5");

  const middleware = nextGuard(guard, { next: () => new Response(null, { status: 299 }) });
  const through = (sent: string) =>
    middleware(
      new Request("https://shop.example/shop", { headers: { accept: "text/html", cookie: sent } }),
    );
  expect((await through(cookie)).status).toBe(299);
  expect((await through("")).status).toBe(302);
});
