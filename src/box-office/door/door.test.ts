// The door over HTTP on real stores: signing phones in, scanning at the same instant, retries, kept
// scans that are merged later, tickets that went to somebody else.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type BoxOfficeUnderTest, startBoxOffice } from "../../../test/support/box-office.ts";
import { type Bought, buyTickets } from "../../../test/support/tickets.ts";
import { newGateDeviceId, newGateId, newTransferId } from "../../foundation/after-sale-ids.ts";
import { newId, type TicketId } from "../../foundation/ids.ts";
import type { Problem } from "../../wire/problems.ts";
import { pathTo, type Route } from "../../wire/routes.ts";
import {
  type GateList,
  type GateSession,
  judgeOffline,
  type Scan,
  type ScanReplies,
} from "../../wire/tickets/door.ts";
import { readRevocationList } from "../../wire/tickets/revocation-list.ts";
import { ticketCode } from "../../tickets/ticket-code.ts";
import { hashOfSecret, newDeviceCode } from "./gate-guard.ts";
import pg from "pg";

let shop: BoxOfficeUnderTest;
let database: pg.Pool;
let origin = "";
let nextSeat = 0;

beforeAll(async () => {
  shop = await startBoxOffice();
  origin = new URL(shop.api).origin;
  database = new pg.Pool({ connectionString: shop.connectionString, max: 2 });
}, 60_000);
afterAll(async () => {
  await database?.end();
  await shop?.stop();
}, 30_000);

const nonce = () => crypto.randomUUID();
const buy = (): Promise<Bought> => buyTickets(shop, [nextSeat++]);

async function codeFor(gate: string, reEntry: boolean) {
  const { door } = shop.stores;
  const gateId = newGateId();
  const { performanceId } = shop.performance;
  await door.makeGate({ gateId, performanceId, name: gate, reEntry });
  const code = newDeviceCode();
  const deviceId = newGateDeviceId();
  await door.makeDevice({ deviceId, gateId, codeHash: hashOfSecret(code), codeMs: 60_000 });
  return { code, deviceId };
}

async function signIn(code: string) {
  const response = await fetch(origin + pathTo("gateSignIn"), {
    method: "POST",
    body: JSON.stringify({ code }),
  });
  const cookie = response.headers.getSetCookie()[0] ?? "";
  return {
    status: response.status,
    cookie,
    body: (await response.json()) as GateSession & Problem,
  };
}

async function phoneAt(gate: string, reEntry = false) {
  const { code, deviceId } = await codeFor(gate, reEntry);
  const signedIn = await signIn(`${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`);
  expect(signedIn.body.gate).toBe(gate);
  const cookie = signedIn.cookie.split(";")[0] ?? "";
  const ask = async <Body>(route: Route, init: RequestInit = {}, query = "") => {
    const response = await fetch(origin + pathTo(route) + query, { ...init, headers: { cookie } });
    return { status: response.status, body: (await response.json()) as Body & Problem };
  };
  const scan = async (code: string, more: Partial<Scan> = {}) => {
    const one = { nonce: nonce(), code, at: Date.now(), offline: false, ...more };
    const body = JSON.stringify({ scans: [one] });
    const reply = await ask<ScanReplies>("gateScans", { method: "POST", body });
    return { status: reply.status, ...reply.body.replies?.[0], code: reply.body.code };
  };
  return { code, deviceId, ask, scan, cookie: signedIn.cookie };
}

test("a device code is good once; its cookie is the server's alone; the desk ends it at once", async () => {
  const phone = await phoneAt("Gate A");
  expect(phone.cookie).toMatch(/HttpOnly; SameSite=Strict/);
  expect((await signIn(phone.code)).body.code).toBe("gate-code-wrong");
  expect((await phone.ask("gateSession")).status).toBe(200);
  await shop.stores.door.revokeDevice(phone.deviceId);
  expect((await phone.ask("gateSession")).body.code).toBe("gate-sign-in-needed");
  expect((await phone.scan("x")).code).toBe("gate-sign-in-needed");
});

