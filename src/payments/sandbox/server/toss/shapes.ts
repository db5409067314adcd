// A payment of our ledger as Toss Payments shows it: the Payment object, its error, its webhook, and the
// addresses that the fan's browser goes back to. Only the fields that are used, as documented.
//
// `authorized` in the ledger is a fan who has been through the window (IN_PROGRESS): no money has moved,
// and none does until the merchant confirms.

import type { SandboxPayment } from "../ledger.ts";
import { type Answer, answer } from "../requests.ts";

export const paymentKey = ({ id }: SandboxPayment) => id.replace("pay_", "tsbx_");

export function ledgerId(key: string): string | undefined {
  const [, hex] = /^tsbx_([0-9a-f]{32})$/.exec(key) ?? [];
  return hex === undefined ? undefined : `pay_${hex}`;
}

/** Our order and attempt in one name, since Toss wants another one for every attempt. */
export const orderName = ({ order, attempt }: Pick<SandboxPayment, "order" | "attempt">) =>
  `${order}-${attempt}`;

export function readOrderName(name: string): { order: string; attempt: number } | undefined {
  const [, order, attempt] = /^([\w=-]{1,60})-(\d{1,3})$/.exec(name) ?? [];
  return order === undefined ? undefined : { order, attempt: Number(attempt) };
}

export function tossPayment(payment: SandboxPayment): Record<string, unknown> {
  const { captured, refunded } = payment;
  return {
    version: "2022-11-16",
    paymentKey: paymentKey(payment),
    orderId: orderName(payment),
    type: "NORMAL",
    status: statusOf(payment),
    currency: payment.currency,
    totalAmount: payment.amount,
    balanceAmount: captured === 0 ? payment.amount : captured - refunded,
    requestedAt: inSeoul(payment.createdAt),
    approvedAt: captured === 0 ? null : inSeoul(payment.updatedAt),
    cancels:
      payment.refunds?.map(({ amount, name }) => ({
        cancelAmount: amount,
        cancelReason: name,
        cancelStatus: "DONE",
      })) ?? null,
    failure: payment.declineCode === undefined ? null : failureOf(payment.declineCode),
  };
}

function statusOf({ state, captured, refunded }: SandboxPayment): string {
  switch (state) {
    case "requires-action":
    case "processing":
      return "READY";
    case "authorized":
      return "IN_PROGRESS";
    case "captured":
      return refunded === 0 ? "DONE" : refunded === captured ? "CANCELED" : "PARTIAL_CANCELED";
    case "declined":
      return "ABORTED";
    case "voided":
      return "EXPIRED";
  }
}

export function failureOf(ours: string): { code: string; message: string } {
  if (ours === "insufficient-funds")
    return {
      code: "REJECT_CARD_PAYMENT",
      message: "한도초과 혹은 잔액부족으로 결제에 실패했습니다.",
    };
  if (ours === "authorization-expired")
    return { code: "NOT_FOUND_PAYMENT_SESSION", message: "결제 시간이 만료되었습니다." };
  return { code: "REJECT_CARD_COMPANY", message: "결제 승인이 거절되었습니다." };
}

export const failure = (status: number, code: string, message: string): Answer =>
  answer(status, { code, message });

export function tossNotice(
  payment: SandboxPayment,
  { createdAt }: { createdAt: number },
): string | undefined {
  if (payment.state === "requires-action") return undefined;
  const data = tossPayment(payment);
  return JSON.stringify({
    eventType: "PAYMENT_STATUS_CHANGED",
    createdAt: inSeoul(createdAt),
    data,
  });
}

export function tossSuccess(payment: SandboxPayment): string {
  return withQuery(payment.returnUrl, {
    paymentType: "NORMAL",
    orderId: orderName(payment),
    paymentKey: paymentKey(payment),
    amount: String(payment.amount),
  });
}

export function tossFailure(payment: SandboxPayment): string {
  return withQuery(payment.failUrl ?? payment.returnUrl, {
    code: "PAY_PROCESS_CANCELED",
    message: "사용자에 의해 결제가 취소되었습니다.",
    orderId: orderName(payment),
  });
}

function withQuery(address: string, names: Record<string, string>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(names)) url.searchParams.set(name, value);
  return url.href;
}

function inSeoul(at: number): string {
  return new Date(at + 9 * 3_600_000).toISOString().replace("Z", "+09:00");
}
