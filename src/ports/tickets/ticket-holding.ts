// Who holds a ticket, and how it comes into other hands. A transfer is offered by the holder and
// accepted by whoever was sent its link; accepting ends the old ticket and makes the new one in one
// transaction, so that at every moment exactly one code of a seat opens the door (S1).

import type { TransferId } from "../../foundation/after-sale-ids.ts";
import type { OnSaleId, PerformanceId, TicketId } from "../../foundation/ids.ts";
import type { Locale, TransferRefusal } from "../../wire/contract.ts";
import type { Ticket } from "../order-store.ts";

export type Person = { name: string; email: string; locale: Locale };
export type Holding = {
  ticket: Ticket;
  onSaleId: OnSaleId;
  holder: Person;
  checkedIn: boolean;
  /** How often the ticket of this seat and order was handed over already. */
  handovers: number;
  offer: { transferId: TransferId; to: string; expiresAt: number } | undefined;
};
export type Transfer = {
  transferId: TransferId;
  state: "offered" | "accepted" | "withdrawn";
  ticketId: TicketId;
  offeredTo: string;
  locale: Locale;
  expiresAt: number;
  newTicketId: TicketId | undefined;
};
export type NewOffer = {
  transferId: TransferId;
  ticketId: TicketId;
  to: string;
  locale: Locale;
  expiresAt: number;
  maxHandovers: number;
};
type Refused = { kind: "refused"; reason: TransferRefusal };

export type TicketHolding = {
  /** Every ticket of a performance that no longer counts, oldest first. The list only grows. */
  revoked(performanceId: PerformanceId): Promise<TicketId[]>;
  holding(ticketId: TicketId): Promise<Holding | undefined>;
  transfer(transferId: TransferId): Promise<Transfer | undefined>;
  /** One open offer a ticket, few a day. With the mail that is owed, in one transaction. */
  offer(offer: NewOffer): Promise<{ kind: "offered" } | Refused>;
  withdraw(ticketId: TicketId): Promise<{ kind: "withdrawn" | "no-offer" }>;
  /** `ticket` is the new one. A repeat by the same receiver gets what the first one got. */
  accept(
    transferId: TransferId,
    ticket: Pick<Ticket, "ticketId" | "code" | "issuedAt">,
    receiver: Person,
  ): Promise<{ kind: "accepted" | "repeated"; ticket: Ticket } | Refused>;
  /** Owes the holder the mail once more for each key; a few times an hour. */
  sendAgain(ticketId: TicketId, idempotencyKey: string): Promise<{ kind: "owed" | "too-often" }>;
};