test("guessing codes is slowed", async () => {
  const codes: string[] = [];
  for (let i = 0; i < 8; i++) codes.push((await signIn(newDeviceCode())).body.code);
  expect(codes).toContain("gate-code-wrong");
  expect(codes.at(-1)).toBe("sign-in-slowed");
  await database.query("delete from sign_in_failures");
});

test("every gate route refuses who is not signed in, and other sites", async () => {
  const phone = await phoneAt("Gate B");
  const asked: [Route, string][] = [
    ["gateSession", "GET"],
    ["gateSession", "DELETE"],
    ["gateList", "GET"],
    ["gateSeats", "GET"],
    ["gateScans", "POST"],
  ];
  for (const [route, method] of asked) {
    const none = await fetch(origin + pathTo(route), { method });
    expect([route, none.status, ((await none.json()) as Problem).code]).toEqual([
      route,
      401,
      "gate-sign-in-needed",
    ]);
    expect(none.headers.get("cache-control")).toBe("no-store");
    if (method === "GET") continue;
    const headers = { cookie: phone.cookie.split(";")[0] ?? "", origin: "https://evil.example" };
    const foreign = await fetch(origin + pathTo(route), { method, headers });
    expect([route, foreign.status]).toEqual([route, 403]);
  }
});

test("two scanners at the same instant, many times: exactly one lets in", async () => {
  const phones = await Promise.all(["C1", "C2", "C3", "C4"].map((gate) => phoneAt(gate)));
  for (let round = 0; round < 6; round++) {
    const { codes } = await buy();
    const replies = await Promise.all(phones.map(({ scan }) => scan(codes[0] ?? "")));
    const kinds = replies.map(({ verdict }) => verdict?.kind).sort();
    expect(kinds).toEqual(["already-in", "already-in", "already-in", "let-in"]);
    expect(replies.every(({ conflict }) => conflict === false)).toBe(true);
  }
});

test("a retry is the same scan, also at the same instant; its nonce is no other ticket's", async () => {
  const phone = await phoneAt("Gate D");
  const [one, two] = [await buy(), await buy()];
  const own = nonce();
  const code = one.codes[0] ?? "";
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => phone.scan(code, { nonce: own })),
  );
  expect(replies.map(({ verdict }) => verdict?.kind)).toEqual(Array(8).fill("let-in"));
  const { rows } = await database.query("select 1 from check_ins where nonce = $1", [own]);
  expect(rows).toHaveLength(1);
  expect((await phone.scan(two.codes[0] ?? "", { nonce: own })).code).toBe(
    "idempotency-key-reused",
  );
});

test("a second scan names the gate and the time of the first", async () => {
  const [first, second] = [await phoneAt("동문"), await phoneAt("서문")];
  const { codes } = await buy();
  expect((await first.scan(codes[0] ?? "")).verdict?.kind).toBe("let-in");
  const again = await second.scan(codes[0] ?? "");
  expect(again.verdict).toMatchObject({ kind: "already-in", gate: "동문" });
});

test("two gates without a network both let in: told after merging, with both gates and times", async () => {
  const [east, west] = [await phoneAt("East"), await phoneAt("West")];
  const { codes, tickets } = await buy();
  const code = codes[0] ?? "";
  const [at, later] = [Date.now() - 60_000, Date.now() - 30_000];
  const kept = nonce();
  const merged = await east.scan(code, { at, offline: true, nonce: kept });
  expect([merged.verdict?.kind, merged.conflict]).toEqual(["let-in", false]);
  const conflict = await west.scan(code, { at: later, offline: true });
  expect([conflict.verdict?.kind, conflict.conflict]).toEqual(["already-in", true]);
  // Merged once more after a lost answer: still no second scan.
  expect((await east.scan(code, { at, offline: true, nonce: kept })).verdict?.kind).toBe("let-in");
  const found = await shop.stores.door.conflicts(shop.performance.performanceId, 10);
  expect(found.find(({ ticketId }) => ticketId === tickets[0]?.ticketId)).toMatchObject({
    why: "already-in",
    here: { gate: "West", at: later },
    first: { gate: "East", at },
  });
  const { gates } = await shop.stores.door.counts(shop.performance.performanceId);
  const countOf = (gate: string) => gates.find(({ name }) => name === gate)?.letIn;
  expect([countOf("East"), countOf("West")]).toEqual([1, 1]);
});

