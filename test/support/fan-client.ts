// A fan as a program: walks the public way (join, wait, claim, enter, hold, order) over HTTP with a
// cookie jar of the own, and nothing that a browser could not do. Every call answers status, body and
// headers; nothing is retried and nothing is thrown for a refusal, because trials look at refusals.

import { newId, type EntryId, type OnSaleId } from "../../src/foundation/ids.ts";
import type {
  ClaimResult,
  Frontier,
  HoldBody,
  HoldView,
  Joined,
  OrderView,
} from "../../src/wire/contract.ts";
import { joinPlace } from "../../src/wire/join-place.ts";
import type { Problem } from "../../src/wire/problems.ts";
import { pathTo, type Route } from "../../src/wire/routes.ts";

export type Reply<Body> = { status: number; body: Body; problem: Problem; headers: Headers };
export type Ask = {
  method?: "GET" | "POST" | "DELETE";
  params?: Record<string, string>;
  /** Sent as JSON; a string or bytes are sent as they are. */
  body?: unknown;
  headers?: Record<string, string>;
  query?: string;
  /** false: without the cookies of this fan. */
  cookies?: boolean;
  signal?: AbortSignal;
};

export type Fan = {
  entryId: EntryId;
  queueToken: string;
  admissionToken: string;
  nonce: string;
  cookies: Map<string, string>;
  ask<Body>(route: Route, ask?: Ask): Promise<Reply<Body>>;
  /** The response itself, for streams. */
  open(route: Route, ask?: Ask): Promise<Response>;
  join(): Promise<Reply<Joined>>;
  claim(): Promise<Reply<ClaimResult>>;
  enter(nonce?: string): Promise<Reply<unknown>>;
  /** Waits in the line until admitted, asking no more often than a page at the front does. */
  turn(): Promise<Extract<ClaimResult, { kind: "admitted" }>>;
  /** Joins, waits for the turn and enters. */
  arrive(): Promise<Fan>;
  hold(body: HoldBody, key?: string): Promise<Reply<HoldView>>;
  held(): Promise<HoldView | null>;
  order(
    holdId: string,
    paymentMethod: string,
    key?: string,
    extra?: object,
  ): Promise<Reply<OrderView>>;
  look(orderId: string): Promise<OrderView>;
  /** Cancels the order; again, as a page does, where a late webhook has it just then. */
  giveUp(orderId: string): Promise<Reply<OrderView>>;
  /** Watches the own order until it is in one of the states. */
  until(orderId: string, states: readonly OrderView["state"][]): Promise<OrderView>;
};

export const fresh = () => crypto.randomUUID().replaceAll("-", "");
const patienceMs = 30_000;
/** Two asks each time: below what one entry may ask (gateway/limits.ts). */
const askAgainMs = 250;

/** One origin, or the gateway's and the box office's. */
export type Origins = string | { gateway: string; shop: string };

export function newFan(origins: Origins, onSaleId: OnSaleId): Fan {
  const originOf = (path: string) => {
    if (typeof origins === "string") return origins;
    return path.startsWith("/q/") ? origins.gateway : origins.shop;
  };
  const cookies = new Map<string, string>();

  const open = async (route: Route, ask: Ask = {}): Promise<Response> => {
    const { body } = ask;
    const raw = typeof body === "string" || body instanceof Uint8Array;
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const path = pathTo(route, { onSaleId, ...ask.params });
    const response = await fetch(`${originOf(path)}${path}${ask.query ?? ""}`, {
      method: ask.method ?? "GET",
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(ask.cookies === false || jar === "" ? {} : { cookie: jar }),
        ...ask.headers,
      },
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
      ...(ask.signal === undefined ? {} : { signal: ask.signal }),
      redirect: "manual",
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    return response;
  };
  const ask = async <Body>(route: Route, how: Ask = {}): Promise<Reply<Body>> => {
    const response = await open(route, how);
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (isStream) await response.body?.cancel();
    const text = isStream ? "a stream" : await response.text();
    const body = parsed(text);
    const { status, headers } = response;
    return { status, headers, body: body as Body, problem: body as Problem };
  };
  const bearer = () => ({ authorization: `Bearer ${fan.queueToken}` });

  const fan: Fan = {
    entryId: newId("entry"),
    queueToken: "",
    admissionToken: "",
    nonce: fresh(),
    cookies,
    ask,
    open,
    async join() {
      const headers = fan.queueToken === "" ? {} : bearer();
      const reply = await joinPlace(fan, (body) =>
        ask<Joined>("join", { method: "POST", body, headers }),
      );
      if (reply.status === 200) fan.queueToken = reply.body.queueToken;
      return reply;
    },
    async claim() {
      const reply = await ask<ClaimResult>("claim", { method: "POST", headers: bearer() });
      if (reply.body.kind === "admitted") fan.admissionToken = reply.body.admissionToken;
      return reply;
    },
    enter: (nonce = fan.nonce) =>
      ask("enter", { method: "POST", body: { admissionToken: fan.admissionToken, nonce } }),
    async turn() {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const { status, body } = await fan.claim();
        if (body.kind === "admitted") return body;
        if (status === 429) throw new Error("asked for the turn too often");
        if (performance.now() > deadline) throw new Error("was not admitted in time");
        await ask("status", { headers: bearer() });
        await Bun.sleep(askAgainMs);
      }
    },
    async arrive() {
      expectStatus("join", await fan.join(), 200);
      await fan.turn();
      expectStatus("enter", await fan.enter(), 200);
      return fan;
    },
    hold: (body, key = fresh()) =>
      ask<HoldView>("holds", { method: "POST", body, headers: { "idempotency-key": key } }),
    held: async () => (await ask<{ hold: HoldView | null }>("holds")).body.hold,
    order: (holdId, paymentMethod, key = fresh(), extra = {}) =>
      ask<OrderView>("orders", {
        method: "POST",
        body: { holdId, buyer, paymentMethod, ...extra },
        headers: { "idempotency-key": key },
      }),
    look: async (orderId) => (await ask<OrderView>("order", { params: { orderId } })).body,
    async giveUp(orderId) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const reply = await ask<OrderView>("orderCancel", { method: "POST", params: { orderId } });
        if (reply.problem.code !== "briefly-unavailable") return reply;
        if (performance.now() > deadline) throw new Error("the order was not to be had in time");
        await Bun.sleep(20);
      }
    },
    async until(orderId, states) {
      const deadline = performance.now() + patienceMs;
      for (;;) {
        const order = await fan.look(orderId);
        if (states.includes(order.state)) return order;
        if (performance.now() > deadline) throw new Error(`order is still ${order.state}`);
        await Bun.sleep(50);
      }
    },
  };
  return fan;
}

export const buyer = { name: "김하늘", email: "haneul@example.com", locale: "ko" } as const;

export async function frontierOf(origin: string, onSaleId: OnSaleId): Promise<Frontier> {
  return (await (await fetch(origin + pathTo("frontier", { onSaleId }))).json()) as Frontier;
}

/** A card at the sandbox provider: the token that stands for it. */
export async function cardToken(paymentsOrigin: string, number = "4242424242424242") {
  const response = await fetch(`${paymentsOrigin}/v1/payment-methods`, {
    method: "POST",
    body: JSON.stringify({ number }),
  });
  const { id } = (await response.json()) as { id?: string };
  if (id === undefined) throw new Error(`no card token: ${response.status}`);
  return id;
}

export function expectStatus(what: string, reply: Reply<unknown>, status: number): void {
  if (reply.status === status) return;
  throw new Error(`${what} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
