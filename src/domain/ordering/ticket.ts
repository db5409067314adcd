// A ticket belongs to one order and one seat, and its id follows from both: whoever issues it again
// after a lost answer issues the same ticket, not a second one (S1).

import { createHash } from "node:crypto";
import type { TransferId } from "../../foundation/after-sale-ids.ts";
import type { OrderId, SeatNumber, TicketId } from "../../foundation/ids.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export function ticketIdOf(orderId: OrderId, seat: SeatNumber): TicketId {
  return idFrom(`usher ticket ${orderId} ${seat}`);
}

/** The ticket that a transfer makes. */
export function handedTicketId(transferId: TransferId): TicketId {
  return idFrom(`usher handed ticket ${transferId}`);
}

function idFrom(text: string): TicketId {
  const digest = createHash("sha256").update(text).digest();
  let body = "";
  for (let i = 0; i < 22; i += 1) body += alphabet[(digest[i] ?? 0) % alphabet.length];
  return `tk_${body}` as TicketId;
}
