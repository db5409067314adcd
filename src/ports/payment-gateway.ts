// A payment provider in the rules' words. Never called inside a transaction. A timeout, a broken
// connection or an answer that makes no sense is `unknown`, never "no": the caller asks with `find`
// before it does anything else. Every changing call carries an idempotency key that stays the same
// over retries, and amounts come from our order alone (S9).

import type { OrderId } from "../foundation/ids.ts";
import type { Money } from "../wire/contract.ts";

export type PaymentCall = { orderId: OrderId; attempt: number; idempotencyKey: string };

export type Unknown = { kind: "unknown"; detail: string };

export type AuthorizeReply =
  | { kind: "authorized"; providerRef: string }
  | { kind: "requires-action"; providerRef: string; actionUrl: string }
  | { kind: "declined"; providerRef: string | undefined; code: string }
  | Unknown;

export type CaptureReply = { kind: "captured" } | { kind: "declined"; code: string } | Unknown;
/** `too-late`: it was captured meanwhile; only a refund helps. */
export type VoidReply = { kind: "voided" } | { kind: "too-late" } | Unknown;
export type RefundReply = { kind: "refunded" } | { kind: "refused"; code: string } | Unknown;

/** What the provider's ledger says of one attempt. */
export type ProviderPayment = {
  orderId: OrderId;
  attempt: number;
  providerRef: string;
  state: "processing" | "requires-action" | "authorized" | "captured" | "voided" | "declined";
  amount: Money;
  captured: number;
  refunded: number;
  actionUrl: string | undefined;
  declineCode: string | undefined;
  createdAt: number;
};

export type PaymentGateway = {
  readonly provider: string;
  authorize(
    call: PaymentCall & { amount: Money; method: string; returnUrl: string },
  ): Promise<AuthorizeReply>;
  capture(call: PaymentCall & { providerRef: string; amount: Money }): Promise<CaptureReply>;
  void(call: PaymentCall & { providerRef: string }): Promise<VoidReply>;
  refund(call: PaymentCall & { providerRef: string; amount: Money }): Promise<RefundReply>;
  /** Asks the ledger by our own names. `none`: the provider never took it. */
  find(
    orderId: OrderId,
    attempt: number,
  ): Promise<{ kind: "found"; payment: ProviderPayment } | { kind: "none" } | Unknown>;
  /** The ledger in pages, oldest first, for the reconciler and the checks. */
  ledger(since: number): AsyncIterable<ProviderPayment[]>;
  /** Verifies a webhook; undefined: forged or malformed, changes nothing (M3). */
  readWebhook(
    body: string,
    headers: Headers,
  ): Promise<{ orderId: OrderId; attempt: number; id: string } | undefined>;
};
