// Commands of a shop of one's own, at the gateway's door: only with a key that an operator made, signed,
// fresh, and once; and what each of them does to a fan's place. The commands are sent by the connector
// itself; where it would never send such a thing, the request is put together by hand.

import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { type Command, openCommands, randomNonce } from "../../connector/src/origin/commands.ts";
import {
  type CommandFacts,
  commandHeaders,
  type OriginKey,
  openOriginKey,
  signCommand,
} from "../../connector/src/origin/origin-key.ts";
import type { Log } from "../../src/foundation/log.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { type Fan, fresh, newFan } from "../support/fan-client.ts";
import { type DeskCaller, signedInDesk } from "../support/origin-shop.ts";
import { createOnSale, opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(30_000);

const ahead = { ms: 0 };
const logged: string[] = [];
const write = (facts: object, words: string) =>
  void logged.push(JSON.stringify({ ...facts, words }));
const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
let platform: TestPlatform;
let desk: DeskCaller;
let keyText: string;
let key: OriginKey;
let onSale: string;
let fan: Fan;
let admissionId: string;

beforeAll(async () => {
  platform = await testPlatform({ log, clock: { now: () => Date.now() + ahead.ms } });
  onSale = platform.onSale.onSaleId;
  desk = await signedInDesk(platform);
  keyText = (await desk.makeKey("Origin trial")).key;
  key = await openOriginKey(keyText);
  await opened(platform.origin, platform.onSale.onSaleId);
}, 90_000);
afterAll(() => platform?.close(), 30_000);
beforeEach(async () => {
  fan = newFan(platform.origin, platform.onSale.onSaleId);
  await fan.join();
  ({ admissionId } = await fan.turn());
});

const now = () => Date.now() + ahead.ms;
const send = (command: Command, text = keyText) =>
  openCommands({
    usher: platform.origin,
    onSale,
    key: () => openOriginKey(text),
    now,
  })(command);
const enter = (nonce = fresh()) =>
  send({ command: "enter", admissionToken: fan.admissionToken, nonce });
const look = (epoch = 2) => send({ command: "look", admissionId, epoch });

type ByHand = Partial<CommandFacts> & { headers?: Record<string, string>; signedBody?: string };
async function byHand(how: ByHand) {
  const body = how.body ?? JSON.stringify({ command: "look", admissionId, epoch: 2 });
  const facts = { onSale, timestamp: now(), nonce: randomNonce(), ...how, body };
  const signature = await signCommand(key.signing, { ...facts, body: how.signedBody ?? body });
  const response = await fetch(platform.origin + pathTo("origin", { onSaleId: onSale }), {
    method: "POST",
    body,
    headers: {
      [commandHeaders.keyId]: key.keyId,
      [commandHeaders.timestamp]: String(facts.timestamp),
      [commandHeaders.nonce]: facts.nonce,
      [commandHeaders.signature]: signature,
      ...how.headers,
    },
  });
  const { code, facts: told } = (await response.json()) as {
    code?: string;
    facts?: { reason?: string };
  };
  return { status: response.status, code, reason: told?.reason };
}
const refused = (reason: string) => ({ status: 401, code: "origin-key-refused", reason });

test("who does not have the key is refused, each way with its reason", async () => {
  expect(await byHand({})).toMatchObject({ status: 200 });
  expect(await byHand({ timestamp: now() - 61_000 })).toEqual(refused("clock"));
  expect(await byHand({ timestamp: now() + 61_000 })).toEqual(refused("clock"));
  expect(await byHand({ nonce: "short" })).toEqual(refused("headers"));
  const unknown = { [commandHeaders.keyId]: "0".repeat(22) };
  expect(await byHand({ headers: unknown })).toEqual(refused("key"));
  expect(await byHand({ signedBody: "{}" })).toEqual(refused("signature"));
  expect(await byHand({ onSale: "os_0000000000000000000001" })).toEqual(refused("signature"));
  const none = { [commandHeaders.signature]: "" };
  expect(await byHand({ headers: none })).toEqual(refused("signature"));
  const bare = await fetch(platform.origin + pathTo("origin", { onSaleId: onSale }), {
    method: "POST",
    body: JSON.stringify({ command: "revoke", admissionId }),
  });
  expect(bare.status).toBe(401);
  expect((await look()).kind).toBe("active");
});

test("a recorded command is worth nothing: its nonce is used up", async () => {
  const nonce = randomNonce();
  expect(await byHand({ nonce })).toMatchObject({ status: 200 });
  expect(await byHand({ nonce })).toEqual(refused("replayed"));
  const both = await Promise.all(
    Array.from({ length: 8 }, (_, at) =>
      byHand({ nonce: `${nonce.slice(2)}_x`, timestamp: now() + at }),
    ),
  );
  expect(both.filter(({ status }) => status === 200).length).toBe(1);
});

test("entering works once; the same nonce is the same entering", async () => {
  const nonce = fresh();
  const first = await enter(nonce);
  expect(first).toMatchObject({ kind: "active" });
  expect(await enter(nonce)).toEqual(first);
  expect(await enter()).toEqual({ kind: "used" });
  expect(await send({ command: "enter", admissionToken: "AUEG", nonce: fresh() })).toEqual({
    kind: "ended",
  });
});

test("more time is bounded, and never less", async () => {
  const { shopMs } = platform.onSale.settings;
  const entered = await enter();
  if (entered.kind !== "active") throw new Error(entered.kind);
  const extend = (forMs?: number) =>
    send({ command: "extend", admissionId, epoch: 2, ...(forMs === undefined ? {} : { forMs }) });
  const shorter = await extend(1_000);
  expect(shorter).toMatchObject({ kind: "active", shopUntil: entered.shopUntil });
  const asMuch = await extend(86_400_000);
  if (asMuch.kind !== "active") throw new Error(asMuch.kind);
  expect(asMuch.shopUntil).toBeGreaterThanOrEqual(entered.shopUntil);
  expect(asMuch.shopUntil).toBeLessThanOrEqual(now() + shopMs);
  let until = asMuch.shopUntil;
  for (let round = 0; round < 6; round++) {
    ahead.ms += shopMs - 60_000;
    const more = await extend();
    if (more.kind !== "active") break;
    until = more.shopUntil;
  }
  // Four times the shop's time since entering; the clock of the database may be a little off ours.
  expect(until - entered.shopUntil).toBeLessThanOrEqual(3 * shopMs + 2_000);
  expect((await look()).kind).toBe("ended");
});

for (const command of ["done", "revoke"] as const) {
  test(`${command}: the place is spent, at the shop and in the line, and saying so again is no fault`, async () => {
    expect((await enter()).kind).toBe("active");
    expect(await send({ command, admissionId })).toEqual({ kind: "ended" });
    expect(await look()).toEqual({ kind: "ended" });
    expect(await send({ command: "extend", admissionId, epoch: 2 })).toEqual({ kind: "ended" });
    expect(await send({ command, admissionId })).toEqual({ kind: "ended" });
    expect((await fan.claim()).body.kind).toBe("ended");
    expect(await enter()).toEqual({ kind: "ended" });
  });
}

test("an admission of another on-sale, an unknown one, or one of an older epoch is over", async () => {
  expect((await enter()).kind).toBe("active");
  const other = await createOnSale(platform.stores.postgres);
  const there = openCommands({
    usher: platform.origin,
    onSale: other.onSaleId,
    key: () => Promise.resolve(key),
    now,
  });
  expect(await there({ command: "revoke", admissionId })).toEqual({ kind: "ended" });
  expect((await look()).kind).toBe("active");
  expect(await look(1)).toEqual({ kind: "ended" });
  expect(await send({ command: "look", admissionId: "unknown", epoch: 2 })).toEqual({
    kind: "ended",
  });
});

test("bodies of a stranger's shape are named, not obeyed", async () => {
  for (const body of ["", "[]", '{"command":"free"}', '{"command":"extend"}', "{".repeat(3_000)]) {
    expect(await byHand({ body })).toMatchObject({ status: 400, code: "bad-request" });
  }
  expect(await byHand({ body: "x".repeat(5_000) })).toMatchObject({ status: 413 });
});

test("the desk shows keys without their secret; a revoked one commands nothing", async () => {
  const made = await desk.makeKey("To be revoked");
  expect(made.key).toMatch(/^usher_ok_[0-9A-Za-z]{22}_[0-9A-Za-z_-]{43}$/);
  const lookWith = async () =>
    (await send({ command: "look", admissionId, epoch: 2 }, made.key)).kind;
  await until("the new key to be known", async () => (await lookWith()) === "active");
  const listed = await desk.keys();
  expect(listed.map(({ name }) => name)).toContain("To be revoked");
  expect(JSON.stringify(listed)).not.toContain(made.key.slice(-43));
  expect(await desk.revokeKey(made.keyId)).toBe(200);
  await until("the revoked key to be refused", async () => (await lookWith()) === "key-refused");
  expect(await desk.revokeKey(made.keyId)).toBe(404);
  const unsigned = await fetch(platform.origin + pathTo("deskOriginKeys"), {
    method: "POST",
    body: '{"name":"x"}',
  });
  expect(unsigned.status).toBe(401);
});

test("[Y4] the log names the key and the command, never the secret, a token or a signature", async () => {
  const nonce = fresh();
  await enter(nonce);
  await byHand({ signedBody: "{}" });
  const text = logged.join("\n");
  expect(text).toContain(key.keyId);
  expect(text).toContain('"command":"enter"');
  for (const secret of [keyText.slice(-43), fan.admissionToken, fan.queueToken, nonce]) {
    expect(text).not.toContain(secret);
  }
});
