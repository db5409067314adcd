// The provider's book: payments by id, by (order, attempt) and in the order they came; cards by token;
// answers by idempotency key; webhooks not yet delivered. All of it is a replay of the journal.
//
// Keeps: one line is one whole change (payment, stored answer and owed webhook together), so a kill
// between two of them cannot happen. Nothing here waits; api.ts awaits the journal before it answers.

import type { CardBehaviour } from "../test-cards.ts";
import type { Journal } from "./journal.ts";

export type PaymentState =
  | "processing"
  | "requires-action"
  | "authorized"
  | "captured"
  | "voided"
  | "declined";

/** Whose protocol a payment was begun in; its webhooks and pages are in the same. */
export type Dialect = "sandbox" | "stripe" | "toss";

export type SandboxPayment = {
  id: string;
  dialect: Dialect;
  order: string;
  attempt: number;
  state: PaymentState;
  amount: number;
  currency: string;
  captured: number;
  refunded: number;
  /** Each giving back with what the merchant called it, where its protocol lets it. */
  refunds?: readonly { amount: number; name: string }[];
  method: string;
  /** Undefined: the fan chooses the card on our page. */
  behaviour: CardBehaviour | undefined;
  returnUrl: string;
  /** Where a fan goes who gives up; undefined: the same way back. */
  failUrl?: string;
  /** Names the hosted authentication page; given to the merchant inside actionUrl only. */
  actionToken: string | undefined;
  declineCode: string | undefined;
  /** Its page was ended by the merchant before the fan was done. */
  expired?: true;
  createdAt: number;
  updatedAt: number;
};

export type Card = { id: string; behaviour: CardBehaviour; last4: string };
export type StoredAnswer = { key: string; bodyHash: string; status: number; body: unknown };
export type OwedWebhook = {
  id: string;
  paymentId: string;
  createdAt: number;
  body: string;
  dialect: Dialect;
};

export type LedgerEntry =
  | { kind: "card"; card: Card }
  | {
      kind: "payment";
      payment: SandboxPayment;
      answer?: StoredAnswer;
      webhook?: OwedWebhook;
    }
  | { kind: "answer"; answer: StoredAnswer }
  | { kind: "delivered"; webhookId: string };

/** Bounds of one sandbox: far above a sold-out stadium, far below a machine's memory. */
export const maxPayments = 1_000_000;
export const maxCards = 1_000_000;

export class Ledger {
  readonly payments: SandboxPayment[] = [];
  private readonly byId = new Map<string, number>();
  private readonly byAttempt = new Map<string, string>();
  private readonly byAction = new Map<string, string>();
  private readonly cards = new Map<string, Card>();
  private readonly answers = new Map<string, StoredAnswer>();
  readonly owed = new Map<string, OwedWebhook>();
  private journal: Journal | undefined;

  /** From here on changes are written; before, they are being replayed. */
  writeTo(journal: Journal): void {
    this.journal = journal;
  }

  commit(entry: LedgerEntry): void {
    this.apply(entry);
    this.journal?.append(entry);
  }

  apply(entry: LedgerEntry): void {
    switch (entry.kind) {
      case "card":
        this.cards.set(entry.card.id, entry.card);
        break;
      case "payment":
        // Ledgers from before there were other protocols do not name one.
        this.put({ ...entry.payment, dialect: entry.payment.dialect ?? "sandbox" });
        if (entry.answer !== undefined) this.answers.set(entry.answer.key, entry.answer);
        if (entry.webhook !== undefined) this.owed.set(entry.webhook.id, entry.webhook);
        break;
      case "answer":
        this.answers.set(entry.answer.key, entry.answer);
        break;
      case "delivered":
        this.owed.delete(entry.webhookId);
        break;
    }
  }

  private put(payment: SandboxPayment): void {
    const at = this.byId.get(payment.id);
    if (at === undefined) {
      this.byId.set(payment.id, this.payments.length);
      this.payments.push(payment);
    } else this.payments[at] = payment;
    // A fan may open the provider's page twice for one attempt; it goes by the one that was paid.
    if (at === undefined || payment.captured > 0)
      this.byAttempt.set(`${payment.order}:${payment.attempt}`, payment.id);
    if (payment.actionToken !== undefined) this.byAction.set(payment.actionToken, payment.id);
  }

  payment(id: string | undefined): SandboxPayment | undefined {
    const at = id === undefined ? undefined : this.byId.get(id);
    return at === undefined ? undefined : this.payments[at];
  }

  attempt(order: string, attempt: number): SandboxPayment | undefined {
    return this.payment(this.byAttempt.get(`${order}:${attempt}`));
  }

  byActionToken(token: string): SandboxPayment | undefined {
    return this.payment(this.byAction.get(token));
  }

  card(id: string): Card | undefined {
    return this.cards.get(id);
  }

  get cardCount(): number {
    return this.cards.size;
  }

  answer(key: string): StoredAnswer | undefined {
    return this.answers.get(key);
  }

  /** Index of the first payment made at or after `since`. */
  firstSince(since: number): number {
    let low = 0;
    let high = this.payments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.payments[middle]?.createdAt ?? Infinity) < since) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
