// The tickets of an order: one per line, signed. The same order gives the same tickets every time, so
// that an issue whose answer was lost can be made again.

import { ticketIdOf } from "../domain/ordering/ticket.ts";
import type { Order, Ticket } from "../ports/order-store.ts";
import { ticketCode, type TicketSigner } from "./ticket-code.ts";

export function ticketsFor(signer: () => Promise<TicketSigner>) {
  return async (order: Order): Promise<Ticket[]> => {
    const key = await signer();
    const { orderId, performanceId } = order;
    // The instant of entering `issuing`, which does not move while it is tried again.
    const issuedAt = order.updatedAt;
    return Promise.all(
      order.lines.map(async ({ seat }) => {
        const ticketId = ticketIdOf(orderId, seat);
        const code = await ticketCode(key, { ticketId, performanceId, seat, issuedAt });
        return { ticketId, orderId, performanceId, seat, code, state: "live", issuedAt };
      }),
    );
  };
}
