// The merchant's calls: authorize, capture, void, refund, find, ledger. In each changing call:
//
//   1. the stored answer of a repeated idempotency key; another body under the key is refused
//   2. the weather (behaviour.ts) → the operation (operations.ts) → one line in the ledger
//   3. the journal is on disk → the answer
//
// Reads wait for the disk too, so that nobody is told what a kill could take back.

import { createHash, randomBytes } from "node:crypto";
import type { Rule, Weather } from "./behaviour.ts";
import type { Journal } from "./journal.ts";
import { type Ledger, maxPayments, type SandboxPayment, type StoredAnswer } from "./ledger.ts";
import * as operations from "./operations.ts";
import {
  type Answer,
  answer,
  canonical,
  type Fields,
  readAmount,
  readBody,
  readNewPayment,
  refusal,
} from "./requests.ts";
import type { WebhookSender } from "./webhooks.ts";

export type Desk = {
  ledger: Ledger;
  journal: Journal;
  weather: Weather;
  webhooks: WebhookSender;
  slowMs: number;
  now: () => number;
  /** The address at which the fan's browser finds the hosted page. */
  publicUrl: () => string;
};

const ledgerPageSize = 500;

export async function authorize(desk: Desk, request: Request): Promise<Answer> {
  const body = await readBody(request);
  const wanted = readNewPayment(body);
  const card = desk.ledger.card(wanted.method);
  const name = `${wanted.order}:${wanted.attempt}`;
  const weather = (): Rule | undefined =>
    desk.weather.next("authorize", wanted.order) ??
    (card && desk.weather.ofCard("authorize", card.behaviour, name, desk.slowMs));
  return once(desk, request, body, weather, (rule) => {
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
  return once(desk, request, { ...body, id, operation }, weather, (rule) => {
    const payment = desk.ledger.payment(id) ?? known;
    const rules = rulesOf(desk, rule);
    const outcome =
      operation === "void"
        ? operations.voidPayment(payment, rules.now)
        : operations[operation](payment, amount, rules);
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

/** Writes a changed payment, the answer that goes with it, and the webhook that is now owed. */
export function keep(desk: Desk, payment: SandboxPayment, stored?: StoredAnswer): void {
  const id = `evt_${randomBytes(16).toString("hex")}`;
  const createdAt = desk.now();
  const { order, attempt, state } = payment;
  const type = "payment.changed";
  const body = JSON.stringify({ id, type, createdAt, payment: payment.id, order, attempt, state });
  const webhook = { id, paymentId: payment.id, createdAt, body };
  desk.ledger.commit({
    kind: "payment",
    payment,
    webhook,
    ...(stored === undefined ? {} : { answer: stored }),
  });
  desk.webhooks.send(webhook, order);
}

type Effect = { payment?: SandboxPayment; reply: Answer };

async function once(
  desk: Desk,
  request: Request,
  body: Fields,
  weather: () => Rule | undefined,
  act: (rule: Rule | undefined) => Effect,
): Promise<Answer> {
  const key = request.headers.get("idempotency-key") ?? "";
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    return refusal(400, "idempotency-key-missing", "1 to 255 visible characters");
  const bodyHash = createHash("sha256").update(canonical(body)).digest("base64url");
  const repeated = () => {
    const stored = desk.ledger.answer(key);
    if (stored === undefined) return undefined;
    return stored.bodyHash === bodyHash
      ? answer(stored.status, stored.body)
      : refusal(409, "idempotency-key-reused", "the key came with another body");
  };
  const known = repeated();
  if (known !== undefined) {
    await desk.journal.settled();
    return known;
  }
  const rule = weather();
  if (rule?.conduct === "silent-before") await silence(request);
  if (rule?.conduct === "error-before")
    return refusal(500, "internal", "bad weather before it took effect");
  const { payment, reply } = act(rule);
  const kept = { key, bodyHash, status: reply.status, body: reply.body };
  // A conflict changed nothing and is not kept: the same key may succeed once the world has changed.
  if (payment !== undefined) keep(desk, payment, kept);
  else if (reply.status !== 409) desk.ledger.commit({ kind: "answer", answer: kept });
  await desk.journal.settled();
  if (rule?.conduct === "silent-after") await silence(request);
  if (rule?.conduct === "slow") await Bun.sleep(rule.delayMs);
  if (rule?.conduct === "error-after")
    return refusal(500, "internal", "bad weather after it took effect");
  return reply;
}

async function read(
  desk: Desk,
  request: Request,
  rule: Rule | undefined,
  look: () => Answer,
): Promise<Answer> {
  if (rule?.conduct === "silent-before" || rule?.conduct === "silent-after") await silence(request);
  if (rule?.conduct === "error-before" || rule?.conduct === "error-after")
    return refusal(500, "internal", "bad weather");
  if (rule?.conduct === "slow") await Bun.sleep(rule.delayMs);
  const found = look();
  await desk.journal.settled();
  return found;
}

function rulesOf(desk: Desk, rule: Rule | undefined) {
  const declineCode = rule?.conduct === "decline" ? (rule.code ?? "card-declined") : undefined;
  return { now: desk.now(), declineCode };
}

/** Never answers: until the caller hangs up, or the longest delay is over. */
async function silence(request: Request): Promise<void> {
  const longestMs = 120_000;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, longestMs);
    request.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
  throw new Error("the caller of a call that is never answered has gone");
}

/** What the merchant sees of a payment. */
function show(desk: Desk, payment: SandboxPayment): Record<string, unknown> {
  const { actionToken, behaviour: _, returnUrl: __, method: ___, ...shown } = payment;
  const open = payment.state === "requires-action" && actionToken !== undefined;
  return {
    ...shown,
    ...(open ? { actionUrl: `${desk.publicUrl()}/authenticate/${actionToken}` } : {}),
  };
}
