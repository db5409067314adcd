// Giving money back for tickets of a confirmed order, whole or single ones, and the only ways that such
// a refund may go. The order itself stays confirmed: the sale took place, and what was given back of it
// afterwards stands beside it. What happens in a state is purchase/refunding/refund-saga.ts.
//
// The tickets end with the request, so that nobody is let in on money that is on its way back; the
// seats return to sale only when the provider has given it back.
// (An order whose tickets could never be issued is paid back by the purchase's own saga: order.ts.)

export type RefundState = "requested" | "refunding" | "refunded" | "stuck";

export const refundStates = [
  "requested",
  "refunding",
  "refunded",
  "stuck",
] as const satisfies readonly RefundState[];

type RefundTransition = { from: RefundState; to: RefundState; when: string };

export const refundTransitions: readonly RefundTransition[] = [
  {
    from: "requested",
    to: "refunding",
    when: "The tickets have ended; from here on the provider may have been asked.",
  },
  {
    from: "refunding",
    to: "refunded",
    when: "The provider has given it back: seats return, the fan is told, one transaction.",
  },
  {
    from: "refunding",
    to: "stuck",
    when: "The provider refuses, contradicts our book, or is silent too long: a person is needed.",
  },
  {
    from: "stuck",
    to: "refunding",
    when: "It is tried again, by asking first: by a person, or by itself after a while.",
  },
  {
    from: "stuck",
    to: "refunded",
    when: "A person has settled it elsewhere and says how; the reason is kept.",
  },
];

const allowed = new Set(refundTransitions.map(({ from, to }) => `${from}>${to}`));

/** Looking again, while the provider is silent, is staying. */
export function mayRefundMove(from: RefundState, to: RefundState): boolean {
  return from === to ? from === "refunding" : allowed.has(`${from}>${to}`);
}

/** Why a ticket is not paid back. */
export type RefundRefusal =
  /** The order never became a sale, or is paid back already by its own saga. */
  | "not-confirmed"
  /** No seat of it has a ticket that still counts. */
  | "not-valid"
  /** Somebody else holds the ticket now: its buyer cannot end it, the operator can. */
  | "given-away"
  | "checked-in"
  | "not-allowed"
  | "too-late";

/** Of what an on-sale lets its fans do; `fee` is kept of each ticket, in minor units. */
export type CancelTerms = { until: number; fee: number };

export function cancelTerms(
  settings: { fanCancelBeforeMs?: number | undefined; fanCancelFee?: number | undefined },
  startsAt: number,
): CancelTerms | undefined {
  const { fanCancelBeforeMs, fanCancelFee = 0 } = settings;
  if (fanCancelBeforeMs === undefined) return undefined;
  return { until: startsAt - fanCancelBeforeMs, fee: fanCancelFee };
}

/** What goes back and what is kept of one ticket: never more than it cost, never less than nothing. */
export function shareOf(price: number, fee: number): { amount: number; fee: number } {
  const kept = Math.min(price, fee);
  return { amount: price - kept, fee: kept };
}
