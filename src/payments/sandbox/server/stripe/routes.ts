// The part of Stripe's REST interface that is used: Checkout Sessions with manual capture, PaymentIntents
// (retrieve, list, search, capture, cancel) and Refunds. Form-encoded bodies, bracketed names, its own
// errors, and idempotency keys by its rules: the first answer is repeated, also an error 500; another
// body under the key is an error 400; a key whose first call still runs is an error 409.

import type { Operation, Rule } from "../behaviour.ts";
import { maxPayments, type SandboxPayment } from "../ledger.ts";
import { type Call, type Desk, type Effect, type KeyRules, once, read, rulesOf } from "../once.ts";
import * as operations from "../operations.ts";
import {
  type Answer,
  answer,
  isAuthorized,
  readAddress,
  readAmount,
  readInteger,
  readText,
  readWhole,
} from "../requests.ts";
import { failure, hasIntent, intent, intentId, ledgerId, refundsOf, session } from "./shapes.ts";

const idempotencyError = (status: number, code: string | undefined, message: string) =>
  answer(status, {
    error: { type: "idempotency_error", ...(code === undefined ? {} : { code }), message },
  });

const keyRules: KeyRules = {
  reused: idempotencyError(
    400,
    undefined,
    "Keys for idempotent requests can only be used with the same parameters.",
  ),
  running: idempotencyError(409, "idempotency_key_in_use", "Another request with this key runs."),
  keepsErrors: true,
  error: (message) => failure(500, undefined, message),
};

/** Search is an index that follows later; a payment is not in it at once. */
const searchLagMs = 500;

export const isStripes = ({ pathname }: URL) =>
  /^\/v1\/(checkout|payment_intents|refunds)(\/|$)/.test(pathname);

export async function stripeRoute(
  { desk, secretKey }: { desk: Desk; secretKey: string },
  request: Request,
  url: URL,
): Promise<Answer> {
  if (!isAuthorized(request, `Bearer ${secretKey}`))
    return failure(401, undefined, "Invalid API Key");
  const [, kind = "", id, operation] =
    /^\/v1\/(checkout\/sessions|payment_intents|refunds)(?:\/(\w+))?(?:\/(\w+))?$/.exec(
      url.pathname,
    ) ?? [];
  if (request.method === "GET") return look(desk, request, url, { kind, id });
  const text = await readWhole(request);
  const form = Object.fromEntries(new URLSearchParams(text));
  const key = request.headers.get("idempotency-key") ?? undefined;
  const call: Call = { request, key, body: `${url.pathname}?${text}`, rules: keyRules };
  if (kind === "checkout/sessions" && id === undefined) return openSession(desk, call, form);
  if (kind === "refunds" && id === undefined)
    return change(desk, call, "refund", { id: form["payment_intent"], form });
  if (kind === "checkout/sessions" && operation === "expire")
    return change(desk, call, "expire", { id, form });
  if (kind === "payment_intents" && (operation === "capture" || operation === "cancel"))
    return change(desk, call, operation, { id, form });
  return failure(404, undefined, `Unrecognized request URL (${url.pathname.slice(0, 100)})`);
}

type Form = Record<string, string>;

function openSession(desk: Desk, call: Call, form: Form): Promise<Answer> {
  const numbers = {
    amount: Number(form["line_items[0][price_data][unit_amount]"]),
    attempt: Number(form["payment_intent_data[metadata][attempt]"]),
    quantity: Number(form["line_items[0][quantity]"]),
  };
  readInteger(numbers, "quantity", 1, 1);
  const order = readText(form, "payment_intent_data[metadata][order]", 64);
  if (form["mode"] !== "payment" || form["payment_intent_data[capture_method]"] !== "manual")
    return Promise.resolve(
      failure(400, undefined, "mode=payment with manual capture is spoken here"),
    );
  const wanted = {
    dialect: "stripe" as const,
    order,
    attempt: readInteger(numbers, "attempt", 1, 1_000),
    amount: readAmount(numbers),
    currency: readText(form, "line_items[0][price_data][currency]", 3, /^[a-z]{3}$/).toUpperCase(),
    method: "hosted",
    returnUrl: readAddress(form, "success_url"),
    failUrl: readAddress(form, "cancel_url"),
  };
  return once(
    desk,
    call,
    () => desk.weather.next("authorize", order),
    (): Effect => {
      if (desk.ledger.payments.length >= maxPayments)
        return { reply: failure(429, "rate_limit", "full") };
      const { payment } = operations.openHosted(wanted, desk.now());
      return { payment, reply: answer(200, session(payment, desk.publicUrl(), false)) };
    },
  );
}

type Change = "capture" | "cancel" | "expire" | "refund";
const weatherOf: Record<Change, Operation> = {
  capture: "capture",
  cancel: "void",
  expire: "void",
  refund: "refund",
};

function change(
  desk: Desk,
  call: Call,
  wanted: Change,
  { id, form }: { id: string | undefined; form: Form },
): Promise<Answer> {
  const known = find(desk, id);
  if (known === undefined)
    return Promise.resolve(failure(404, "resource_missing", `No such object: '${id}'`));
  const operation = weatherOf[wanted];
  const weather = (): Rule | undefined =>
    desk.weather.next(operation, known.order) ??
    desk.weather.ofCard(operation, known.behaviour, `${known.id}:${operation}`, desk.slowMs);
  return once(desk, call, weather, (rule) => {
    const payment = desk.ledger.payment(known.id) ?? known;
    return effects[wanted](desk, payment, { form, rules: rulesOf(desk, rule) });
  });
}