test("out and in again: as often as one likes, and never twice in without a way out between", async () => {
  const [door, other] = [await phoneAt("Foyer", true), await phoneAt("Side", true)];
  const { codes } = await buy();
  const code = codes[0] ?? "";
  const kinds = async (...ways: ("in" | "out")[]) => {
    const told: (string | undefined)[] = [];
    for (const way of ways) told.push((await door.scan(code, { way })).verdict?.kind);
    return told;
  };
  expect(await kinds("out", "in", "in", "out", "out")).toEqual([
    ...["not-in", "let-in", "already-in", "let-out", "not-in"],
  ]);
  // Somebody took the ticket out to a friend: of two at once exactly one comes in.
  const back = await Promise.all([door.scan(code), other.scan(code), door.scan(code)]);
  expect(back.map(({ verdict }) => verdict?.kind).sort()).toEqual([
    "already-in",
    "already-in",
    "let-in",
  ]);
  const own = nonce();
  const [left, again] = [
    await other.scan(code, { way: "out", nonce: own }),
    await other.scan(code, { way: "out", nonce: own }),
  ];
  expect([left.verdict?.kind, again.verdict?.kind]).toEqual(["let-out", "let-out"]);
  const { gates } = await shop.stores.door.counts(shop.performance.performanceId);
  expect(gates.find(({ name }) => name === "Side")).toMatchObject({ reEntry: true, letOut: 1 });
  const plain = await phoneAt("Plain");
  const refused = await plain.scan(code, { way: "out" });
  expect([refused.status, refused.code]).toEqual([409, "gate-without-way-out"]);
});

test("ways out that were kept are merged late and in any order; what is double is told, what is not is not", async () => {
  const [east, west] = [await phoneAt("Out east", true), await phoneAt("Out west", true)];
  const [one, two] = [await buy(), await buy()];
  const t = Date.now();
  const merge = (phone: typeof east, code: string, way: "in" | "out", secondsAgo: number) =>
    phone.scan(code, { way, at: t - secondsAgo * 1_000, offline: true });
  // In at east, out at east, in at west: west has a network first.
  const code = one.codes[0] ?? "";
  expect((await merge(west, code, "in", 10)).conflict).toBe(false);
  expect(await merge(east, code, "in", 60)).toMatchObject({ conflict: true });
  expect(await merge(east, code, "out", 30)).toMatchObject({ conflict: false });
  const conflictsOf = async ({ tickets }: Bought) =>
    (await shop.stores.door.conflicts(shop.performance.performanceId, 100)).filter(
      ({ ticketId }) => ticketId === tickets[0]?.ticketId,
    );
  expect(await conflictsOf(one)).toEqual([]);
  expect((await west.scan(code)).verdict).toMatchObject({ kind: "already-in", gate: "Out west" });
  // In at east and in at west, with nobody seen going out: that stays.
  const other = two.codes[0] ?? "";
  await merge(west, other, "in", 10);
  expect((await merge(east, other, "in", 60)).conflict).toBe(true);
  expect(await conflictsOf(two)).toMatchObject([
    { why: "already-in", here: { gate: "Out west" }, first: { gate: "Out east" } },
  ]);
  // A phone's list has the ways out as well, and judges by the last pass.
  const listed = await shop.stores.door.passes(shop.performance.performanceId, 0, 1_000);
  const passes = listed.filter(({ ticketId }) => ticketId === one.tickets[0]?.ticketId);
  expect(passes.map(({ way }) => way).sort()).toEqual(["in", "in", "out"]);
});

