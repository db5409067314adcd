// Stripe as a PaymentGateway, by its official SDK: a Checkout Session (Stripe's own page: card, wallet,
// extra authentication) over a PaymentIntent with manual capture. Our pages never see a card.
//
// Keeps: no money can be taken before the fan has the session's address, and we hand it out only after
// we know it; so a creation whose answer was lost is harmless, and is made again under its key. What
// was authorized has a PaymentIntent, asked for by its id. The SDK's own retries are off: the saga asks
// first. What Stripe says is compared with what we asked; a difference is never a success.
// Read next: stripe-answers.ts (its objects in our words), stripe-errors.ts (what an error means),
// stripe-refunds.ts (giving back).

import type Stripe from "stripe";
import { Fault } from "../../foundation/fault.ts";
import type { PaymentGateway, ProviderPayment, Unknown } from "../../ports/payment-gateway.ts";
import type { Money } from "../../wire/contract.ts";
import { Pace } from "../pace.ts";
import { Turnstile } from "../turnstile.ts";
import { hintOf, moneyOf, namesOf, paymentOfIntent, paymentOfSession } from "./stripe-answers.ts";
import { openStripe, sessionParams, type StripeAccess } from "./stripe-client.ts";
import { askStripe, differs, type Reply, sameMoney, unclear } from "./stripe-errors.ts";
import { findRefund, makeRefund, refundingBy } from "./stripe-refunds.ts";

export type StripeGatewayOptions = StripeAccess & {
  webhookSecret: string;
  /** Under way at once. */
  concurrency: number;
  /** Started in a second at one endpoint; Stripe's published default is 25. */
  perSec: number;
  now: () => number;
};

