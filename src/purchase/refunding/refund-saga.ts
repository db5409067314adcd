// A refund, as a table in the manner of the purchase's: *at* this state make this *call*, and *on* each
// answer do this. The call of the money is asked about before it is made, whoever made it before, and a
// difference to our own book is never explained away: it is a person's (`stuck`).
//
// Keeps: the intent stands in the store before the provider is called; the key of the call is made of
// order, attempt and refund alone; seats and mail follow only from the provider's word.
// docs/states.md is written from this table. Read next: refunds.ts (who drives it).

import { idempotencyKey } from "../../domain/ordering/payment.ts";
import type { RefundState } from "../../domain/ordering/refund.ts";
import type { RefundId } from "../../foundation/after-sale-ids.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { RefundCall, PaymentGateway } from "../../ports/payment-gateway.ts";
import type { LeasedRefund, RefundChange, RefundStore } from "../../ports/tickets/refund-store.ts";
import type { Reach } from "../failpoint.ts";

export type RefundWorld = {
  gateway: PaymentGateway;
  store: Pick<RefundStore, "standing">;
  clock: Clock;
  silenceMs: number;
  reach: Reach<RefundId>;
};

type Outcome = { kind: string; because?: string };
/** "settle": money, seats and mail in one transaction. */
type Move = (leased: LeasedRefund, outcome: Outcome, now: number) => RefundChange | "settle";

export type RefundStep = {
  step: string;
  says: string;
  at: RefundState;
  call(world: RefundWorld, leased: LeasedRefund): Promise<Outcome>;
  on: Readonly<Record<string, Move>>;
};

const tryAgainMs = 600_000;
const goOn: Move = () => ({ state: "refunding", keepLease: true });
const settle: Move = () => "settle";
const later: Move = ({ refund }, _outcome, now) => ({
  state: "refunding",
  dueAt: now + Math.min(30_000, Math.max(500, Math.round((now - refund.requestedAt) / 8))),
});
/** A person is needed; and it is tried again by itself, seldom, since a provider may give in. */
const stuck: Move = (_leased, { because = "unknown" }, now) => ({
  state: "stuck",
  stuckBecause: because,
  dueAt: now + tryAgainMs,
});

export const refundSaga: readonly RefundStep[] = [
  {
    step: "begin-refund",
    says: "The tickets have ended; the intent to ask the provider is written.",
    at: "requested",
    call: async () => ({ kind: "begun" }),
    on: { begun: goOn },
  },
  {
    step: "give-back",
    says: "The provider is asked how much is back already, and then, once, for the rest of it.",
    at: "refunding",
    call: giveBack,
    on: { refunded: settle, refused: stuck, contradicts: stuck, unknown: later, silent: stuck },
  },
  {
    step: "try-refund-again",
    says: "What a person was called for is begun anew, by asking.",
    at: "stuck",
    call: async () => ({ kind: "again" }),
    on: { again: goOn },
  },
];

/** What is at the provider decides; our own book and its ledger must have agreed before this refund. */
async function giveBack(world: RefundWorld, leased: LeasedRefund): Promise<Outcome> {
  const { gateway } = world;
  const { refund, paidBack } = leased;
  const { orderId, attempt, amount } = refund;
  // Nothing goes back of a ticket that cost nothing, or whose price is kept.
  if (amount.amount === 0) return { kind: "refunded" };
  const call = refundCall(leased);
  if (call === undefined) return { kind: "contradicts", because: "no-provider-reference" };
  const found = await gateway.find(orderId, attempt, call.providerRef);
  if (found.kind === "unknown") return silence(world, leased);
  if (found.kind === "none") return { kind: "contradicts", because: "provider-lost-payment" };
  const there = found.payment;
  if (there.state !== "captured") return { kind: "contradicts", because: `payment-${there.state}` };
  if (there.refunded !== paidBack) {
    const made = await gateway.findRefund(call);
    if (made.kind === "unknown") return silence(world, leased);
    if (made.kind === "refused") return refusal(made.code);
    if (made.kind === "refunded") return made;
    // Another refund of the same order may be under way, or have ended since; its row was there before
    // its money moved. Otherwise somebody paid back by hand.
    const now = await world.store.standing(refund.refundId);
    if (now.othersOpen === 0 && now.paidBack === paidBack)
      return { kind: "contradicts", because: "refunded-elsewhere" };
    if (now.othersOpen === 0) return { kind: "unknown" };
  }
  await world.reach("between asking and giving back", refund.refundId);
  const reply = await gateway.refund(call);
  if (reply.kind === "unknown") return silence(world, leased);
  return reply.kind === "refused" ? refusal(reply.code) : reply;
}

const refusal = (code: string): Outcome => ({ kind: "refused", because: `refund-${code}` });

function silence({ clock, silenceMs }: RefundWorld, { refund }: LeasedRefund): Outcome {
  const isLong = clock.now() > refund.requestedAt + silenceMs;
  return isLong ? { kind: "silent", because: "provider-silent" } : { kind: "unknown" };
}

/** Its key is its own for ever: a repeat, by whomever, is the same call. */
export function refundCall({ refund, providerRef }: LeasedRefund): RefundCall | undefined {
  if (providerRef === undefined) return undefined;
  const { orderId, attempt, refundId, amount } = refund;
  const key = `${idempotencyKey(orderId, attempt, "refund")}:${refundId}`;
  return { orderId, attempt, providerRef, amount, idempotencyKey: key };
}

export const refundFailpoints = [
  ...refundSaga.flatMap(({ step }) => [`before ${step}`, `after ${step}`]),
  "between asking and giving back",
  "after settle-refund",
];