test("given away: the old code is refused online and by a phone's list; who is in cannot give", async () => {
  const phone = await phoneAt("Gate E");
  const { codes, tickets } = await buy();
  const ticketId = tickets[0]?.ticketId as TicketId;
  const { ticketHolding } = shop.stores;
  const offer = async (of: TicketId) => {
    const transferId = newTransferId();
    const made = await ticketHolding.offer({
      transferId,
      ticketId: of,
      to: "friend@example.org",
      locale: "en",
      expiresAt: Date.now() + 60_000,
      maxHandovers: 3,
    });
    return { transferId, made };
  };
  const { transferId } = await offer(ticketId);
  const { signer } = await shop.stores.keys.signing("ticket");
  const { performanceId } = shop.performance;
  const issued = { ticketId: newId("ticket"), performanceId, seat: tickets[0]?.seat.seat ?? 0 };
  const newCode = await ticketCode(signer, { ...issued, issuedAt: Date.now() });
  const made = { ...issued, code: newCode, issuedAt: Date.now() };
  const person = { name: "Min", email: "friend@example.org", locale: "en" as const };
  expect((await ticketHolding.accept(transferId, made, person)).kind).toBe("accepted");

  expect((await phone.scan(codes[0] ?? "")).verdict?.kind).toBe("revoked");
  const { body: list } = await phone.ask<GateList>("gateList");
  const revocations = await readRevocationList(list.keys, list.revocations);
  if (revocations === undefined) throw new Error("the list is not signed");
  const known = { performanceId, keys: list.keys, revocations, passes: new Map() };
  expect((await judgeOffline(known, codes[0] ?? "")).verdict.kind).toBe("revoked");
  expect((await judgeOffline(known, newCode)).verdict.kind).toBe("let-in");
  expect((await judgeOffline(known, `${newCode.slice(0, -2)}AA`)).verdict.kind).toBe("not-ours");

  expect((await phone.scan(newCode)).verdict?.kind).toBe("let-in");
  expect((await offer(issued.ticketId)).made).toEqual({ kind: "refused", reason: "checked-in" });
});

test("scanned and given away at the same instant: one of the two happens", async () => {
  const phone = await phoneAt("Gate F");
  for (let round = 0; round < 5; round++) {
    const { codes, tickets } = await buy();
    const ticketId = tickets[0]?.ticketId as TicketId;
    const transferId = newTransferId();
    const { ticketHolding } = shop.stores;
    const expiresAt = Date.now() + 60_000;
    const to = { to: "a@example.org", locale: "en" as const };
    await ticketHolding.offer({ transferId, ticketId, ...to, expiresAt, maxHandovers: 3 });
    const made = { ticketId: newId("ticket"), code: nonce(), issuedAt: Date.now() };
    const person = { name: "Min", email: "a@example.org", locale: "en" as const };
    const [scanned, accepted] = await Promise.all([
      phone.scan(codes[0] ?? ""),
      ticketHolding.accept(transferId, made, person),
    ]);
    const outcome = [scanned.verdict?.kind, accepted.kind].join(" ");
    expect(["let-in refused", "revoked accepted"]).toContain(outcome);
  }
});

test("what is not ours, too much at once, and a history that nobody changes", async () => {
  const phone = await phoneAt("Gate G");
  expect((await phone.scan("hello")).verdict?.kind).toBe("not-ours");
  const scans = Array.from({ length: 101 }, () => ({
    nonce: nonce(),
    code: "x",
    at: 0,
    offline: true,
  }));
  const many = await phone.ask("gateScans", { method: "POST", body: JSON.stringify({ scans }) });
  expect(many.status).toBe(400);
  await expect(database.query("update check_ins set let_in = true")).rejects.toThrow(
    "only ever added",
  );
  await expect(database.query("delete from check_ins")).rejects.toThrow("only ever added");
  const { body: list } = await phone.ask<GateList>("gateList");
  expect(list.passes.length).toBeGreaterThan(5);
  expect(JSON.stringify(list)).not.toContain("@");
  const since = list.passes.at(-1)?.id ?? 0;
  expect((await phone.ask<GateList>("gateList", {}, `?since=${since}`)).body.passes).toEqual([]);
});
