// Every unsafe request, and why it may be sent again when its answer was lost: either it takes an
// Idempotency-Key, or a repeat is the same thing by its nature. test/security/idempotency.test.ts walks
// this table beside what is really mounted, so that a new unsafe route cannot be forgotten.
// docs/repeats.md is written from it.

import type { Route } from "../routes.ts";

export type UnsafeMethod = "POST" | "PUT" | "DELETE";
export type Unsafe = `${UnsafeMethod} ${Route}`;

export type Repeat =
  /** Needed; `kept` says where the answer is, and how long. */
  { takes: "key"; kept: string } | { takes: "no key"; because: string };

const keptWithSale = "with the order or the hold, as long as they are";
const keptWeek = "with what was made, for seven days";

const key = (kept: string): Repeat => ({ takes: "key", kept });
const natural = (because: string): Repeat => ({ takes: "no key", because });

export const repeats: Partial<Record<Unsafe, Repeat>> = {
  // the line
  "POST join": natural("the entry id is the request's own name: the same place"),
  "POST claim": natural("one admission for each entry: the same one"),
  "POST leave": natural("what is given up stays given up"),
  "POST plain": natural("joins and claims by the cookie's entry, as above"),
  "POST origin": natural(
    "the signed nonce is the name; said anew, each command sets what it says and adds nothing",
  ),

  "POST priorityReturn": natural("a turn for each token, once: the same place"),

  // the shop
  "POST enter": natural("the nonce is the name: with it the same entering, with another refused"),
  "DELETE shopSession": natural("what has ended stays ended"),
  "POST holds": key(keptWithSale),
  "DELETE hold": natural("seats that were given back stay given back"),
  "POST extendHold": natural(
    "asks for a full hold from now, up to the longest: a repeat asks for the same",
  ),
  "POST orders": key(keptWithSale),
  "POST orderPay": key(keptWithSale),
  "POST orderCancel": natural("a cancelled order is answered as it is"),
  "POST webhook": natural("a hint to ask the provider; what it says is not believed"),

  "POST buyerOrder": natural("a read; its code belongs in no address"),
  "POST giveBackPreview": natural("reckons and changes nothing"),
  "POST giveBack": key("with the giving back, as long as it is"),

  // tickets
  "POST ticketHolding": natural("a read; its code belongs in no address"),
  "POST ticketOffer": natural("offered to the same person already: the same offer"),
  "DELETE ticketOffer": natural("what was taken back stays taken back"),
  "POST ticketAgain": key("with the mail, for an hour"),
  "POST offered": natural("a read; its code belongs in no address"),
  "POST offeredAccept": natural("the offer is the name: the same person gets the same ticket"),

  // gates
  "POST gateSignIn": natural("the code is used up: a lost answer needs another code"),
  "DELETE gateSession": natural("what has ended stays ended"),
  "POST gateScans": natural("each scan has a nonce: the same verdict, and one scan"),

  // the desk
  "POST deskSignIn": natural("one session more, which ends by itself"),
  "POST deskSignOut": natural("what has ended stays ended"),
  "POST deskPlanImport": natural("a plan is named by its content: the same plan"),
  "POST deskPlanDemo": natural("a plan is named by its content: the same plan"),
  "POST deskPerformances": key(keptWeek),
  "POST deskOnSales": key(keptWeek),
  "POST deskOnSalePreview": natural("reckons and changes nothing"),
  "POST deskOnSaleActions": natural(
    "names the version that it was decided on: the second is told the newer one",
  ),
  "POST deskOrderSearch": natural("a read; an address and a name belong in no address"),
  "POST deskRefundPreview": natural("reckons and changes nothing"),
  "POST deskRefunds": key("with the giving back, as long as it is"),
  "POST deskOrderAgain": natural("asks the provider how it stands, and goes on from there"),
  "POST deskOrderPayBack": natural(
    "for a stuck order only: the second is told that it no longer is",
  ),
  "POST deskOrderSettle": natural(
    "for a stuck order only: the second is told that it no longer is",
  ),
  "POST deskRefundAgain": natural("the giving back's own key at the provider: made there once"),
  "POST deskRefundSettle": natural("for a stuck one only: the second is told that it no longer is"),
  "POST deskOriginKeys": key(keptWeek),
  "DELETE deskOriginKey": natural("what was revoked stays revoked"),
  "POST deskCodeBatches": key(keptWeek),
  "POST deskCancellation": natural("the performance is the name: the first word for it stays"),
  "POST deskGates": key(keptWeek),
  "POST deskGateDevices": key(keptWeek),
  "DELETE deskGateDevice": natural("what was revoked stays revoked"),
};
