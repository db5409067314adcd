// The sandbox provider as a PaymentGateway. Every call has a deadline; whatever is not a clear answer
// (timeout, broken connection, 5xx, a body that makes no sense) is `unknown`, never "no".
// At most `concurrency` calls are under way at once: the provider's limits are not ours to test.

import type {
  FoundRefund,
  PaymentCall,
  PaymentGateway,
  ProviderPayment,
  RefundCall,
  RefundReply,
  Unknown,
  WebhookHint,
} from "../../ports/payment-gateway.ts";
import { sameMoney } from "../../domain/ordering/price.ts";
import { Fault } from "../../foundation/fault.ts";
import { parseId } from "../../foundation/ids.ts";
import { Turnstile } from "../turnstile.ts";
import { isSigned, signatureHeader } from "./signature.ts";
import { readLedgerPage, readPayment, readRefund, readRefusal } from "./sandbox-answers.ts";

export type SandboxGatewayOptions = {
  address: string;
  secretKey: string;
  webhookSecret: string;
  callMs: number;
  concurrency: number;
  now: () => number;
};

type Reply = { kind: "answer"; status: number; body: unknown } | Unknown;
type Call = { idempotencyKey: string };

export function sandboxGateway(options: SandboxGatewayOptions): PaymentGateway {
  const turnstile = new Turnstile(options.concurrency);
  const call = (method: string, path: string, body?: object, key?: string): Promise<Reply> =>
    turnstile.pass(() => ask(options, { method, path, body, key }));
  const change = (ref: string, operation: string, { idempotencyKey }: Call, body: object) =>
    call("POST", `/v1/payments/${encodeURIComponent(ref)}/${operation}`, body, idempotencyKey);
  const look = ({ orderId, attempt }: Pick<PaymentCall, "orderId" | "attempt">) =>
    call(
      "GET",
      `/v1/payments?${new URLSearchParams({ order: orderId, attempt: String(attempt) })}`,
    );

  async function findRefund(request: RefundCall): Promise<FoundRefund> {
    const reply = await look(request);
    if (reply.kind === "unknown") return reply;
    const [payment] = rowsOf(reply.body);
    const found = payment === undefined ? undefined : readRefund(payment, request.idempotencyKey);
    if (found === undefined) return nonsense("find-refund", reply);
    if (found === "none") return { kind: "none" };
    return found.amount === request.amount.amount
      ? { kind: "refunded" }
      : nonsense("find-refund", reply);
  }

  /** Nothing is left there: ours among it, or the whole of it, is what was asked for; else it is not. */
  async function isAllBack(request: RefundCall): Promise<RefundReply> {
    const found = await findRefund(request);
    if (found.kind !== "none") return found;
    const reply = await look(request);
    if (reply.kind === "unknown") return reply;
    const payment = readPayment(rowsOf(reply.body)[0]);
    return payment?.captured === request.amount.amount
      ? { kind: "refunded" }
      : { kind: "refused", code: "already-refunded" };
  }

  return {
    provider: "sandbox",
    bounds: () => ({ provider_calls: turnstile.bound }),
    begunBy: "shop",
    proofPollMs: 5_000,

    async authorize({ orderId, attempt, amount, method, returnUrl, idempotencyKey }) {
      const body = { order: orderId, attempt, ...amount, method, returnUrl };
      const reply = await call("POST", "/v1/payments", body, idempotencyKey);
      if (reply.kind === "unknown") return reply;
      const refusal = readRefusal(reply.body);
      if (reply.status === 422 && refusal?.code === "unknown-method")
        return { kind: "declined", providerRef: undefined, code: "unknown-method" };
      const payment = readPayment(reply.body);
      if (payment === undefined) return nonsense("authorize", reply);
      if (payment.state === "authorized")
        return { kind: "authorized", providerRef: payment.providerRef };
      if (payment.state === "requires-action" && payment.actionUrl !== undefined)
        return {
          kind: "requires-action",
          providerRef: payment.providerRef,
          actionUrl: payment.actionUrl,
        };
      if (payment.state === "declined")
        return {
          kind: "declined",
          providerRef: payment.providerRef,
          code: payment.declineCode ?? "card-declined",
        };
      return nonsense("authorize", reply);
    },

    async capture(request) {
      const { amount } = request.amount;
      const reply = await change(request.providerRef, "capture", request, { amount });
      if (reply.kind === "unknown") return reply;
      const payment = reply.status === 200 ? readPayment(reply.body) : undefined;
      if (payment?.captured === amount && sameMoney(payment.amount, request.amount))
        return { kind: "captured" };
      const refusal = readRefusal(reply.body);
      if (reply.status === 402 && refusal !== undefined)
        return { kind: "declined", code: refusal.code };
      return nonsense("capture", reply);
    },

    async void(request) {
      const reply = await change(request.providerRef, "void", request, {});
      if (reply.kind === "unknown") return reply;
      if (reply.status === 409 && readRefusal(reply.body)?.code === "too-late")
        return { kind: "too-late" };
      const state = readPayment(reply.body)?.state;
      return state === "voided" || state === "declined"
        ? { kind: "voided" }
        : nonsense("void", reply);
    },

    async refund(request) {
      const { amount } = request.amount;
      const reply = await change(request.providerRef, "refund", request, { amount });
      if (reply.kind === "unknown") return reply;
      const refusal = readRefusal(reply.body);
      if (reply.status === 409 && refusal?.code === "already-refunded")
        return await isAllBack(request);
      if (reply.status === 409 && refusal !== undefined && refusal.code !== reusedKey)
        return { kind: "refused", code: refusal.code };
      const payment = readPayment(reply.body);
      return payment !== undefined && payment.refunded >= amount
        ? { kind: "refunded" }
        : nonsense("refund", reply);
    },

    findRefund,

    async find(orderId, attempt) {
      const reply = await look({ orderId, attempt });
      if (reply.kind === "unknown") return reply;
      const page = readLedgerPage(reply.body);
      if (page === undefined || page.payments.length > 1) return nonsense("find", reply);
      const [payment] = page.payments;
      if (payment === undefined) return { kind: "none" };
      return payment.orderId === orderId && payment.attempt === attempt
        ? { kind: "found", payment }
        : nonsense("find", reply);
    },

    async *ledger(since) {
      let cursor: string | undefined;
      do {
        const names = new URLSearchParams({ since: String(since), ...(cursor ? { cursor } : {}) });
        const reply = await call("GET", `/v1/ledger?${names}`);
        const page = reply.kind === "answer" ? readLedgerPage(reply.body) : undefined;
        if (page === undefined)
          throw new Fault("provider-unavailable", "the provider's ledger cannot be read", {
            retryable: true,
          });
        yield page.payments satisfies ProviderPayment[];
        cursor = page.next;
      } while (cursor !== undefined);
    },

    async readWebhook(body, headers) {
      const signed = isSigned(body, headers.get(signatureHeader), {
        secret: options.webhookSecret,
        now: options.now(),
      });
      return signed ? readNotification(body) : undefined;
    },

    // It knows the payment from us, and the way back says nothing that its ledger does not.
    readReturn: () => undefined,
  };
}

