// An order and the only ways it may go (S10). The saga, the store and the checks all read this table;
// docs/states.md is written from it. What happens *in* a state is the saga's (purchase/purchase-saga.ts).
//
// The shape of it: everything before the capture can be undone and everything after it goes forward
// until it is done; only an impossible issue turns back, by a refund. An answer that never came is
// `payment-unknown`, never "no". An end is the end, but for one way back: a cancelled order whose money
// turns up at the provider after all.
// Staying in a working state (another look, another intent of its payment) is no transition, but it is
// a change: the version grows by one either way.

import { unreachable } from "../../foundation/assert.ts";

export type OrderState =
  | "draft"
  | "authorizing"
  | "requires-action"
  | "payment-unknown"
  | "capturing"
  | "issuing"
  | "confirmed"
  | "cancelled"
  | "refunding"
  | "refunded"
  | "stuck";

export const orderStates = [
  "draft",
  "authorizing",
  "requires-action",
  "payment-unknown",
  "capturing",
  "issuing",
  "confirmed",
  "cancelled",
  "refunding",
  "refunded",
  "stuck",
] as const satisfies readonly OrderState[];

export type Transition = { from: OrderState; to: OrderState; when: string };

const row = (from: OrderState, to: OrderState, when: string): Transition => ({ from, to, when });

export const transitions: readonly Transition[] = [
  row(
    "draft",
    "authorizing",
    "The fan pays: the seats are kept for the payment, whose intent is written.",
  ),
  row("draft", "cancelled", "The hold ended, the fan left, or the seats turned out to be lost."),

  row("authorizing", "capturing", "The provider authorized the payment."),
  row("authorizing", "requires-action", "The provider wants the fan to prove the payment."),
  row("authorizing", "payment-unknown", "The provider's answer never came, or made no sense."),
  row(
    "authorizing",
    "draft",
    "Declined: the seats go back to the hold, another card may be tried.",
  ),
  row("authorizing", "cancelled", "The hold's deadline passed and the provider has taken nothing."),

  row("requires-action", "capturing", "The fan proved the payment and it is authorized."),
  row("requires-action", "payment-unknown", "It could not be cancelled: the provider is asked."),
  row("requires-action", "draft", "Proof refused or given up: another card may be tried."),
  row("requires-action", "cancelled", "The deadline passed and the payment was cancelled first."),

  row("payment-unknown", "authorizing", "The provider never took it: the same call is made again."),
  row("payment-unknown", "requires-action", "The provider waits for the fan's proof."),
  row("payment-unknown", "capturing", "The provider has authorized it after all."),
  row("payment-unknown", "issuing", "The provider has captured it after all."),
  row(
    "payment-unknown",
    "confirmed",
    "It was captured after all, and the tickets are issued with it.",
  ),
  row("payment-unknown", "draft", "It was declined or cancelled, and the hold still runs."),
  row(
    "payment-unknown",
    "cancelled",
    "It was declined, cancelled or never taken; the hold is over.",
  ),
  row("payment-unknown", "refunding", "It was captured but the sale cannot be kept."),
  row(
    "payment-unknown",
    "stuck",
    "The provider's word contradicts ours, or it is silent too long.",
  ),

  row("capturing", "confirmed", "Captured, and the tickets are issued in the same transaction."),
  row("capturing", "issuing", "Captured, but the tickets could not be issued with it."),
  row("capturing", "payment-unknown", "The capture's answer never came: the provider is asked."),
  row("capturing", "draft", "The capture was refused, the authorization is void, the hold runs."),
  row("capturing", "cancelled", "The capture was refused, the authorization is void, too late."),

  row("issuing", "confirmed", "Seats sold, tickets issued, mail owed: one transaction."),
  row("issuing", "refunding", "The tickets cannot be issued: the money goes back."),

  row("refunding", "refunded", "The money is back and the seats are free."),
  row("refunding", "stuck", "The provider refuses the refund: a person is needed."),

  row(
    "cancelled",
    "payment-unknown",
    "Money came after the end: the same seats are taken again if they are free, the provider is asked.",
  ),

  row("stuck", "payment-unknown", "A person or the reconciler starts it again, by asking."),
  row("stuck", "refunding", "A person has it paid back; the provider holds all of it."),
  row(
    "stuck",
    "refunded",
    "A person says so; the provider has paid all of it back, or the fan had it back another way.",
  ),
  row("stuck", "cancelled", "A person says so; the provider holds nothing."),
];

/** Paid back another way than by the provider, who keeps what it took: the word of a person. */
export const settledElsewhere = "settled-elsewhere";

const allowed = new Set(transitions.map(({ from, to }) => `${from}>${to}`));

/** What an order in this state is waiting for. `end`: nothing, ever. */
export type Standing = "fan" | "saga" | "provider" | "person" | "end";

export function standingOf(state: OrderState): Standing {
  switch (state) {
    case "draft":
    case "requires-action":
      return "fan";
    case "authorizing":
    case "capturing":
    case "issuing":
    case "refunding":
      return "saga";
    case "payment-unknown":
      return "provider";
    case "stuck":
      return "person";
    case "confirmed":
    case "cancelled":
    case "refunded":
      return "end";
    default:
      return unreachable(state);
  }
}

export function isEnd(state: OrderState): boolean {
  return standingOf(state) === "end";
}

/** Whether a change may take an order from one state to the other; staying is for orders at work. */
export function mayMove(from: OrderState, to: OrderState): boolean {
  return from === to ? !isEnd(from) : allowed.has(`${from}>${to}`);
}

/** A fan may leave as long as nothing was captured. */
export function mayBeCancelled(state: OrderState): boolean {
  return state === "draft" || state === "authorizing" || state === "requires-action";
}
