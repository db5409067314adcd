// The files of a ticket by their addresses: the page, the mails and the server agree here.

import type { Locale } from "../contract.ts";
import { pathTo } from "../routes.ts";

export type TicketFile = "ticketPdf" | "ticketPng" | "ticketSvg" | "ticketCalendar";

export function ticketFilePath(file: TicketFile, code: string, locale: Locale): string {
  return `${pathTo(file, { code })}?lang=${locale}`;
}
