// The words of orders and refunds at the desk. They are about money: short and exact.

import type { DeskOrdersWords } from "../ko/desk-orders.ts";

const n = (value: number) => new Intl.NumberFormat("en").format(value);
const tickets = (count: number) => (count === 1 ? "1 ticket" : `${n(count)} tickets`);

/** Why a refund stopped. A provider's code that is not known is shown as it is. */
const because: Record<string, string> = {
  "provider-silent": "The provider has not answered for long",
  "refunded-elsewhere": "The provider has a refund that we do not know",
  "provider-lost-payment": "The provider does not know this payment",
  "no-provider-reference": "The provider's reference is missing",
  "refund-already-refunded": "The provider has paid everything back already",
};

const reasons: Record<string, string> = {
  "provider-silent": "the provider does not answer",
  "amount-differs": "another amount there",
  "captured-amount-differs": "another amount taken",
  "provider-lost-payment": "the provider does not know it",
  "provider-undecided": "the provider cannot say",
  "refunded-at-provider": "paid back at the provider",
  "seats-not-kept": "the seats were not kept",
  "seat-has-a-ticket": "the seat has another ticket",
  "hold-ended": "the hold ended",
  "too-late": "the hold ended",
  "fan-left": "cancelled by the buyer",
  replaced: "replaced by a new order",
  "seats-lost": "somebody else has the seats",
  "by-operator": "paid back by the desk",
  "late-money": "the money came late",
  "settled-by-person": "settled by a person",
  "settled-elsewhere": "paid back another way",
};

