// What a webhook says of a changed payment, in the protocol that the payment was begun in.

import type { SandboxPayment } from "./ledger.ts";
import { eventBody } from "./stripe/shapes.ts";
import { tossNotice } from "./toss/shapes.ts";

type About = { id: string; createdAt: number };

/** Undefined: this protocol says nothing of such a change. */
export function webhookBody(payment: SandboxPayment, about: About): string | undefined {
  switch (payment.dialect) {
    case "sandbox":
      return ownBody(payment, about);
    case "stripe":
      return eventBody(payment, about);
    case "toss":
      return tossNotice(payment, about);
  }
}

function ownBody(payment: SandboxPayment, { id, createdAt }: About): string {
  const { order, attempt, state } = payment;
  const type = "payment.changed";
  return JSON.stringify({ id, type, createdAt, payment: payment.id, order, attempt, state });
}
