// Everything a fan does with tickets after buying: reading, files, giving away. The routes of this
// folder together; the printer's thread ends with them.

import type { Bounds } from "../../foundation/bounds.ts";
import type { Mounted } from "../../http/mount.ts";
import { openPdfPrinter } from "../../tickets/paper/pdf-printer.ts";
import { holdingRoutes, type HoldingRoutesDeps } from "./holding-routes.ts";
import { ticketFiles } from "./ticket-files.ts";
import { type Revocations, ticketRoutes, type TicketRoutesDeps } from "./ticket-routes.ts";

export type Tickets = { routes: Mounted; revocations: Revocations; bounds: Bounds; stop(): void };

export function openTickets(deps: TicketRoutesDeps & HoldingRoutesDeps): Tickets {
  const printer = openPdfPrinter();
  const { routes: reading, revocations } = ticketRoutes(deps);
  const files = ticketFiles({ ...deps, printer });
  const { withdraw, ticketHolding, ticketOffer, ticketAgain, ...offered } = holdingRoutes(deps);
  return {
    routes: {
      ticket: { GET: reading.ticket },
      ticketKeys: { GET: reading.keys },
      revocations: { GET: reading.revocations },
      ticketPdf: { GET: files.ticketPdf },
      ticketPng: { GET: files.ticketPng },
      ticketSvg: { GET: files.ticketSvg },
      ticketCalendar: { GET: files.ticketCalendar },
      ticketHolding: { POST: ticketHolding },
      ticketOffer: { POST: ticketOffer, DELETE: withdraw },
      ticketAgain: { POST: ticketAgain },
      offered: { POST: offered.offered },
      offeredAccept: { POST: offered.offeredAccept },
    },
    revocations,
    bounds: () => ({ pdfs_waiting: printer.bound, revocation_lists: revocations.bound }),
    stop: () => printer.stop(),
  };
}
