// A payment provider in the rules' words. Never called inside a transaction. A timeout, a broken
// connection or an answer that makes no sense is `unknown`, never "no": the caller asks with `find`
// before it does anything else. Every changing call carries an idempotency key that stays the same
// over retries, and amounts come from our order alone (S9).

import type { Bounds } from "../foundation/bounds.ts";
import type { OrderId } from "../foundation/ids.ts";
import type { Money } from "../wire/contract.ts";

export type PaymentCall = { orderId: OrderId; attempt: number; idempotencyKey: string };

export type Unknown = { kind: "unknown"; detail: string };

export type AuthorizeReply =
  | { kind: "authorized"; providerRef: string }
  /** The fan goes on at `actionUrl`. No reference yet: the provider hears of it from the fan first. */
  | { kind: "requires-action"; providerRef: string | undefined; actionUrl: string }
  | { kind: "declined"; providerRef: string | undefined; code: string }
  | Unknown;

export type CaptureReply = { kind: "captured" } | { kind: "declined"; code: string } | Unknown;
/** `too-late`: it was captured meanwhile; only a refund helps. */
export type VoidReply = { kind: "voided" } | { kind: "too-late" } | Unknown;
export type RefundReply = { kind: "refunded" } | { kind: "refused"; code: string } | Unknown;
/** `none`: the provider has no giving back of this name; it may be asked for. */
export type FoundRefund = RefundReply | { kind: "none" };
export type RefundCall = PaymentCall & { providerRef: string; amount: Money };

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

export type ReturnExpected = { orderId: OrderId; attempt: number; amount: Money };

/** What brought a webhook: only names, never an amount or a state. */
export type WebhookHint = {
  orderId: OrderId;
  attempt: number;
  id: string;
  /** False: the provider signs nothing, so anybody may have sent it; worth a look now and then, no more. */
  signed: boolean;
};

export type PaymentGateway = {
  readonly provider: string;
  /** Calls that wait here for their turn, and how many may (Y2). */
  bounds: Bounds;
  /**
   * Who tells the provider of an attempt. `fan`: the fan's browser does, and comes back with the
   * provider's name for it; until our capture nothing can be taken, so an attempt that the provider
   * does not know is one that holds no money.
   */
  readonly begunBy: "shop" | "fan";
  /** How often to ask whether the fan has proved a payment, webhooks and the way back aside. */
  readonly proofPollMs: number;
  authorize(
    call: PaymentCall & { amount: Money; method: string; returnUrl: string },
  ): Promise<AuthorizeReply>;
  capture(call: PaymentCall & { providerRef: string; amount: Money }): Promise<CaptureReply>;
  void(call: PaymentCall & { providerRef: string }): Promise<VoidReply>;
  /** Whole or in part; each part has a key of its own, which the provider keeps as its name. */
  refund(call: RefundCall): Promise<RefundReply>;
  /**
   * Asks whether a giving back was made, by its own key. Providers forget idempotency keys after a day
   * or two, so one whose answer never came is asked about before it is asked for again.
   */
  findRefund(call: RefundCall): Promise<FoundRefund>;
  /**
   * Asks the ledger by our own names; a reference, where one is known, makes it quicker and surer.
   * `none`: the provider never took it, or took it and can take no money by it.
   */
  find(
    orderId: OrderId,
    attempt: number,
    providerRef?: string,
  ): Promise<{ kind: "found"; payment: ProviderPayment } | { kind: "none" } | Unknown>;
  /** The ledger in pages, each attempt once, for the reconciler and the checks. */
  ledger(since: number): AsyncIterable<ProviderPayment[]>;
  /** Verifies a webhook; undefined: forged or malformed, changes nothing (M3). */
  readWebhook(body: string, headers: Headers): Promise<WebhookHint | undefined>;
  /**
   * The provider's name for the payment, as the fan brings it back in the return address. Compared
   * with what we asked for and never believed further: the capture names our own amount. Undefined:
   * nothing to take from it.
   */
  readReturn(query: URLSearchParams, asked: ReturnExpected): string | undefined;
};
