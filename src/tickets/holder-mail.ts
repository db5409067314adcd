// The mails about a single ticket: offered to somebody, received by them, the word to who gave it away,
// the word to who holds one that has ended, and the same ticket sent once more. Keeps: the offer carries no code that opens the door, and who
// gave a ticket away is sent none either.

import type { Performance } from "../ports/catalog.ts";
import type { OrderLine, Ticket } from "../ports/order-store.ts";
import type { Mail, TransferTopic } from "../ports/outbox.ts";
import type { Person } from "../ports/tickets/ticket-holding.ts";
import { mailPage, type TicketInMail } from "./mail-page.ts";
import {
  calendarAttachment,
  inWords,
  mailText,
  type MailLinks,
  messageIdOf,
  seatInWords,
  ticketInMail,
} from "./mail-parts.ts";
import { mailWords } from "./mail-words.ts";

type About = {
  row: { key: string; topic: TransferTopic | "ticket-again" | "ticket-void" };
  to: Person;
  performance: Performance;
  line: OrderLine;
  links: MailLinks;
  /** The ticket that `to` holds: put into the mail. */
  ticket?: Ticket;
  /** Where an offer is accepted, and until when. */
  offer?: { url: string; expiresAt: number };
};

export async function holderMail(about: About): Promise<Mail> {
  const { row, to, performance, line, links, ticket, offer } = about;
  const { locale } = to;
  const say = mailWords[locale];
  const seat = seatInWords(line, locale);
  const held = ticket && (await ticketInMail(links, ticket, { seat, locale }));
  const offered: TicketInMail[] = offer
    ? [{ seat, cid: undefined, links: [{ label: say.acceptTicket, url: offer.url }] }]
    : [];
  const note = offer
    ? say.acceptBy(inWords(offer.expiresAt, performance.timeZone, locale))
    : held
      ? say.scan
      : "";
  const content = {
    locale,
    title: say.subject[row.topic](performance.name[locale]),
    hello: say.hello(to.name),
    lead: say.lead[row.topic],
    facts: [
      { label: say.when, value: inWords(performance.startsAt, performance.timeZone, locale) },
      { label: say.where, value: performance.venue[locale] },
      { label: say.seats, value: seat },
    ],
    tickets: held ? [held.shown] : offered,
    orderUrl: undefined,
    note,
  };
  const calendar = ticket && {
    uid: `${ticket.ticketId}@${new URL(links.publicUrl).hostname}`,
    performance,
    lines: [line],
    locale,
    issuedAt: ticket.issuedAt,
  };
  return {
    to: to.email,
    subject: content.title,
    text: mailText(content),
    html: mailPage(content),
    messageId: messageIdOf(row.key, links.publicUrl),
    attachments: held && calendar ? [held.picture, calendarAttachment(calendar)] : [],
  };
}
