// The merchant's calls in our own protocol: authorize, capture, void, refund, find, ledger. What each
// changing call goes through is once.ts; what it does to a payment is operations.ts.

import type { Rule } from "./behaviour.ts";
import { maxPayments, type SandboxPayment } from "./ledger.ts";
import { type Call, type Desk, type KeyRules, once, read, rulesOf } from "./once.ts";
import * as operations from "./operations.ts";
import {
  type Answer,
  answer,
  canonical,
  type Fields,
  Refusal,
  readAmount,
  readBody,
  readNewPayment,
  refusal,
} from "./requests.ts";

const ledgerPageSize = 500;

export async function authorize(desk: Desk, request: Request): Promise<Answer> {
  const body = await readBody(request);
  const wanted = readNewPayment(body);
  const card = desk.ledger.card(wanted.method);
  const name = `${wanted.order}:${wanted.attempt}`;
  const weather = (): Rule | undefined =>
    desk.weather.next("authorize", wanted.order) ??
    (card && desk.weather.ofCard("authorize", card.behaviour, name, desk.slowMs));
  return once(desk, callOf(request, body), weather, (rule) => {
    if (card === undefined) return { reply: refusal(422, "unknown-method", "no such card") };
    if (desk.ledger.attempt(wanted.order, wanted.attempt) !== undefined)
      return { reply: refusal(409, "duplicate-attempt", "another key has this attempt") };
    if (desk.ledger.payments.length >= maxPayments)
      return { reply: refusal(507, "ledger-full", "too many payments") };
    const { payment } = operations.authorize(wanted, card, rulesOf(desk, rule));
    const status = payment.state === "declined" ? 402 : 200;
    return { payment, reply: answer(status, show(desk, payment)) };
  });
}

export async function change(
  desk: Desk,
  request: Request,
  operation: "capture" | "void" | "refund",
  id: string,
): Promise<Answer> {
  const body = await readBody(request);
  const known = desk.ledger.payment(id);
  if (known === undefined) return refusal(404, "no-payment", "no such payment");
  const amount = operation === "void" ? 0 : readAmount(body);
  const weather = (): Rule | undefined =>
    desk.weather.next(operation, known.order) ??
    desk.weather.ofCard(operation, known.behaviour, `${id}:${operation}`, desk.slowMs);
  const call = callOf(request, { ...body, id, operation });
  return once(desk, call, weather, (rule) => {
    const payment = desk.ledger.payment(id) ?? known;
    const rules = rulesOf(desk, rule);
    const outcome =
      operation === "void"
        ? operations.voidPayment(payment, rules.now)
        : operation === "refund"
          ? operations.refund(payment, amount, { ...rules, name: call.key ?? "" })
          : operations.capture(payment, amount, rules);
    if (outcome.kind === "refused")
      return { reply: refusal(outcome.status, outcome.code, outcome.message, show(desk, payment)) };
    const reply = answer(200, show(desk, outcome.payment));
    return outcome.kind === "changed" ? { payment: outcome.payment, reply } : { reply };
  });
}

export async function find(desk: Desk, request: Request, url: URL): Promise<Answer> {
  const order = url.searchParams.get("order") ?? "";
  const attempt = Number(url.searchParams.get("attempt"));
  return read(desk, request, desk.weather.next("find", order), () => {
    const payment = desk.ledger.attempt(order, attempt);
    return answer(200, { payments: payment === undefined ? [] : [show(desk, payment)] });
  });
}

/** Oldest first by creation. `next` is the cursor of the following page, absent on the last. */
export async function ledgerPage(desk: Desk, request: Request, url: URL): Promise<Answer> {
  const since = Number(url.searchParams.get("since") ?? "0");
  const cursor = url.searchParams.get("cursor");
  if (!Number.isFinite(since) || (cursor !== null && !/^\d{1,9}$/.test(cursor)))
    return refusal(400, "bad-request", "since: ms since 1970; cursor: from the page before");
  return read(desk, request, desk.weather.next("ledger", undefined), () => {
    const from = cursor === null ? desk.ledger.firstSince(since) : Number(cursor);
    const page = desk.ledger.payments.slice(from, from + ledgerPageSize);
    const end = from + page.length;
    return answer(200, {
      payments: page.map((payment) => show(desk, payment)),
      ...(end < desk.ledger.payments.length ? { next: String(end) } : {}),
    });
  });
}

const keyRules: KeyRules = {
  reused: refusal(409, "idempotency-key-reused", "the key came with another body"),
  running: undefined,
  keepsErrors: false,
  error: (message) => refusal(500, "internal", message),
};

function callOf(request: Request, body: Fields): Call {
  const key = request.headers.get("idempotency-key") ?? "";
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new Refusal(400, "idempotency-key-missing", "1 to 255 visible characters");
  return { request, key, body: canonical(body), rules: keyRules };
}

/** What the merchant sees of a payment. */
function show(desk: Desk, payment: SandboxPayment): Record<string, unknown> {
  const { id, order, attempt, state, amount, currency, captured, refunded } = payment;
  const { actionToken, declineCode, createdAt, updatedAt, refunds } = payment;
  const open = state === "requires-action" && actionToken !== undefined;
  return {
    ...{ id, order, attempt, state, amount, currency, captured, refunded },
    ...{ declineCode, createdAt, updatedAt },
    ...(refunds === undefined ? {} : { refunds }),
    ...(open ? { actionUrl: `${desk.publicUrl()}/authenticate/${actionToken}` } : {}),
  };
}
