// The purchase, as a table. A row reads: *at* these states of order and payment (the committed intent),
// make this *call*, and *on* each answer do this. Rows are tried from the top; the first that fits counts.
//
// Step 1, confirm-seats, has no row: it is one transaction made when the fan pays (purchase.ts), and
// ends in the state of the row `authorize`. Step 5, the mail, is the relay's.
//
// The other way round: voided before the capture, refunded after it; seats go back only once the
// provider holds no money. docs/states.md is written from this table. Moves: moves.ts.

import * as move from "./moves.ts";
import { failpointsOf, type Step, step } from "./saga.ts";
import { askProvider } from "./steps/ask-provider.ts";
import { issueTickets } from "./steps/issue-tickets.ts";
import { authorize, capture, refund, voidPayment } from "./steps/payment-steps.ts";
import type { World } from "./world.ts";

const nothing = () => undefined;

export const purchaseSaga: readonly Step<World>[] = [
  step({
    step: "let-go",
    kind: "compensation",
    says: "An unpaid order ends with its hold.",
    at: { order: ["draft"] },
    call: async ({ clock }: World, { order }) =>
      clock.now() >= order.deadline ? { kind: "ended" as const } : { kind: "runs" as const },
    on: { ended: move.holdEnded, runs: move.waitForFan },
  }),
  step({
    step: "void",
    kind: "compensation",
    says: "The payment is cancelled before any seat is given back.",
    at: {
      order: ["authorizing", "requires-action", "payment-unknown", "capturing"],
      payment: ["voiding"],
    },
    call: voidPayment,
    on: { voided: move.voided, "too-late": move.ask, unknown: move.askLater },
  }),
  step({
    step: "authorize",
    kind: "compensatable",
    says: "The provider is asked to set the amount aside.",
    at: { order: ["authorizing"], payment: ["authorizing"] },
    call: authorize,
    on: {
      authorized: move.capture,
      "requires-action": move.waitForProof,
      declined: move.declined,
      unknown: move.ask,
      over: move.ask,
    },
    undoneBy: "void",
  }),
  step({
    step: "look-for-proof",
    kind: "asking",
    says: "While the fan proves the payment, the provider is asked how it stands.",
    at: { order: ["requires-action"], payment: ["requires-action"] },
    call: askProvider,
    on: {
      "wants-proof": move.waitForProof,
      processing: move.later,
      authorized: move.capture,
      "open-over": move.voidFirst,
      declined: move.declined,
      voided: move.voided,
      "never-taken-over": move.neverTaken,
      // Anything else is not for this row to judge.
      "never-taken": move.ask,
      captured: move.ask,
      refunded: move.ask,
      contradicts: move.ask,
      unknown: move.askLater,
      "silent-too-long": move.ask,
    },
    undoneBy: "void",
  }),
  step({
    step: "ask",
    kind: "asking",
    says: "An answer that never came is asked for before anything else is done.",
    at: { order: ["payment-unknown"] },
    call: askProvider,
    on: {
      "never-taken": move.authorizeAgain,
      "never-taken-over": move.neverTaken,
      processing: move.askLater,
      "wants-proof": move.waitForProof,
      authorized: move.capture,
      "open-over": move.voidFirst,
      captured: move.issue,
      refunded: move.refund,
      declined: move.declined,
      voided: move.voided,
      contradicts: move.stuck,
      unknown: move.askLater,
      "silent-too-long": move.stuck,
    },
  }),
  step({
    step: "capture",
    kind: "pivot",
    says: "The money is taken. From here the order only goes forward.",
    at: { order: ["capturing"], payment: ["capturing"] },
    call: capture,
    on: { captured: move.issue, declined: move.voidFirst, unknown: move.ask },
    undoneBy: "refund, only if the tickets cannot be issued",
  }),
  step({
    step: "issue-tickets",
    kind: "retried",
    says: "Seats sold, tickets written, mail owed, in one transaction with the word that the money is taken; tried until done.",
    at: { order: ["issuing"], payment: ["captured"] },
    call: issueTickets,
    joins: true,
    on: { issued: nothing, impossible: move.refund, lost: nothing },
  }),
  step({
    step: "refund",
    kind: "compensation",
    says: "What cannot be issued is paid back in full; only then the seats are free.",
    at: { order: ["refunding"], payment: ["refunding"] },
    call: refund,
    on: { refunded: move.refunded, refused: move.stuck, unknown: move.later },
  }),
];

export const failpoints = [
  "before confirm-seats",
  "after confirm-seats",
  ...failpointsOf(purchaseSaga),
];
