// The ticket that a code names: the signature is checked first, so guessing costs nobody a query.

import { Refusal } from "../../http/respond.ts";
import type { OrderStore, Ticket } from "../../ports/order-store.ts";
import { readTicketCode, type TicketKey } from "../../wire/tickets/ticket-code.ts";
import type { Sale, Sales } from "../sales.ts";

export type TicketDeps = {
  orders: Pick<OrderStore, "ticket">;
  sales: Sales;
  keys: () => readonly TicketKey[];
};

export async function findTicket(
  deps: TicketDeps,
  code: string | undefined,
): Promise<{ ticket: Ticket; sale: Sale }> {
  const reading = await readTicketCode(deps.keys(), code);
  const found =
    reading.kind === "valid" ? await deps.orders.ticket(reading.ticket.ticketId) : undefined;
  const sale = found && (await deps.sales.get(found.onSaleId));
  if (!found || !sale || found.ticket.code !== code) throw new Refusal("not-found");
  return { ticket: found.ticket, sale };
}
