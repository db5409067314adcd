// The part of Toss Payments that is used, below /toss: confirm, look up by key or order, cancel, list of
// transactions, with Basic authentication and errors of code and message; and a stand-in for its script,
// which opens our hosted page instead of the window. Idempotency keys by its rules: the first answer is
// repeated whatever the body says, and a key whose first call still runs is an error 409.
//
// A payment can be looked up once the merchant has tried to confirm it; before, only the fan's browser
// knows its key. That is how the documents read ("승인된 결제를 조회합니다"), and the stricter reading.

import type { Rule } from "../behaviour.ts";
import { maxPayments, type SandboxPayment } from "../ledger.ts";
import { type Call, type Desk, type Effect, type KeyRules, once, read, rulesOf } from "../once.ts";
import * as operations from "../operations.ts";
import {
  type Answer,
  answer,
  browserHeaders,
  canonical,
  type Fields,
  isAuthorized,
  Refusal,
  readAddress,
  readAmount,
  readBody,
  readText,
  refusal,
} from "../requests.ts";
import { windowScript } from "./script.ts";
import {
  failure,
  failureOf,
  ledgerId,
  orderName,
  paymentKey,
  readOrderName,
  tossPayment,
} from "./shapes.ts";

const keyRules: KeyRules = {
  reused: undefined,
  running: failure(409, "IDEMPOTENT_REQUEST_PROCESSING", "이전 멱등 요청이 처리중입니다."),
  keepsErrors: true,
  error: () =>
    failure(500, "FAILED_INTERNAL_SYSTEM_PROCESSING", "내부 시스템 처리 작업이 실패했습니다."),
};

const notFound = failure(404, "NOT_FOUND_PAYMENT", "존재하지 않는 결제 정보 입니다.");

export async function tossRoute(
  { desk, secretKey }: { desk: Desk; secretKey: string },
  request: Request,
  url: URL,
): Promise<Response> {
  const path = url.pathname.slice("/toss".length);
  if (path === "/v2/standard") return windowScript(desk.publicUrl());
  if (path === "/window") {
    if (request.method === "OPTIONS") return new Response(null, { headers: browserHeaders });
    return (await openWindow(desk, request)).toResponse(browserHeaders);
  }
  const basic = `Basic ${Buffer.from(`${secretKey}:`).toString("base64")}`;
  if (!isAuthorized(request, basic))
    return failure(401, "UNAUTHORIZED_KEY", "인증되지 않은 시크릿 키 입니다.").toResponse();
  return (await merchantRoute(desk, request, new URL(path + url.search, url))).toResponse();
}

async function merchantRoute(desk: Desk, request: Request, url: URL): Promise<Answer> {
  const name = `${request.method} ${url.pathname}`;
  if (name === "GET /v1/transactions") return transactions(desk, request, url.searchParams);
  if (name === "POST /v1/payments/confirm") return confirm(desk, request, await readBody(request));
  const [, order] = /^GET \/v1\/payments\/orders\/([\w=-]{1,64})$/.exec(name) ?? [];
  if (order !== undefined) return look(desk, request, () => byOrder(desk, order));
  const [, key] = /^GET \/v1\/payments\/(\w{1,200})$/.exec(name) ?? [];
  if (key !== undefined) return look(desk, request, () => byKey(desk, key));
  const [, canceled] = /^POST \/v1\/payments\/(\w{1,200})\/cancel$/.exec(name) ?? [];
  if (canceled !== undefined) return cancel(desk, request, canceled, await readBody(request));
  return failure(404, "NOT_FOUND", "존재하지 않는 정보 입니다.");
}

/** What the script asks for when the merchant's page opens the window. */
async function openWindow(desk: Desk, request: Request): Promise<Answer> {
  const body = await readBody(request);
  const names = readOrderName(readText(body, "orderId", 64, /^[\w=-]{6,64}$/));
  if (names === undefined) throw new Refusal(400, "INVALID_ORDER_ID", "orderId");
  if (desk.ledger.payments.length >= maxPayments) return refusal(507, "ledger-full", "too many");
  const { payment } = operations.openHosted(
    {
      ...names,
      dialect: "toss",
      amount: readAmount(body),
      currency: readText(body, "currency", 3, /^[A-Z]{3}$/),
      method: "hosted",
      returnUrl: readAddress(body, "successUrl"),
      failUrl: readAddress(body, "failUrl"),
    },
    desk.now(),
  );
  desk.ledger.commit({ kind: "payment", payment });
  await desk.journal.settled();
  return answer(200, { url: `${desk.publicUrl()}/authenticate/${payment.actionToken}` });
}

function callOf(request: Request, body: Fields): Call {
  const given = request.headers.get("idempotency-key");
  if (given !== null && given.length > 300)
    throw new Refusal(400, "INVALID_IDEMPOTENCY_KEY", "멱등키는 300자 이하여야 합니다.");
  const key =
    given === null ? undefined : `${request.method} ${new URL(request.url).pathname} ${given}`;
  return { request, key, body: canonical(body), rules: keyRules };
}

