// Toss Payments as a PaymentGateway. The fan authorizes in Toss's window, opened by our page without a
// word between the two servers, and comes back with Toss's name for the payment (paymentKey). Money
// moves only when we confirm: the confirmation is our capture, and the pivot of the purchase.
//
// Keeps: the confirmation carries our own order, attempt and amount, never the address's; what Toss
// answers is compared with it. Webhooks are not signed: they are hints, and the ledger is asked.
// Errors: toss-answers.ts says which of the documented codes are a "no".

import { Fault } from "../../foundation/fault.ts";
import type { PaymentGateway, ProviderPayment, Unknown } from "../../ports/payment-gateway.ts";
import type { Money } from "../../wire/contract.ts";
import { Pace } from "../pace.ts";
import { Turnstile } from "../turnstile.ts";
import {
  codeOf,
  declineOf,
  hasCancel,
  isAsSent,
  isTemporary,
  nameOf,
  namesOf,
  readNotice,
  readTossPayment,
  readTransactions,
  type Transaction,
} from "./toss-answers.ts";
import { askToss, type Reply } from "./toss-call.ts";

export type TossGatewayOptions = {
  secretKey: string;
  /** Where Toss answers; undefined: Toss itself. */
  apiAddress?: string | undefined;
  /** Address of our page that opens the window. */
  windowPage: string;
  callMs: number;
  /** Under way at once. */
  concurrency: number;
  /** Started in a second at one endpoint; Toss publishes no limit, so ours is a courtesy. */
  perSec: number;
  now: () => number;
};

/** What is changed, and what is only read: payments by name, or all transactions. */
function endpointOf(method: string, path: string): string {
  if (method === "GET") return path.startsWith("/v1/payments/") ? "look" : "list";
  return path.endsWith("/cancel") ? "cancel" : "confirm";
}

const tossApi = "https://api.tosspayments.com";
/** Our name for it goes into the reason, so that a giving back can be told from the one before. */
const reasonOf = (idempotencyKey: string) => `refund ${idempotencyKey}`;
/** Of a page of transactions. */
const pageSize = 1_000;

