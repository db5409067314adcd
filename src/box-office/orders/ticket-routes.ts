// A ticket's page reads it by its code, which only its holder has: the signature is checked first, so
// guessing costs nobody a query. The published keys let a gate verify codes without us.

import type { Handler } from "../../http/mount.ts";
import { json, publicJson, Refusal } from "../../http/respond.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import { readTicketCode, type TicketKey } from "../../tickets/ticket-code.ts";
import { ticketQrSvg } from "../../tickets/ticket-qr.ts";
import type { TicketPage } from "../../wire/contract.ts";
import type { Sales } from "../sales.ts";
import { heldSeat } from "../seats/seats-view.ts";

export type TicketRoutesDeps = {
  orders: OrderStore;
  sales: Sales;
  keys: () => readonly TicketKey[];
};

export function ticketRoutes(deps: TicketRoutesDeps): { ticket: Handler; keys: Handler } {
  return {
    async ticket({ params }) {
      const reading = await readTicketCode(deps.keys(), params.code);
      const found =
        reading.kind === "valid" ? await deps.orders.ticket(reading.ticket.ticketId) : undefined;
      const sale = found && (await deps.sales.get(found.onSaleId));
      if (!found || !sale || found.ticket.code !== params.code) throw new Refusal("not-found");
      const { ticketId, seat, state } = found.ticket;
      const { name, venue, startsAt, timeZone } = sale.performance;
      const body: TicketPage = {
        ticketId,
        state,
        performance: { name, venue, startsAt, timeZone },
        seat: { ko: heldSeat(sale, seat, "ko"), en: heldSeat(sale, seat, "en") },
        qrSvg: await ticketQrSvg(found.ticket.code),
      };
      return json(body);
    },
    keys: () => publicJson({ keys: deps.keys() }, 60, { "access-control-allow-origin": "*" }),
  };
}
