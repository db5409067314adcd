// A ticket as files: QR as SVG and PNG, the sheet as PDF, the entry for a calendar. Made when asked
// for, never in the way of a sale. A ticket that no longer counts has no files: a print of it would
// only be refused at the door.

import { isFault } from "../../foundation/fault.ts";
import type { Handler } from "../../http/mount.ts";
import { localeOf, Refusal } from "../../http/respond.ts";
import { mailWords } from "../../tickets/mail-words.ts";
import { inWords } from "../../tickets/mail-parts.ts";
import { calendarEntry } from "../../tickets/paper/calendar-entry.ts";
import type { PdfPrinter } from "../../tickets/paper/pdf-printer.ts";
import type { TicketSheet } from "../../tickets/paper/ticket-pdf.ts";
import { ticketQrPng, ticketQrSvg } from "../../tickets/ticket-qr.ts";
import type { Locale } from "../../wire/contract.ts";
import type { TicketFile } from "../../wire/tickets/ticket-files.ts";
import type { Ticket } from "../../ports/order-store.ts";
import type { Sale } from "../sales.ts";
import { findTicket, type TicketDeps } from "./find-ticket.ts";
import { faceOf } from "./ticket-routes.ts";

type Deps = TicketDeps & { printer: PdfPrinter };

export function ticketFiles(deps: Deps): Record<TicketFile, Handler> {
  const live = async (code: string | undefined) => {
    const found = await findTicket(deps, code);
    if (found.ticket.state !== "live") throw new Refusal("not-found");
    return found;
  };
  return {
    async ticketPdf({ request, params }) {
      const { ticket, sale } = await live(params.code);
      const sheet = sheetOf(ticket, sale, languageAsked(request));
      try {
        return file(await deps.printer.print(sheet), "application/pdf", "ticket.pdf");
      } catch (error) {
        if (!isFault(error, "printer-busy")) throw error;
        throw new Refusal("briefly-unavailable", { retryAfterMs: 3_000 });
      }
    },
    async ticketPng({ params }) {
      const { ticket } = await live(params.code);
      return file(ticketQrPng(ticket.code), "image/png", "ticket.png");
    },
    async ticketSvg({ params }) {
      const { ticket } = await live(params.code);
      return file(await ticketQrSvg(ticket.code), "image/svg+xml", "ticket.svg");
    },
    async ticketCalendar({ request, params }) {
      const { ticket, sale } = await live(params.code);
      const { performance, seat } = faceOf(sale, ticket.seat);
      const words = (locale: Locale) => {
        const { section, row, label } = seat[locale];
        return [mailWords[locale].seat(section, row, label)];
      };
      const entry = calendarEntry({
        ...performance,
        uid: `${ticket.ticketId}@${new URL(request.url).hostname}`,
        locale: languageAsked(request),
        seats: { ko: words("ko"), en: words("en") },
        issuedAt: ticket.issuedAt,
      });
      return file(entry, "text/calendar; charset=utf-8", "calendar.ics");
    },
  };
}

function languageAsked(request: Request): Locale {
  const asked = new URL(request.url).searchParams.get("lang");
  return asked === "ko" || asked === "en" ? asked : localeOf(request);
}

function sheetOf(ticket: Ticket, sale: Sale, locale: Locale): TicketSheet {
  const { performance, seat } = faceOf(sale, ticket.seat);
  const { section, row, label } = seat[locale];
  const say = mailWords[locale].sheet;
  return {
    locale,
    name: performance.name[locale],
    when: inWords(performance.startsAt, performance.timeZone, locale),
    venue: performance.venue[locale],
    place:
      row === ""
        ? [
            { name: say.section, value: section },
            { name: say.entry, value: label },
          ]
        : [
            { name: say.section, value: section },
            { name: say.row, value: row },
            { name: say.seat, value: label },
          ],
    scan: say.scan,
    once: say.once,
    code: ticket.code,
    ticketId: ticket.ticketId,
  };
}

function file(body: Uint8Array | string, type: string, name: string): Response {
  return new Response(typeof body === "string" ? body : new Uint8Array(body), {
    headers: {
      "content-type": type,
      "content-disposition": `inline; filename="${name}"`,
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    },
  });
}