type Given = { form: Form; rules: ReturnType<typeof rulesOf> };
type Act = (desk: Desk, payment: SandboxPayment, given: Given) => Effect;

const unexpected = (payment: SandboxPayment, message: string) =>
  failure(400, "payment_intent_unexpected_state", message, {
    payment_intent: intent(payment, false),
  });

const effects: Record<Change, Act> = {
  capture(_desk, payment, { form, rules }) {
    const amount = Number(form["amount_to_capture"] ?? payment.amount);
    // Said again under another key it is an error here, unlike in our own protocol.
    if (payment.state === "captured") return { reply: unexpected(payment, "already captured") };
    const outcome = operations.capture(payment, amount, rules);
    if (outcome.kind !== "refused")
      return { payment: outcome.payment, reply: answer(200, intent(outcome.payment, false)) };
    if (outcome.status === 402)
      return { reply: failure(400, "capture_charge_authorization_expired", outcome.message) };
    return { reply: unexpected(payment, outcome.message) };
  },

  cancel(_desk, payment, { rules }) {
    // While its session is open, only the session can be ended.
    if (payment.state === "voided" || payment.state === "requires-action")
      return { reply: unexpected(payment, `it is ${payment.state}`) };
    const outcome = operations.voidPayment(payment, rules.now);
    if (outcome.kind === "refused") return { reply: unexpected(payment, outcome.message) };
    return { payment: outcome.payment, reply: answer(200, intent(outcome.payment, false)) };
  },

  expire(desk, payment, { rules }) {
    if (payment.state !== "requires-action")
      return {
        reply: failure(400, undefined, "Only Checkout Sessions that are open can be expired."),
      };
    const ended = { ...payment, state: "voided", expired: true, updatedAt: rules.now } as const;
    return { payment: ended, reply: answer(200, session(ended, desk.publicUrl(), false)) };
  },

  refund(_desk, payment, { form, rules }) {
    const amount = Number(form["amount"] ?? payment.captured - payment.refunded);
    const name = form["metadata[key]"] ?? "";
    const outcome = operations.refund(payment, amount, { ...rules, name });
    if (outcome.kind === "refused") {
      const code = outcome.code === "already-refunded" ? "charge_already_refunded" : undefined;
      return { reply: failure(400, code, outcome.message) };
    }
    const made = refundsOf(outcome.payment).at(-1);
    return { payment: outcome.payment, reply: answer(200, made) };
  },
};

async function look(
  desk: Desk,
  request: Request,
  url: URL,
  { kind, id }: { kind: string; id: string | undefined },
): Promise<Answer> {
  const query = url.searchParams;
  const expanded = [...query].some(([name, value]) => name.startsWith("expand") && value !== "");
  if (kind === "payment_intents" && id === undefined)
    return read(desk, request, desk.weather.next("ledger", undefined), () => list(desk, query));
  if (kind === "payment_intents" && id === "search") {
    const { order, attempt } = searched(query.get("query") ?? "");
    return read(desk, request, desk.weather.next("find", order), () => {
      const known = desk.ledger.attempt(order, attempt);
      const isIn = known && hasIntent(known) && known.createdAt <= desk.now() - searchLagMs;
      const found = isIn ? [known] : [];
      const data = found.map((payment) => intent(payment, true));
      return answer(200, { object: "search_result", url: url.pathname, has_more: false, data });
    });
  }
  if (kind === "refunds" && id === undefined)
    return read(desk, request, desk.weather.next("find", undefined), () => {
      const payment = find(desk, query.get("payment_intent") ?? undefined);
      const data = payment === undefined ? [] : refundsOf(payment).reverse();
      return answer(200, { object: "list", url: url.pathname, has_more: false, data });
    });
  const known = find(desk, id);
  return read(desk, request, desk.weather.next("find", known?.order), () => {
    const payment = find(desk, id);
    if (payment === undefined) return failure(404, "resource_missing", `No such object: '${id}'`);
    if (kind === "checkout/sessions")
      return answer(200, session(payment, desk.publicUrl(), expanded));
    return answer(200, intent(payment, expanded));
  });
}

/** Newest first, as Stripe lists. */
function list(desk: Desk, query: URLSearchParams): Answer {
  const since = Number(query.get("created[gte]") ?? "0") * 1_000;
  const limit = Math.min(100, Number(query.get("limit") ?? "10"));
  const all = desk.ledger.payments.slice(desk.ledger.firstSince(since)).filter(hasIntent).reverse();
  const after = query.get("starting_after");
  const from = after === null ? 0 : all.findIndex((payment) => intentId(payment) === after) + 1;
  const data = all.slice(from, from + limit).map((payment) => intent(payment, true));
  const has_more = from + data.length < all.length;
  return answer(200, { object: "list", url: "/v1/payment_intents", has_more, data });
}

function searched(query: string): { order: string; attempt: number } {
  const field = (name: string) =>
    new RegExp(`metadata\\["${name}"\\]:"([^"]{1,64})"`).exec(query)?.[1] ?? "";
  return { order: field("order"), attempt: Number(field("attempt")) };
}

function find(desk: Desk, id: string | undefined): SandboxPayment | undefined {
  const payment = desk.ledger.payment(id === undefined ? undefined : ledgerId(id));
  return payment?.dialect === "stripe" ? payment : undefined;
}