export function stripeGateway(options: StripeGatewayOptions): PaymentGateway {
  const stripe = openStripe(options);
  const turnstile = new Turnstile(options.concurrency);
  const pace = new Pace(options.perSec);
  // First the pace: who waits for one endpoint must not stand in the way of another's calls.
  const look = async <Answer>(endpoint: string, call: () => Promise<Answer>) => {
    for (let tries = 1; ; tries += 1) {
      await pace.turn(endpoint);
      const reply = await turnstile.pass(() => askStripe(call));
      // Too many requests: nothing was done, and other processes call it too.
      if (reply.kind !== "refused" || reply.status !== 429 || tries >= busyTries) return reply;
      pace.hold(endpoint, busyPauseMs * tries);
    }
  };
  /** An error 500 is kept under its key and repeated: what is done at most once has another try. */
  const change = async <Answer>(
    endpoint: string,
    key: string,
    call: (key: string) => Promise<Answer>,
  ) => {
    const first = await look(endpoint, () => call(key));
    if (first.kind !== "refused" || !first.isOldError) return first;
    return await look(endpoint, () => call(`${key}:again`));
  };
  const intentOf = (ref: string) =>
    look("retrieve", () => stripe.paymentIntents.retrieve(ref, { expand: ["latest_charge"] }));
  const sessionOf = (ref: string) =>
    look("session", () =>
      stripe.checkout.sessions.retrieve(ref, { expand: ["payment_intent.latest_charge"] }),
    );

  /** What became of a session, where only its PaymentIntent can be captured, voided or refunded. */
  async function asIntent(ref: string): Promise<string | undefined> {
    if (!isSession(ref)) return ref;
    const reply = await sessionOf(ref);
    const intent = reply.kind === "answer" ? reply.answer.payment_intent : null;
    return typeof intent === "string" ? intent : intent?.id;
  }

  const refunding = refundingBy(stripe, look, intentOf);

  return {
    provider: "stripe",
    bounds: () => ({ provider_calls: turnstile.bound, provider_line: pace.bound }),
    begunBy: "shop",
    // Its webhook comes first; every fan is at its page, and each question is one of the 25 a second.
    proofPollMs: 60_000,

    async authorize({ orderId, attempt, amount, returnUrl, idempotencyKey }) {
      // For nothing it makes no PaymentIntent, and there would be nothing to capture.
      if (amount.amount === 0) return tooSmall;
      const params = sessionParams({ orderId, attempt, amount, returnUrl });
      const reply = await change("open", idempotencyKey, (key) =>
        stripe.checkout.sessions.create(params, { idempotencyKey: key }),
      );
      if (reply.kind === "refused" && reply.code === "amount_too_small") return tooSmall;
      if (reply.kind !== "answer") return unclear("authorize", reply);
      const { id, url, status, amount_total, currency } = reply.answer;
      if (!sameMoney(moneyOf(amount_total, currency), amount)) return differs("authorize");
      return status === "open" && url !== null
        ? { kind: "requires-action", providerRef: id, actionUrl: url }
        : { kind: "unknown", detail: `authorize: a session that is ${status}` };
    },

    async capture({ providerRef, amount, idempotencyKey }) {
      const id = await asIntent(providerRef);
      if (id === undefined) return { kind: "unknown", detail: "capture: nothing authorized yet" };
      const reply = await change("capture", idempotencyKey, (key) =>
        stripe.paymentIntents.capture(
          id,
          { amount_to_capture: amount.amount },
          { idempotencyKey: key },
        ),
      );
      if (reply.kind === "answer") return isCaptured(reply.answer, amount);
      if (reply.kind !== "refused") return reply;
      if (reply.intent?.status === "succeeded") return isCaptured(reply.intent, amount);
      const lapsed =
        reply.code === "capture_charge_authorization_expired" ||
        reply.intent?.status === "canceled";
      if (lapsed) return { kind: "declined", code: "authorization-expired" };
      return reply.isCard ? { kind: "declined", code: "card-declined" } : unclear("capture", reply);
    },

    async void({ providerRef, idempotencyKey }) {
      if (isSession(providerRef)) {
        const ended = await change("expire", `${idempotencyKey}:session`, (key) =>
          stripe.checkout.sessions.expire(providerRef, {}, { idempotencyKey: key }),
        );
        // An open session is over now and can take nothing; a finished one has a PaymentIntent.
        if (ended.kind === "answer" && ended.answer.status === "expired") return { kind: "voided" };
        if (ended.kind === "unknown") return ended;
        const session = await sessionOf(providerRef);
        if (session.kind !== "answer") return unclear("void", session);
        if (session.answer.status === "expired") return { kind: "voided" };
      }
      const id = await asIntent(providerRef);
      if (id === undefined) return { kind: "unknown", detail: "void: the session stays open" };
      const reply = await change("cancel", idempotencyKey, (key) =>
        stripe.paymentIntents.cancel(id, {}, { idempotencyKey: key }),
      );
      const status =
        reply.kind === "answer"
          ? reply.answer.status
          : reply.kind === "refused"
            ? reply.intent?.status
            : undefined;
      if (status === "canceled") return { kind: "voided" };
      if (status === "succeeded") return { kind: "too-late" };
      return reply.kind === "answer"
        ? { kind: "unknown", detail: `void: ${status}` }
        : unclear("void", reply);
    },

    async refund(call) {
      const id = await asIntent(call.providerRef);
      return id === undefined
        ? { kind: "refused", code: "nothing-captured" }
        : await makeRefund(refunding, id, call);
    },

    async findRefund(call) {
      const id = await asIntent(call.providerRef);
      return id === undefined
        ? { kind: "unknown", detail: "find-refund: nothing captured" }
        : await findRefund(refunding, id, call);
    },

    async find(orderId, attempt, providerRef) {
      const reply = await findPayment();
      if (reply.kind === "unknown" || reply.kind === "none") return reply;
      const { payment } = reply;
      return payment.orderId === orderId && payment.attempt === attempt
        ? reply
        : { kind: "unknown", detail: "find: another order's payment" };

      async function findPayment() {
        if (providerRef === undefined) return await searchPayment();
        const found = isSession(providerRef)
          ? mapAnswer(await sessionOf(providerRef), paymentOfSession)
          : mapAnswer(await intentOf(providerRef), paymentOfIntent);
        return found;
      }

      /** The index follows later; that is no harm, see the header. */
      async function searchPayment() {
        const query = `metadata["order"]:"${orderId}" AND metadata["attempt"]:"${attempt}"`;
        const expand = ["data.latest_charge"];
        const found = await look("search", () =>
          stripe.paymentIntents.search({ query, limit: 2, expand }),
        );
        if (found.kind === "answer" && isEmptyList(found.answer)) return { kind: "none" } as const;
        return mapAnswer(found, ({ data }) => (data?.[0] ? paymentOfIntent(data[0]) : undefined));
      }
    },

    async *ledger(since) {
      let after: string | undefined;
      for (;;) {
        const page = await look("list", () =>
          stripe.paymentIntents.list({
            created: { gte: Math.floor(since / 1_000) },
            limit: 100,
            expand: ["data.latest_charge"],
            ...(after === undefined ? {} : { starting_after: after }),
          }),
        );
        if (page.kind !== "answer" || !Array.isArray(page.answer.data))
          throw new Fault("provider-unavailable", "the provider's ledger cannot be read", {
            retryable: true,
          });
        const { data, has_more } = page.answer;
        // Somebody else sells on the same account: without our names it is not ours to judge.
        yield data.filter((intent) => namesOf(intent.metadata) !== undefined).flatMap(known);
        after = data.at(-1)?.id;
        if (!has_more || after === undefined) return;
      }
    },

    async readWebhook(body, headers) {
      const signature = headers.get("stripe-signature") ?? "";
      const { webhookSecret, now } = options;
      try {
        const event = await stripe.webhooks.constructEventAsync(
          body,
          signature,
          webhookSecret,
          toleranceSec,
          undefined,
          now(),
        );
        return hintOf(event);
      } catch {
        return undefined;
      }
    },

    // Stripe knows the payment from us, and the way back says nothing that its ledger does not.
    readReturn: () => undefined,
  };
}

const tooSmall = { kind: "declined", providerRef: undefined, code: "amount-too-small" } as const;
const busyTries = 3;
const busyPauseMs = 300;
const toleranceSec = 300;
const isEmptyList = ({ data }: { data: unknown }) => Array.isArray(data) && data.length === 0;
const isSession = (ref: string) => ref.startsWith("cs_");

function isCaptured(intent: Stripe.PaymentIntent, amount: Money) {
  const received = moneyOf(intent.amount_received, intent.currency);
  if (intent.status !== "succeeded") return { kind: "unknown", detail: intent.status } as const;
  return sameMoney(received, amount) ? ({ kind: "captured" } as const) : differs("capture");
}

function known(intent: Stripe.PaymentIntent): ProviderPayment[] {
  const payment = paymentOfIntent(intent);
  return payment === undefined ? [] : [payment];
}

function mapAnswer<Answer>(
  reply: Reply<Answer>,
  read: (answer: Answer) => ProviderPayment | undefined,
): { kind: "found"; payment: ProviderPayment } | { kind: "none" } | Unknown {
  if (reply.kind === "refused" && reply.code === "resource_missing") return { kind: "none" };
  if (reply.kind !== "answer") return unclear("find", reply);
  const payment = read(reply.answer);
  return payment === undefined
    ? { kind: "unknown", detail: "find: an object that makes no sense" }
    : { kind: "found", payment };
}