function confirm(desk: Desk, request: Request, body: Fields): Promise<Answer> {
  const known = wherever(desk, readText(body, "paymentKey", 200));
  const amount = readAmount(body);
  if (known === undefined || orderName(known) !== body["orderId"]) return Promise.resolve(notFound);
  const weather = (): Rule | undefined =>
    desk.weather.next("capture", known.order) ??
    desk.weather.ofCard("capture", known.behaviour, `${known.id}:capture`, desk.slowMs);
  return once(desk, callOf(request, body), weather, (rule): Effect => {
    const payment = desk.ledger.payment(known.id) ?? known;
    const { now, declineCode } = rulesOf(desk, rule);
    if (payment.state === "captured")
      return { reply: failure(400, "ALREADY_PROCESSED_PAYMENT", "이미 처리된 결제 입니다.") };
    if ((desk.ledger.attempt(payment.order, payment.attempt)?.captured ?? 0) > 0)
      return {
        reply: failure(
          400,
          "DUPLICATED_ORDER_ID",
          "이미 승인 및 취소가 진행된 중복된 주문번호 입니다.",
        ),
      };
    if (payment.state !== "authorized")
      return { reply: failure(404, "NOT_FOUND_PAYMENT_SESSION", "결제 시간이 만료되었습니다.") };
    if (amount !== payment.amount)
      return { reply: failure(400, "INVALID_REQUEST", "결제 금액이 다릅니다.") };
    const outcome = operations.capture(payment, amount, {
      now,
      declineCode: declineCode ?? refusedLate(payment),
    });
    if (outcome.kind !== "refused")
      return { payment: outcome.payment, reply: answer(200, tossPayment(outcome.payment)) };
    const { code, message } = failureOf(outcome.code);
    const aborted = operations.decline(payment, outcome.code, now).payment;
    return { payment: aborted, reply: failure(403, code, message) };
  });
}

/** What a card refuses at the confirmation that other protocols refuse before it. */
const refusedLate = ({ behaviour }: SandboxPayment) =>
  behaviour === "authenticate-then-decline" ? "card-declined" : operations.declineCodeOf(behaviour);

function cancel(desk: Desk, request: Request, key: string, body: Fields): Promise<Answer> {
  const known = wherever(desk, key);
  if (known === undefined) return Promise.resolve(notFound);
  const name = readText(body, "cancelReason", 200, /^.+$/u);
  const weather = () => desk.weather.next("refund", known.order);
  return once(desk, callOf(request, body), weather, (rule): Effect => {
    const payment = desk.ledger.payment(known.id) ?? known;
    const left = payment.captured - payment.refunded;
    const amount =
      body["cancelAmount"] === undefined ? left : readAmount({ amount: body["cancelAmount"] });
    const outcome = operations.refund(payment, amount, { ...rulesOf(desk, rule), name });
    if (outcome.kind === "changed")
      return { payment: outcome.payment, reply: answer(200, tossPayment(outcome.payment)) };
    switch (outcome.code) {
      case "already-refunded":
        return { reply: failure(400, "ALREADY_CANCELED_PAYMENT", "이미 취소된 결제 입니다.") };
      case "too-much":
        return { reply: failure(403, "NOT_CANCELABLE_AMOUNT", "취소 할 수 없는 금액 입니다.") };
      default:
        return { reply: failure(403, "NOT_CANCELABLE_PAYMENT", "취소 할 수 없는 결제 입니다.") };
    }
  });
}

function look(
  desk: Desk,
  request: Request,
  found: () => SandboxPayment | undefined,
): Promise<Answer> {
  return read(desk, request, desk.weather.next("find", found()?.order), () => {
    const payment = found();
    return payment === undefined ? notFound : answer(200, tossPayment(payment));
  });
}

/** Every taking and every giving back, oldest first, by day and then by the key of the one before. */
function transactions(desk: Desk, request: Request, query: URLSearchParams): Promise<Answer> {
  return read(desk, request, desk.weather.next("ledger", undefined), () => {
    const since = Date.parse(`${query.get("startDate")}+09:00`);
    const limit = Math.min(5_000, Number(query.get("limit") ?? "100"));
    const all = desk.ledger.payments
      .slice(desk.ledger.firstSince(Number.isFinite(since) ? since : 0))
      .filter(({ dialect, captured }) => dialect === "toss" && captured > 0);
    const after = query.get("startingAfter");
    const rows = all.flatMap(transactionsOf);
    const from =
      after === null ? 0 : rows.findIndex(({ transactionKey }) => transactionKey === after) + 1;
    return answer(200, rows.slice(from, from + limit));
  });
}

function transactionsOf(payment: SandboxPayment) {
  const { status, currency, totalAmount, orderId, requestedAt } = tossPayment(payment);
  const key = paymentKey(payment);
  const row = (transactionKey: string, of: unknown) => ({
    transactionKey,
    paymentKey: key,
    orderId,
    status: of,
    currency,
    amount: totalAmount,
    transactionAt: requestedAt,
  });
  return payment.refunded === 0 ? [row(key, "DONE")] : [row(key, "DONE"), row(`${key}_c`, status)];
}

function wherever(desk: Desk, key: string): SandboxPayment | undefined {
  const payment = desk.ledger.payment(ledgerId(key));
  return payment?.dialect === "toss" ? payment : undefined;
}

const isSeen = (payment: SandboxPayment | undefined) =>
  payment?.dialect === "toss" &&
  payment.state !== "requires-action" &&
  payment.state !== "authorized"
    ? payment
    : undefined;

const byKey = (desk: Desk, key: string) => isSeen(wherever(desk, key));

function byOrder(desk: Desk, name: string): SandboxPayment | undefined {
  const names = readOrderName(name);
  return isSeen(names && desk.ledger.attempt(names.order, names.attempt));
}