const reusedKey = "idempotency-key-reused";

function rowsOf(body: unknown): unknown[] {
  const rows = (body as { payments?: unknown } | null)?.payments;
  return Array.isArray(rows) ? rows : [];
}

async function ask(
  options: SandboxGatewayOptions,
  request: { method: string; path: string; body?: object | undefined; key?: string | undefined },
): Promise<Reply> {
  try {
    const response = await fetch(`${options.address}${request.path}`, {
      method: request.method,
      headers: {
        authorization: `Bearer ${options.secretKey}`,
        ...(request.body === undefined ? {} : { "content-type": "application/json" }),
        ...(request.key === undefined ? {} : { "idempotency-key": request.key }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      redirect: "error",
      signal: AbortSignal.timeout(options.callMs),
    });
    const body: unknown = await response.json();
    if (response.status >= 500) return { kind: "unknown", detail: `status ${response.status}` };
    return { kind: "answer", status: response.status, body };
  } catch (error) {
    return { kind: "unknown", detail: error instanceof Error ? error.name : "no answer" };
  }
}

function nonsense(operation: string, reply: Extract<Reply, { kind: "answer" }>): Unknown {
  const code = readRefusal(reply.body)?.code ?? "no code";
  return { kind: "unknown", detail: `${operation}: status ${reply.status}, ${code}` };
}

function readNotification(body: string): WebhookHint | undefined {
  try {
    const value = JSON.parse(body) as Record<string, unknown>;
    const orderId = parseId("order", value["order"]);
    const { id, attempt } = value;
    if (orderId === undefined || typeof id !== "string" || id.length > 100) return undefined;
    return Number.isSafeInteger(attempt)
      ? { orderId, attempt: attempt as number, id, signed: true }
      : undefined;
  } catch {
    return undefined;
  }
}
