// The provider's JSON as our words. A body that is not what was agreed is undefined, never a guess.

import type { OrderId } from "../../foundation/ids.ts";
import type { ProviderPayment } from "../../ports/payment-gateway.ts";

const states = [
  "processing",
  "requires-action",
  "authorized",
  "captured",
  "voided",
  "declined",
] as const satisfies readonly ProviderPayment["state"][];

export function readPayment(body: unknown): ProviderPayment | undefined {
  if (!isFields(body)) return undefined;
  const { id, order, attempt, amount, currency, captured, refunded, createdAt } = body;
  const state = states.find((known) => known === body["state"]);
  if (state === undefined || typeof id !== "string" || typeof order !== "string") return undefined;
  if (!isCount(attempt) || !isCount(amount) || typeof currency !== "string") return undefined;
  if (!isCount(captured) || !isCount(refunded) || !isCount(createdAt)) return undefined;
  return {
    // An order of somebody else who shares the account stays a name that we do not know.
    orderId: order as OrderId,
    attempt,
    providerRef: id,
    state,
    amount: { amount, currency },
    captured,
    refunded,
    actionUrl: textOf(body["actionUrl"]),
    declineCode: textOf(body["declineCode"]),
    createdAt,
  };
}

/** What was given back under this name, if anything; undefined: a body that makes no sense. */
export function readRefund(body: unknown, name: string): { amount: number } | "none" | undefined {
  if (!isFields(body) || readPayment(body) === undefined) return undefined;
  const refunds = body["refunds"] ?? [];
  if (!Array.isArray(refunds)) return undefined;
  const found: unknown = refunds.find((refund) => isFields(refund) && refund["name"] === name);
  if (found === undefined) return "none";
  const amount = isFields(found) ? found["amount"] : undefined;
  return isCount(amount) ? { amount } : undefined;
}

export function readLedgerPage(
  body: unknown,
): { payments: ProviderPayment[]; next: string | undefined } | undefined {
  if (!isFields(body) || !Array.isArray(body["payments"])) return undefined;
  const payments: ProviderPayment[] = [];
  for (const entry of body["payments"]) {
    const payment = readPayment(entry);
    if (payment === undefined) return undefined;
    payments.push(payment);
  }
  return { payments, next: textOf(body["next"]) };
}

export function readRefusal(body: unknown): { code: string } | undefined {
  const error = isFields(body) ? body["error"] : undefined;
  const code = isFields(error) ? error["code"] : undefined;
  return typeof code === "string" && /^[a-z0-9-]{1,64}$/.test(code) ? { code } : undefined;
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= 2_000 ? value : undefined;
}