export const deskOrders: DeskOrdersWords = {
  title: "Orders",
  waiting: "Waiting for a person",
  intro: "Orders and refunds that the machine could not decide alone, longest first.",
  empty: "Nothing waits for a person",
  emptyNext: "Every order and refund has ended by itself, or is under way.",
  since: (ago) => `for ${ago}`,
  late: "Money that came late",
  lateIntro:
    "Payments that arrived after their hold had ended. If the same seats were free they are sold; if not the money goes back and the fan may return to the front of the line.",
  lateKept: "the same seats were free",
  lateGone: "somebody else had the seats",
  find: "Find an order",
  findHint:
    "An order's number, the e-mail of a buyer or holder, a ticket's number, or its address.",
  findGo: "Find",
  finding: "Looking",
  notFound: "No order matches. Give the whole e-mail address, or the whole number.",
  findMore: "There are more. An order's number finds exactly one.",
  performance: "Performance",
  number: "Order",
  buyer: "Buyer",
  seats: "Seats and tickets",
  place: (section, row, label) =>
    [section, row === "" ? "" : `row ${row}`, `seat ${label}`].filter(Boolean).join(", "),
  seatsHint:
    "A ticket ends when its refund is asked for; its seat is free once the provider has confirmed.",
  live: "valid ticket",
  holder: (name) => `held by ${name}`,
  noTicket: "no valid ticket",
  checkedIn: (gate, at) => `let in at ${gate} (${at})`,
  books: "Our book and the provider's",
  noAttempts: "Nobody has tried to pay yet.",
  attempt: (count) => `Payment ${n(count)}`,
  here: "Ours",
  there: "Provider",
  thereNone: "unknown there (no money taken)",
  thereUnread: "does not answer now",
  taken: (money) => `${money} taken`,
  refunded: (money) => `${money} paid back`,
  verdict: {
    agree: "The books agree.",
    differ: "The books differ.",
    unread: "Not compared: the provider does not answer.",
  },
  refund: "Refund",
  refunds: "Refunds",
  refundState: {
    requested: "refund asked for",
    refunding: "being paid back",
    refunded: "paid back",
    stuck: "refund stuck",
  },
  feeKept: (money) => `fee ${money} kept`,
  byFan: "asked for by the buyer",
  byDesk: (name) => `by ${name || "the desk"}`,
  paidThere: "seen at the provider",
  paidElsewhere: "paid back another way",
  because: (code) => because[code] ?? `The provider refuses (${code.replace(/^refund-/, "")})`,
  giveBack: "Give back",
  which: "Tickets to give back",
  allOf: (count) => `All (${tickets(count)})`,
  keepFee: (money) => `Keep the cancellation fee (${money} a ticket)`,
  withhold: "Keep the seats from sale",
  refundReason: "Reason",
  refundReasonHint: "Kept in the audit. The buyer does not see it.",
  refundGo: (money) => `Pay back ${money}`,
  refundBusy: "Asking for the refund",
  refundDone: "The refund is asked for. The tickets no longer open the door.",
  effectNone: "Choose tickets to see what goes back.",
  effectBack: (money, count) => `${money} for ${tickets(count)} goes back the way it was paid.`,
  effectFee: (money) => `A fee of ${money} is kept.`,
  effectTickets: "The tickets end at once; the buyer gets a mail when the money is back.",
  effectOnSale: "Once the provider has confirmed, the seats are on sale again.",
  effectFree:
    "Once the provider has confirmed, the seats are free. Nothing sells them now; a new on-sale would.",
  effectWithheld: "The seats are kept from sale.",
  effectInside: (count) =>
    `${tickets(count)} of these ${count === 1 ? "was" : "were"} let in already.`,
  effectGiven: (count) =>
    `${tickets(count)} of these ${count === 1 ? "was" : "were"} given to somebody, who gets a mail too.`,
  decide: "This needs a person",
  again: "Ask the provider again",
  againIn: (seconds) =>
    `It is free again in ${seconds === 1 ? "a second" : `${n(seconds)} seconds`} at the latest.`,
  askedAgain: "The provider was asked again.",
  payBack: "Pay everything back",
  payBackDone:
    "The refund has begun. When it is done the seats are free and the buyer gets a mail.",
  settle: "Mark as settled",
  settled: "Noted as settled.",
  settleReason: "What was found out (kept in the audit)",
  settleThere: "Paid back at the provider",
  settleElsewhere: "Paid back another way",
  settleHint:
    "All three need a few words above. The provider's ledger is read again when you press.",
  needs: {
    payBack: "where the provider holds exactly the order's amount. It sends it back.",
    settle: "where the provider holds nothing of it.",
    elsewhere: "where the provider holds money. It stays there.",
  },
  refundNext:
    "It is tried again by itself every ten minutes. If you paid back in the provider's own pages, say so here. Nothing is paid back twice.",
  next: {
    "provider-silent":
      "The provider has not answered for long. Look at its status page, then ask again. The seats are kept meanwhile.",
    "amount-differs":
      "The provider has another amount than the order. Look it up there, put it right, then ask again.",
    "captured-amount-differs":
      "The provider took another amount than the order. Pay all of it back there, then mark it as settled.",
    "provider-lost-payment":
      "The provider says it does not know this payment. Look for its reference there; if nothing was taken, mark it as settled.",
    "provider-undecided":
      "The provider cannot say how it ended. Ask again in a moment; if it goes on, ask the provider.",
  },
  nextRefused:
    "The provider refuses to pay back. Look up why in its own pages, put it right, then ask again. If the buyer was paid back another way, say so.",
  nextOther:
    "Compare the books. If they agree now, asking again goes on from there; if tickets cannot be given, pay everything back.",
  history: "What it went through",
  none: "none",
  state: {
    draft: "not paid yet",
    authorizing: "being authorized",
    "requires-action": "waiting for the buyer to pay",
    "payment-unknown": "asking the provider",
    capturing: "being paid",
    issuing: "issuing tickets",
    confirmed: "sold",
    cancelled: "cancelled",
    refunding: "being paid back",
    refunded: "paid back in full",
    stuck: "stuck",
  },
  paymentState: {
    authorizing: "being authorized",
    "requires-action": "waits for the buyer",
    processing: "processing",
    authorized: "authorized, not taken",
    declined: "declined",
    capturing: "being taken",
    captured: "taken",
    voiding: "being voided",
    voided: "voided",
    refunding: "being paid back",
    refunded: "paid back",
    unknown: "unknown, being asked",
  },
  reason: (code) =>
    reasons[code] ??
    (code.startsWith("refund-") ? `refund refused (${code.slice("refund-".length)})` : code),
  why: {
    "not-confirmed": "The order is no sale, or all of it is paid back already.",
    "not-valid": "One of these tickets has ended already. Please look again.",
    "given-away": "Somebody else holds this ticket.",
    "checked-in": "This ticket was let in already.",
    "not-stuck": "It is no longer stuck. Please look at how it is now.",
    "not-there": "The provider's ledger does not show that refund.",
    unreadable: "The provider does not answer, so it could not be checked.",
    "nothing-held": "The provider holds no money. Mark it as settled.",
    "money-held":
      "The provider still holds money. Pay it back first, or say that it was paid back another way.",
  },
};
