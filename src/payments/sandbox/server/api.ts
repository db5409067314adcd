// Who may call what. The fan's browser: test cards, a card's token, the hosted page. The merchant, by
// key: everything else. Nothing is answered when the journal cannot write: the process ends instead,
// because its memory would be ahead of its disk.

import { randomBytes } from "node:crypto";
import { isFault } from "../../../foundation/fault.ts";
import { behaviourOf, testCards } from "../test-cards.ts";
import { controlBehaviour } from "./control.ts";
import { visit } from "./hosted/visit.ts";
import { maxCards } from "./ledger.ts";
import { authorize, change, find, ledgerPage } from "./merchant-calls.ts";
import type { Desk } from "./once.ts";
import {
  type Answer,
  answer,
  browserHeaders,
  isAuthorized,
  Refusal,
  readBody,
  refusal,
} from "./requests.ts";
import { isStripes, stripeRoute } from "./stripe/routes.ts";
import { tossRoute } from "./toss/routes.ts";

export type ApiOptions = {
  desk: Desk;
  secretKey: string;
  /** Called once the journal has failed. */
  onBroken: (cause: unknown) => void;
};

export function sandboxApi(options: ApiOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    try {
      return await route(options, request, url);
    } catch (error) {
      if (error instanceof Refusal)
        return error.answer.toResponse(isForBrowsers(url) ? browserHeaders : {});
      if (request.signal.aborted) return new Response(null, { status: 499 });
      if (isFault(error, "ledger-unwritable")) options.onBroken(error);
      return refusal(500, "internal", "the provider failed; ask before trying again").toResponse();
    }
  };
}

function isForBrowsers(url: URL): boolean {
  return url.pathname === "/v1/payment-methods" || url.pathname === "/v1/test-cards";
}

async function route(options: ApiOptions, request: Request, url: URL): Promise<Response> {
  const { desk } = options;
  if (url.pathname === "/health") return Response.json({ ok: true });
  if (url.pathname.startsWith("/authenticate/")) return visit(desk, request, url);
  if (isForBrowsers(url)) {
    if (request.method === "OPTIONS") return new Response(null, { headers: browserHeaders });
    const cards = url.pathname === "/v1/test-cards";
    const reply = cards ? answer(200, testCards) : await addCard(desk, request);
    return reply.toResponse(browserHeaders);
  }
  if (url.pathname.startsWith("/toss/")) return tossRoute(options, request, url);
  if (isStripes(url)) return (await stripeRoute(options, request, url)).toResponse();
  if (!isAuthorized(request, `Bearer ${options.secretKey}`))
    return refusal(401, "unauthorized", "Authorization: Bearer <secret key>").toResponse();
  return (await merchantRoute(desk, request, url)).toResponse();
}

async function merchantRoute(desk: Desk, request: Request, url: URL): Promise<Answer> {
  const name = `${request.method} ${url.pathname}`;
  if (url.pathname === "/control/behaviour") return controlBehaviour(request, desk.weather);
  if (name === "GET /v1/ledger") return ledgerPage(desk, request, url);
  if (name === "GET /v1/payments") return find(desk, request, url);
  if (name === "POST /v1/payments") return authorize(desk, request);
  const [, id, operation] = /^POST \/v1\/payments\/(pay_[0-9a-f]{32})\/(\w+)$/.exec(name) ?? [];
  if (id !== undefined)
    if (operation === "capture" || operation === "void" || operation === "refund")
      return change(desk, request, operation, id);
  return refusal(404, "not-found", name.slice(0, 200));
}

async function addCard(desk: Desk, request: Request): Promise<Answer> {
  if (request.method !== "POST") return refusal(405, "method-not-allowed", "POST");
  const body = await readBody(request);
  const number = String(body["number"] ?? "").replace(/[\s-]/g, "");
  const behaviour = behaviourOf(number);
  if (behaviour === undefined) return refusal(422, "unknown-card", "not one of the test cards");
  if (desk.ledger.cardCount >= maxCards) return refusal(507, "ledger-full", "too many cards");
  const id = `pm_${randomBytes(16).toString("hex")}`;
  const last4 = number.slice(-4);
  desk.ledger.commit({ kind: "card", card: { id, behaviour, last4 } });
  await desk.journal.settled();
  return answer(200, { id, last4 });
}
