// What an error of Stripe means for us. A timeout, a broken connection and a 5xx are `unknown`. The rest
// is `refused` with its code, which the caller reads; an error that says nothing of the payment itself
// (limits, keys, a key in use) is never a "no".

import Stripe from "stripe";
import type { Unknown } from "../../ports/payment-gateway.ts";
import type { Money } from "../../wire/contract.ts";

export type Refused = {
  kind: "refused";
  status: number;
  code: string | undefined;
  /** The card's bank said no. */
  isCard: boolean;
  /** Stripe understood the request and will not do it. */
  isNo: boolean;
  /** An error 500 of an earlier call, repeated because the key is the same. */
  isOldError: boolean;
  intent: Stripe.PaymentIntent | undefined;
};

export type Reply<Answer> = { kind: "answer"; answer: Answer } | Refused | Unknown;

export async function askStripe<Answer>(call: () => Promise<Answer>): Promise<Reply<Answer>> {
  try {
    return { kind: "answer", answer: await call() };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError))
      return { kind: "unknown", detail: error instanceof Error ? error.name : "no answer" };
    const status = error.statusCode ?? 0;
    const isOldError = status >= 500 && error.headers?.["idempotent-replayed"] === "true";
    if ((status < 400 || status >= 500) && !isOldError)
      return { kind: "unknown", detail: `${error.type}, status ${status}` };
    return {
      kind: "refused",
      status,
      code: error.code,
      isCard: error instanceof Stripe.errors.StripeCardError,
      isNo: status === 400 && error instanceof Stripe.errors.StripeInvalidRequestError,
      isOldError,
      intent: error.payment_intent,
    };
  }
}

export const codeOf = ({ code }: Refused) => (code ?? "refused").replaceAll("_", "-").slice(0, 64);

export function sameMoney(a: Money | undefined, b: Money): boolean {
  return a?.amount === b.amount && a.currency === b.currency;
}

export const differs = (operation: string): Unknown => ({
  kind: "unknown",
  detail: `${operation}: the provider names another amount`,
});

export function unclear(operation: string, reply: Refused | Unknown): Unknown {
  if (reply.kind === "unknown") return reply;
  return { kind: "unknown", detail: `${operation}: ${reply.status} ${reply.code ?? "no code"}` };
}