export function tossGateway(options: TossGatewayOptions): PaymentGateway {
  const { secretKey, apiAddress = tossApi, callMs } = options;
  const turnstile = new Turnstile(options.concurrency);
  const pace = new Pace(options.perSec);
  const call = async (method: "GET" | "POST", path: string, body?: object, key?: string) => {
    await pace.turn(endpointOf(method, path));
    const request = { method, path, body, key };
    return await turnstile.pass(() => askToss({ apiAddress, secretKey, callMs }, request));
  };
  const byKey = (key: string) => call("GET", `/v1/payments/${encodeURIComponent(key)}`);

  return {
    provider: "toss",
    bounds: () => ({ provider_calls: turnstile.bound, provider_line: pace.bound }),
    begunBy: "fan",
    // The fan brings the news; only who is lost on the way back is found by asking.
    proofPollMs: 60_000,

    /** Nothing to ask Toss yet: the window is told by the fan's browser, the amount by us at the end. */
    async authorize({ orderId, attempt, amount, returnUrl }) {
      const refusal =
        amount.currency !== "KRW"
          ? "currency-not-taken"
          : amount.amount === 0
            ? "amount-too-small"
            : undefined;
      if (refusal !== undefined) return { kind: "declined", providerRef: undefined, code: refusal };
      const facts = new URLSearchParams({
        order: nameOf(orderId, attempt),
        amount: String(amount.amount),
        back: returnUrl,
      });
      return {
        kind: "requires-action",
        providerRef: undefined,
        actionUrl: `${options.windowPage}#${facts}`,
      };
    },

    async capture({ orderId, attempt, providerRef, amount, idempotencyKey }) {
      const body = {
        paymentKey: providerRef,
        orderId: nameOf(orderId, attempt),
        amount: amount.amount,
      };
      const asked = { orderId, attempt, amount };
      const confirm = (key: string) => call("POST", "/v1/payments/confirm", body, key);
      const reply = await confirm(idempotencyKey);
      if (reply.kind === "unknown") return reply;
      if (reply.status === 200) return captured(readTossPayment(reply.body), asked);
      if (!isUndecided(reply)) return declined(reply);
      // It was processed already, or an error of theirs is kept under the key: the ledger decides.
      const found = await byKey(providerRef);
      if (found.kind === "unknown") return found;
      const payment = found.status === 200 ? readTossPayment(found.body) : undefined;
      if (payment?.state === "captured") return captured(payment, asked);
      const untouched = payment?.state === "authorized" || found.status === 404;
      if (!untouched || !isTemporary(reply)) return nonsense("confirm", reply);
      const again = await confirm(`${idempotencyKey}:again`);
      if (again.kind === "unknown") return again;
      if (again.status === 200) return captured(readTossPayment(again.body), asked);
      return isUndecided(again) ? nonsense("confirm", again) : declined(again);
    },

    /** Before the confirmation there is nothing to give back, and only we confirm. */
    async void({ providerRef }) {
      const reply = await byKey(providerRef);
      if (reply.kind === "unknown") return reply;
      if (reply.status === 404) return { kind: "voided" };
      const payment = reply.status === 200 ? readTossPayment(reply.body) : undefined;
      if (payment === undefined || payment.state === "processing") return nonsense("void", reply);
      return payment.captured > payment.refunded ? { kind: "too-late" } : { kind: "voided" };
    },

    async refund({ providerRef, amount, idempotencyKey }) {
      const path = `/v1/payments/${encodeURIComponent(providerRef)}/cancel`;
      const cancelReason = reasonOf(idempotencyKey);
      const body = { cancelReason, cancelAmount: amount.amount };
      const cancel = (key: string) => call("POST", path, body, key);
      let reply = await cancel(idempotencyKey);
      if (reply.kind === "answer" && isTemporary(reply)) {
        const found = await byKey(providerRef);
        if (found.kind === "unknown" || found.status !== 200) return nonsense("refund", reply);
        if (hasCancel(found.body, cancelReason, amount)) return { kind: "refunded" };
        reply = await cancel(`${idempotencyKey}:again`);
      }
      if (reply.kind === "unknown") return reply;
      if (reply.status === 200)
        return hasCancel(reply.body, cancelReason, amount)
          ? { kind: "refunded" }
          : nonsense("refund", reply);
      const code = codeOf(reply.body);
      if (code === "ALREADY_CANCELED_PAYMENT") {
        // Nothing is left there: ours among it, or the whole of it, is what was asked for.
        const found = await byKey(providerRef);
        if (found.kind === "unknown" || found.status !== 200) return nonsense("refund", reply);
        const isWhole = readTossPayment(found.body)?.captured === amount.amount;
        return isWhole || hasCancel(found.body, cancelReason, amount)
          ? { kind: "refunded" }
          : { kind: "refused", code: "already-refunded" };
      }
      return isUndecided(reply) || code === undefined
        ? nonsense("refund", reply)
        : { kind: "refused", code: code.toLowerCase().replaceAll("_", "-") };
    },

    async findRefund({ providerRef, amount, idempotencyKey }) {
      const reply = await byKey(providerRef);
      if (reply.kind === "unknown") return reply;
      if (reply.status !== 200 || readTossPayment(reply.body) === undefined)
        return nonsense("find-refund", reply);
      return hasCancel(reply.body, reasonOf(idempotencyKey), amount)
        ? { kind: "refunded" }
        : { kind: "none" };
    },

    async find(orderId, attempt, providerRef) {
      const name = nameOf(orderId, attempt);
      const reply = await (providerRef === undefined
        ? call("GET", `/v1/payments/orders/${name}`)
        : byKey(providerRef));
      if (reply.kind === "unknown") return reply;
      if (reply.status === 404 && codeOf(reply.body) === "NOT_FOUND_PAYMENT")
        return { kind: "none" };
      const payment = reply.status === 200 ? readTossPayment(reply.body) : undefined;
      if (payment?.orderId !== orderId || payment.attempt !== attempt)
        return nonsense("find", reply);
      // A window that is open and unproved: nothing can be taken by it.
      return payment.state === "requires-action" ? { kind: "none" } : { kind: "found", payment };
    },

    async *ledger(since) {
      const dates = { startDate: inSeoul(since), endDate: inSeoul(options.now() + 60_000) };
      const byPayment = new Map<string, Transaction[]>();
      let after: string | undefined;
      for (;;) {
        const query = new URLSearchParams({
          ...dates,
          limit: String(pageSize),
          ...(after === undefined ? {} : { startingAfter: after }),
        });
        const reply = await call("GET", `/v1/transactions?${query}`);
        const page =
          reply.kind === "answer" && reply.status === 200
            ? readTransactions(reply.body)
            : undefined;
        if (page === undefined) throw unreadable();
        for (const row of page)
          byPayment.set(row.paymentKey, [...(byPayment.get(row.paymentKey) ?? []), row]);
        after = page.at(-1)?.transactionKey;
        if (page.length < pageSize || after === undefined) break;
      }
      for (const rows of byPayment.values()) {
        const payment = await ofTransactions(rows);
        if (payment !== undefined) yield [payment];
      }
    },

    async readWebhook(body) {
      return readNotice(body);
    },

    readReturn(query, { orderId, attempt, amount }) {
      const key = query.get("paymentKey");
      const isOurs =
        query.get("orderId") === nameOf(orderId, attempt) &&
        query.get("amount") === String(amount.amount);
      return isOurs && key !== null && /^[\w-]{1,200}$/.test(key) ? key : undefined;
    },
  };

  /** A taking alone says everything; where something was given back too, the payment itself is asked. */
  async function ofTransactions(
    rows: readonly Transaction[],
  ): Promise<ProviderPayment | undefined> {
    const [first] = rows;
    const names = first && namesOf(first.orderId);
    if (first === undefined || names === undefined) return undefined;
    if (rows.length === 1 && first.status === "DONE")
      return {
        ...names,
        providerRef: first.paymentKey,
        state: "captured",
        amount: first.amount,
        captured: first.amount.amount,
        refunded: 0,
        actionUrl: undefined,
        declineCode: undefined,
        createdAt: first.at,
      };
    const reply = await byKey(first.paymentKey);
    const payment = reply.kind === "answer" ? readTossPayment(reply.body) : undefined;
    if (payment === undefined) throw unreadable();
    return payment;
  }
}

type Answer = Extract<Reply, { kind: "answer" }>;

function captured(
  payment: ProviderPayment | undefined,
  asked: { orderId: string; attempt: number; amount: Money },
): { kind: "captured" } | Unknown {
  return payment !== undefined && isAsSent(payment, asked)
    ? { kind: "captured" }
    : { kind: "unknown", detail: "confirm: the provider answers with another payment" };
}

/** It says nothing of what became of the payment. */
const isUndecided = (reply: Answer) =>
  isTemporary(reply) ||
  codeOf(reply.body) === "ALREADY_PROCESSED_PAYMENT" ||
  declineOf(reply) === undefined;

const declined = (reply: Answer) =>
  ({ kind: "declined", code: declineOf(reply) ?? "card-declined" }) as const;

function nonsense(operation: string, reply: Answer): Unknown {
  const code = codeOf(reply.body) ?? "no code";
  return { kind: "unknown", detail: `${operation}: status ${reply.status}, ${code}` };
}

const unreadable = () =>
  new Fault("provider-unavailable", "the provider's ledger cannot be read", { retryable: true });

/** Dates are Korea's, without a zone. */
const inSeoul = (at: number) => new Date(at + 9 * 3_600_000).toISOString().slice(0, 19);
