// What a call does to a payment at the provider: authorize, authenticate, capture, void, refund.
// Each takes the payment as it is and answers what becomes of it, or why not; nothing is written here.
//
// Keeps: 0 ≤ refunded ≤ captured ≤ amount; a captured payment is never voided; only an authorized one
// is captured, in full; saying again what is already so is no refusal.

import { randomBytes } from "node:crypto";
import type { CardBehaviour } from "../test-cards.ts";
import type { SandboxPayment } from "./ledger.ts";

export type Refused = { kind: "refused"; status: number; code: string; message: string };
export type Changed = { kind: "changed"; payment: SandboxPayment };
/** It was so already: nothing to write. */
export type Same = { kind: "same"; payment: SandboxPayment };

const refused = (code: string, message: string): Refused => ({
  kind: "refused",
  status: 409,
  code,
  message,
});

export type NewPayment = Pick<
  SandboxPayment,
  "order" | "attempt" | "amount" | "currency" | "method" | "returnUrl"
>;

/** A payment whose card the fan will choose on our page. */
export function openHosted(
  request: NewPayment & Pick<SandboxPayment, "dialect" | "failUrl">,
  now: number,
): Changed {
  return {
    kind: "changed",
    payment: {
      ...request,
      id: `pay_${randomBytes(16).toString("hex")}`,
      state: "requires-action",
      captured: 0,
      refunded: 0,
      behaviour: undefined,
      actionToken: randomBytes(24).toString("base64url"),
      declineCode: undefined,
      createdAt: now,
      updatedAt: now,
    },
  };
}

/**
 * The fan's card on the hosted page. A card that is refused at once leaves the page open for another,
 * except where the refusal comes with the capture (`late`).
 */
export function chooseCard(
  payment: SandboxPayment,
  behaviour: CardBehaviour,
  options: { now: number; late: boolean },
): Changed | Same {
  if (payment.state !== "requires-action") return { kind: "same", payment };
  const declineCode = options.late ? undefined : declineCodeOf(behaviour);
  const base = { ...payment, declineCode, updatedAt: options.now };
  if (declineCode !== undefined)
    return { kind: "changed", payment: { ...base, behaviour: undefined } };
  const state = needsProof(behaviour) ? "requires-action" : "authorized";
  return { kind: "changed", payment: { ...base, behaviour, state } };
}

export function needsProof(behaviour: CardBehaviour | undefined): boolean {
  return behaviour === "authenticate" || behaviour === "authenticate-then-decline";
}

export function authorize(
  request: NewPayment,
  card: { behaviour: CardBehaviour },
  options: { now: number; declineCode: string | undefined },
): Changed {
  const declineCode = options.declineCode ?? declineCodeOf(card.behaviour);
  const state =
    declineCode !== undefined
      ? "declined"
      : needsProof(card.behaviour)
        ? "requires-action"
        : "authorized";
  return {
    kind: "changed",
    payment: {
      ...request,
      id: `pay_${randomBytes(16).toString("hex")}`,
      dialect: "sandbox",
      state,
      captured: 0,
      refunded: 0,
      behaviour: card.behaviour,
      actionToken: state === "requires-action" ? randomBytes(24).toString("base64url") : undefined,
      declineCode,
      createdAt: options.now,
      updatedAt: options.now,
    },
  };
}

export function declineCodeOf(behaviour: CardBehaviour | undefined): string | undefined {
  if (behaviour === "decline") return "card-declined";
  if (behaviour === "insufficient-funds") return "insufficient-funds";
  return undefined;
}

/** The fan's word on the hosted page. */
export function authenticate(
  payment: SandboxPayment,
  approved: boolean,
  now: number,
): Changed | Same {
  if (payment.state !== "requires-action") return { kind: "same", payment };
  if (!approved) return refuseProof(payment, "authentication-refused", now);
  if (payment.behaviour === "authenticate-then-decline" && payment.dialect !== "toss")
    return refuseProof(payment, "card-declined", now);
  return { kind: "changed", payment: { ...payment, state: "authorized", updatedAt: now } };
}

/** Our own protocol ends the attempt; on a page that asked for the card, another may be chosen. */
function refuseProof(payment: SandboxPayment, code: string, now: number): Changed {
  if (payment.dialect === "sandbox") return decline(payment, code, now);
  return {
    kind: "changed",
    payment: { ...payment, behaviour: undefined, declineCode: code, updatedAt: now },
  };
}

export function decline(payment: SandboxPayment, code: string, now: number): Changed {
  return {
    kind: "changed",
    payment: { ...payment, state: "declined", declineCode: code, updatedAt: now },
  };
}

export function capture(
  payment: SandboxPayment,
  amount: number,
  options: { now: number; declineCode: string | undefined },
): Changed | Same | Refused {
  if (payment.state === "captured" && amount === payment.captured) return { kind: "same", payment };
  if (payment.state !== "authorized")
    return refused("not-capturable", `a ${payment.state} payment cannot be captured`);
  if (amount !== payment.amount)
    return refused("amount-differs", `authorized ${payment.amount}, asked to capture ${amount}`);
  const code =
    options.declineCode ??
    (payment.behaviour === "capture-refused" ? "authorization-expired" : undefined);
  if (code !== undefined) return { ...refused(code, "the capture is declined"), status: 402 };
  return {
    kind: "changed",
    payment: { ...payment, state: "captured", captured: amount, updatedAt: options.now },
  };
}

export function voidPayment(payment: SandboxPayment, now: number): Changed | Same | Refused {
  switch (payment.state) {
    case "captured":
      return refused("too-late", "a captured payment can only be refunded");
    case "voided":
    case "declined":
      return { kind: "same", payment };
    case "processing":
    case "requires-action":
    case "authorized":
      return { kind: "changed", payment: { ...payment, state: "voided", updatedAt: now } };
  }
}

export function refund(
  payment: SandboxPayment,
  amount: number,
  options: { now: number; declineCode: string | undefined; name?: string },
): Changed | Refused {
  if (payment.state !== "captured")
    return refused("not-refundable", `a ${payment.state} payment cannot be refunded`);
  if (payment.captured > 0 && payment.refunded === payment.captured)
    return refused("already-refunded", "all of it has been refunded");
  if (payment.refunded + amount > payment.captured)
    return refused("too-much", `${payment.captured - payment.refunded} is left to refund`);
  if (options.declineCode !== undefined)
    return refused(options.declineCode, "the refund is refused");
  const { now: updatedAt, name } = options;
  const refunds =
    name === undefined ? payment.refunds : [...(payment.refunds ?? []), { amount, name }];
  return {
    kind: "changed",
    payment: {
      ...payment,
      refunded: payment.refunded + amount,
      ...(refunds === undefined ? {} : { refunds }),
      updatedAt,
    },
  };
}
