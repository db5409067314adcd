// What is the sandbox's own: its cards, its page, its kept ledger and its webhooks' second tries. What it
// has in common with every provider is test/conformance/payments.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { newOrderId, type Sandbox, startSandbox } from "../../../test/support/sandbox.ts";
import { idempotencyKey } from "../../domain/ordering/payment.ts";
import { signatureHeader, signatureToleranceMs, signWebhook } from "./signature.ts";

/** A write to its ledger waits for the disk, and other tests write beside it. */
const callMs = 3_000;

let sandbox: Sandbox;
let received: { body: string; headers: Headers }[] = [];
const shop = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    received.push({ body: await request.text(), headers: request.headers });
    return new Response(null, { status: received.length === 1 ? 503 : 204 });
  },
});
const args = [
  "--webhook-url",
  `http://127.0.0.1:${shop.port}/webhooks`,
  "--webhook-retry-ms",
  "20",
  "--slow-ms",
  "100",
];

beforeAll(async () => {
  sandbox = await startSandbox({ args, callMs });
});
afterAll(async () => {
  await sandbox.stop();
  await shop.stop(true);
});
beforeEach(() => sandbox.calm());

const won = { amount: 132_000, currency: "KRW" };
const returnUrl = "http://127.0.0.1:1/api/orders/x/return";

async function attempt(number?: string) {
  const orderId = newOrderId();
  const method = await sandbox.card(number);
  const call = (operation: "authorize" | "capture" | "void" | "refund") => ({
    orderId,
    attempt: 1,
    idempotencyKey: idempotencyKey(orderId, 1, operation),
  });
  const authorize = () =>
    sandbox.gateway.authorize({ ...call("authorize"), amount: won, method, returnUrl });
  return { orderId, call, authorize, find: () => sandbox.gateway.find(orderId, 1) };
}

async function authorized(number?: string) {
  const made = await attempt(number);
  const reply = await made.authorize();
  if (reply.kind !== "authorized") throw new Error(reply.kind);
  return { ...made, providerRef: reply.providerRef };
}

test("each test card does what its name says", async () => {
  const answer = async (number: string) => (await attempt(number)).authorize();
  expect(await answer("4000000000000002")).toMatchObject({ code: "card-declined" });
  expect(await answer("4000000000009995")).toMatchObject({ code: "insufficient-funds" });
  expect(await answer("4000000000005126")).toMatchObject({ kind: "authorized" });

  const silent = await attempt("4000000000000119");
  expect(await silent.authorize()).toMatchObject({ kind: "unknown" });
  expect(await silent.find()).toMatchObject({ payment: { state: "authorized" } });

  const once = await attempt("4000000000000259");
  expect(await once.authorize()).toMatchObject({ kind: "unknown" });
  expect(await once.find()).toEqual({ kind: "none" });
  expect(await once.authorize()).toMatchObject({ kind: "authorized" });

  const refused = await authorized("4000000000000341");
  const { call, providerRef } = refused;
  expect(
    await sandbox.gateway.capture({ ...call("capture"), providerRef, amount: won }),
  ).toMatchObject({ kind: "declined", code: "authorization-expired" });
  expect(await sandbox.gateway.void({ ...call("void"), providerRef })).toEqual({ kind: "voided" });
});

test("the hosted page approves or refuses, in both languages, and leads back", async () => {
  for (const [number, word, state] of [
    ["4000000000003220", "approve", "authorized"],
    ["4000000000003220", "refuse", "declined"],
    ["4000008400001629", "approve", "declined"],
  ] as const) {
    const { authorize, find } = await attempt(number);
    const reply = await authorize();
    if (reply.kind !== "requires-action") throw new Error(reply.kind);
    const korean = await (await fetch(`${reply.actionUrl}?lang=ko`)).text();
    expect(korean).toContain("₩132,000");
    expect(korean).toContain("승인하기");
    const page = await fetch(reply.actionUrl);
    expect(page.headers.get("content-security-policy")).toContain("http://127.0.0.1:1");
    const answered = await fetch(reply.actionUrl, {
      method: "POST",
      body: new URLSearchParams({ answer: word }),
      redirect: "manual",
    });
    expect([answered.status, answered.headers.get("location")]).toEqual([303, returnUrl]);
    expect(await find()).toMatchObject({ payment: { state } });
  }
});

test("one key with two bodies is refused, and another key cannot take the same attempt", async () => {
  const { call } = await authorized();
  const method = await sandbox.card();
  const again = { ...call("authorize"), amount: { ...won, amount: 1 }, method, returnUrl };
  expect(await sandbox.gateway.authorize(again)).toMatchObject({ kind: "unknown" });
  expect(await sandbox.gateway.authorize({ ...again, idempotencyKey: "x" })).toMatchObject({
    kind: "unknown",
    detail: expect.stringContaining("duplicate-attempt"),
  });
});

test("kill -9 loses nothing that was answered, and half a line is cut off", async () => {
  const { find, authorize, providerRef } = await authorized();
  await sandbox.kill();
  await appendFile(join(sandbox.dataDir, "ledger.jsonl"), '{"kind":"payment","pay');
  sandbox = await startSandbox({ dataDir: sandbox.dataDir, args, callMs });
  expect(await find()).toMatchObject({ payment: { state: "authorized", providerRef } });
  expect(await authorize()).toEqual({ kind: "authorized", providerRef });
});

test("[M3] webhooks are signed and tried again; forged, old and altered ones are nothing", async () => {
  received = [];
  const { orderId } = await authorized();
  const deadline = Date.now() + 20_000;
  while (received.length < 2 && Date.now() < deadline) await Bun.sleep(5);
  const [refused, accepted] = received;
  if (refused === undefined || accepted === undefined) throw new Error("no second try");
  expect(accepted.body).toBe(refused.body);
  const { gateway, keys } = sandbox;
  expect(await gateway.readWebhook(accepted.body, accepted.headers)).toMatchObject({ orderId });
  expect(await gateway.readWebhook(`${accepted.body} `, accepted.headers)).toBeUndefined();
  const signed = (secret: string, at: number) =>
    new Headers({ [signatureHeader]: signWebhook(accepted.body, secret, at) });
  expect(await gateway.readWebhook(accepted.body, signed("other", Date.now()))).toBeUndefined();
  const old = Date.now() - signatureToleranceMs - 1_000;
  expect(await gateway.readWebhook(accepted.body, signed(keys.webhookSecret, old))).toBeUndefined();
  expect(await gateway.readWebhook(accepted.body, new Headers())).toBeUndefined();
});

test("the ledger comes in pages, and only to the merchant", async () => {
  const method = await sandbox.card();
  await Promise.all(
    Array.from({ length: 510 }, () => {
      const orderId = newOrderId();
      return sandbox.gateway.authorize({
        orderId,
        attempt: 1,
        idempotencyKey: orderId,
        amount: won,
        method,
        returnUrl,
      });
    }),
  );
  const all = await sandbox.ledger();
  expect(all.length).toBeGreaterThanOrEqual(510);
  expect(new Set(all.map((payment) => payment.providerRef)).size).toBe(all.length);
  expect((await fetch(`${sandbox.address}/v1/ledger`)).status).toBe(401);
});
