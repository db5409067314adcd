// What the mails about orders and about single tickets share: dates in words, tickets with their links
// and pictures, the calendar entry, the text version, the Message-ID.

import { createHash } from "node:crypto";
import type { OrderId, TicketId } from "../foundation/ids.ts";
import { dateFormat } from "../foundation/kept/remembered.ts";
import type { Performance } from "../ports/catalog.ts";
import type { OrderLine, Ticket } from "../ports/order-store.ts";
import type { Mail } from "../ports/outbox.ts";
import type { Locale } from "../wire/contract.ts";
import { pathTo } from "../wire/routes.ts";
import { ticketFilePath } from "../wire/tickets/ticket-files.ts";
import { type MailContent, type TicketInMail } from "./mail-page.ts";
import { mailWords } from "./mail-words.ts";
import { calendarEntry } from "./paper/calendar-entry.ts";
import { ticketQrPng } from "./ticket-qr.ts";

type Attachment = NonNullable<Mail["attachments"]>[number];

/** The shop's public address, without a slash at its end, and what makes a link the holder's. */
export type MailLinks = {
  publicUrl: string;
  holderCode: (ticketId: TicketId) => Promise<string>;
  buyerCode: (orderId: OrderId) => Promise<string>;
};

export function languageOf(locale: Locale): string {
  return locale === "ko" ? "ko-KR" : "en-GB";
}

export function inWords(at: number, timeZone: string, locale: Locale): string {
  const look = { dateStyle: "full", timeStyle: "short", timeZone } as const;
  return dateFormat(languageOf(locale), look).format(at);
}

export function seatInWords({ section, row, label }: OrderLine, locale: Locale): string {
  return mailWords[locale].seat(section, row, label);
}

/** Only for who holds the ticket: the address ends in what lets it be given away. */
export async function ticketAddress(links: MailLinks, ticket: Ticket): Promise<string> {
  const holder = await links.holderCode(ticket.ticketId);
  return `${links.publicUrl}${pathTo("ticketPage", { code: ticket.code })}#h=${holder}`;
}

export async function ticketInMail(
  links: MailLinks,
  ticket: Ticket,
  { seat, locale }: { seat: string; locale: Locale },
): Promise<{ shown: TicketInMail; picture: Attachment }> {
  const say = mailWords[locale];
  const cid = `${ticket.ticketId}@tickets`;
  const paper = links.publicUrl + ticketFilePath("ticketPdf", ticket.code, locale);
  return {
    shown: {
      seat,
      cid,
      links: [
        { label: say.openTicket, url: await ticketAddress(links, ticket) },
        { label: say.paper, url: paper },
      ],
    },
    picture: {
      filename: `${ticket.ticketId}.png`,
      contentType: "image/png",
      content: ticketQrPng(ticket.code),
      cid,
    },
  };
}

export function calendarAttachment(of: {
  uid: string;
  performance: Performance;
  lines: readonly OrderLine[];
  locale: Locale;
  issuedAt: number;
}): Attachment {
  const { performance, lines, locale, uid, issuedAt } = of;
  const { name, venue, startsAt, timeZone } = performance;
  const seats = {
    ko: lines.map((line) => seatInWords(line, "ko")),
    en: lines.map((line) => seatInWords(line, "en")),
  };
  return {
    filename: "calendar.ics",
    contentType: "text/calendar; charset=utf-8; method=PUBLISH",
    content: calendarEntry({ uid, locale, name, venue, seats, startsAt, timeZone, issuedAt }),
  };
}

export function mailText(content: MailContent): string {
  const say = mailWords[content.locale];
  return [
    content.hello,
    "",
    content.lead,
    "",
    ...content.facts.map(({ label, value }) => `${label}: ${value}`),
    "",
    ...content.tickets.flatMap(({ seat, links }) => [
      `${say.ticket} · ${seat}`,
      ...links.map(({ label, url }) => `${label}: ${url}`),
      "",
    ]),
    ...(content.note === "" ? [] : [content.note, ""]),
    ...(content.orderUrl === undefined ? [] : [`${say.openOrder}: ${content.orderUrl}`, ""]),
  ].join("\n");
}

export function messageIdOf(key: string, publicUrl: string): string {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `<${digest}@${new URL(publicUrl).hostname}>`;
}
