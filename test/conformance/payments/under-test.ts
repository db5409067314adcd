// What the cases of the payment port work with: one provider process for all adapters, an adapter, and
// the ways by which an attempt comes to be authorized there. Between adapter and provider stands a
// meddler: it hands everything on, counts what is under way, and can alter or replace an answer, since
// the provider itself is honest.

import { idempotencyKey, type PaymentOperation } from "../../../src/domain/ordering/payment.ts";
import type { OrderId } from "../../../src/foundation/ids.ts";
import type { PaymentGateway } from "../../../src/ports/payment-gateway.ts";
import { payAt, type Proof } from "../../support/paying-fan.ts";
import {
  type Dialect,
  gatewayFor,
  newOrderId,
  type Sandbox,
  startSandbox,
} from "../../support/sandbox.ts";

export const won = { amount: 132_000, currency: "KRW" };
export const returnUrl = "http://127.0.0.1:1/api/orders/x/return";
export const concurrency = 4;

export type Attempt = {
  orderId: OrderId;
  call(operation: PaymentOperation): { orderId: OrderId; attempt: number; idempotencyKey: string };
  authorize(): ReturnType<PaymentGateway["authorize"]>;
};
export type Authorized = Attempt & { providerRef: string };
export type Meddling = (text: string, status: number) => Response | undefined;

export type ProviderUnderTest = {
  dialect: Dialect;
  gateway: PaymentGateway;
  sandbox: Sandbox;
  webhooks: { body: string; headers: Headers }[];
  attempt(card?: string): Promise<Attempt>;
  authorized(card?: string): Promise<Authorized>;
  /** The fan does at the provider what there is to do; the name of what became of it. */
  fan(attempt: Attempt, does: { card?: string; proof?: Proof }): Promise<string | undefined>;
  /** While `act` runs, answers are altered. */
  meddle<Result>(how: Meddling, act: () => Promise<Result>): Promise<Result>;
  /** The most that has been under way at once. */
  mostAtOnce(): number;
  close(): Promise<void>;
};

export async function openProvider(dialect: Dialect): Promise<ProviderUnderTest> {
  const webhooks: { body: string; headers: Headers }[] = [];
  const shop = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      webhooks.push({ body: await request.text(), headers: request.headers });
      return new Response(null, { status: 204 });
    },
  });
  const url = `http://127.0.0.1:${shop.port}/webhooks`;
  const sandbox = await startSandbox({ args: ["--webhook-url", url, "--slow-ms", "50"] });
  const meddler = startMeddler(sandbox.address);
  const at = { address: meddler.address, keys: sandbox.keys };
  const gateway = gatewayFor(dialect, at, { callMs: 1_200, concurrency });

  const attempt: ProviderUnderTest["attempt"] = async (card) => {
    const orderId = newOrderId();
    const method = dialect === "sandbox" ? await sandbox.card(card) : "hosted";
    const call = (operation: PaymentOperation) => ({
      orderId,
      attempt: 1,
      idempotencyKey: idempotencyKey(orderId, 1, operation),
    });
    const authorize = () =>
      gateway.authorize({ ...call("authorize"), amount: won, method, returnUrl });
    return { orderId, call, authorize };
  };
  const fan: ProviderUnderTest["fan"] = async ({ orderId, authorize }, does) => {
    const reply = await authorize();
    if (reply.kind !== "requires-action") throw new Error(reply.kind);
    const back = await payAt(reply.actionUrl, does, sandbox);
    return (
      gateway.readReturn(back.searchParams, { orderId, attempt: 1, amount: won }) ??
      (await refOf(gateway, orderId, reply.providerRef))
    );
  };
  return {
    dialect,
    gateway,
    sandbox,
    webhooks,
    attempt,
    fan,
    async authorized(card) {
      const made = await attempt(card);
      if (dialect !== "sandbox") {
        const providerRef = await fan(made, card === undefined ? {} : { card });
        if (providerRef === undefined) throw new Error("the fan came back with nothing");
        return { ...made, providerRef };
      }
      const reply = await made.authorize();
      if (reply.kind !== "authorized") throw new Error(reply.kind);
      return { ...made, providerRef: reply.providerRef };
    },
    meddle: meddler.while,
    mostAtOnce: meddler.mostAtOnce,
    async close() {
      await sandbox.stop();
      await meddler.stop();
      await shop.stop(true);
    },
  };
}

/** What was begun under one name goes on under another once it is authorized (Stripe). */
async function refOf(gateway: PaymentGateway, orderId: OrderId, known: string | undefined) {
  const found = await gateway.find(orderId, 1, known);
  return found.kind === "found" ? found.payment.providerRef : known;
}

function startMeddler(address: string) {
  let meddling: Meddling | undefined;
  let underWay = 0;
  let most = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const url = new URL(request.url);
      underWay += 1;
      most = Math.max(most, underWay);
      try {
        const headers = new Headers(request.headers);
        headers.delete("host");
        const body = request.method === "GET" ? undefined : await request.text();
        const response = await fetch(address + url.pathname + url.search, {
          method: request.method,
          headers,
          redirect: "manual",
          signal: request.signal,
          ...(body === undefined ? {} : { body }),
        });
        const text = await response.text();
        const altered = meddling?.(text, response.status);
        if (altered !== undefined) return altered;
        const kept = new Headers(response.headers);
        kept.delete("content-encoding");
        kept.delete("content-length");
        return new Response(text, { status: response.status, headers: kept });
      } catch {
        return new Response(null, { status: 499 });
      } finally {
        underWay -= 1;
      }
    },
  });
  return {
    address: `http://127.0.0.1:${server.port}`,
    async while<Result>(how: Meddling, act: () => Promise<Result>): Promise<Result> {
      meddling = how;
      try {
        return await act();
      } finally {
        meddling = undefined;
      }
    },
    mostAtOnce: () => most,
    stop: () => server.stop(true),
  };
}
