// The mail about an order, composed from the order itself when it is sent: words, seats, and for a
// confirmed one each ticket with its QR inside the mail, so that it opens without a network, and an
// entry for the calendar. The PDF is a link: drawing it costs tens of milliseconds, and at the peak
// thousands of mails are owed at once.
//
// Keeps: the Message-ID follows from the outbox row, so a repeat is recognisable; names and labels are
// escaped; no header is made of a fan's words unchecked.

import { settledElsewhere } from "../domain/ordering/order.ts";
import { totalOf } from "../domain/ordering/price.ts";
import { numberFormat } from "../foundation/kept/remembered.ts";
import type { Performance } from "../ports/catalog.ts";
import type { Order, Ticket } from "../ports/order-store.ts";
import type { Mail, OrderTopic } from "../ports/outbox.ts";
import type { Refund } from "../ports/tickets/refund-store.ts";
import type { Money } from "../wire/contract.ts";
import { pathTo } from "../wire/routes.ts";
import { type MailFacts, mailPage } from "./mail-page.ts";
import {
  calendarAttachment,
  inWords,
  languageOf,
  mailText,
  type MailLinks,
  messageIdOf,
  seatInWords,
  ticketInMail,
} from "./mail-parts.ts";
import { mailWords } from "./mail-words.ts";

export async function orderMail(about: {
  row: { key: string; topic: OrderTopic | "tickets-refunded" };
  order: Order;
  performance: Performance;
  tickets: readonly Ticket[];
  /** Of single tickets or all of them, after the sale. */
  refund?: Refund;
  links: MailLinks;
}): Promise<Mail> {
  const { row, order, performance, links } = about;
  const { locale } = order.buyer;
  const say = mailWords[locale];
  const seatOf = new Map(order.lines.map((line) => [line.seat, seatInWords(line, locale)]));
  const live = about.tickets.filter(({ state }) => state === "live");
  const tickets = await Promise.all(
    live.map((ticket) => {
      const seat = seatOf.get(ticket.seat) ?? String(ticket.seat);
      return ticketInMail(links, ticket, { seat, locale });
    }),
  );
  const { orderId, onSaleId } = order;
  const content = {
    locale,
    title: say.subject[row.topic](performance.name[locale]),
    hello: say.hello(order.buyer.name),
    lead: leadOf(row.topic, order),
    facts: about.refund
      ? refundFacts(about.refund, order, performance)
      : factsOf(order, performance, [...seatOf.values()]),
    tickets: tickets.map(({ shown }) => shown),
    orderUrl: `${links.publicUrl}${pathTo("orderPage", { orderId, onSaleId })}#b=${await links.buyerCode(orderId)}`,
    note: noteOf(row.topic, order),
  };
  const uid = `${orderId}@${new URL(links.publicUrl).hostname}`;
  const calendar = { uid, performance, lines: order.lines, locale, issuedAt: order.updatedAt };
  return {
    to: order.buyer.email,
    subject: content.title,
    text: mailText(content),
    html: mailPage(content),
    messageId: messageIdOf(row.key, links.publicUrl),
    attachments: [
      ...tickets.map(({ picture }) => picture),
      ...(tickets.length === 0 ? [] : [calendarAttachment(calendar)]),
    ],
  };
}

type Topic = OrderTopic | "tickets-refunded";

/** An order whose money came after it had ended is told of by that. */
function leadOf(topic: Topic, { reason, buyer }: Order): string {
  const { late, lead, elsewhere } = mailWords[buyer.locale];
  if (topic === "order-refunded" && reason === settledElsewhere) return elsewhere;
  const isLate = reason === "late-money";
  if (isLate && (topic === "order-cancelled" || topic === "order-refunded")) return late[topic];
  return lead[topic];
}

function noteOf(topic: Topic, { reason, buyer }: Order): string {
  const { scan, refund, comeBack } = mailWords[buyer.locale];
  switch (topic) {
    case "order-confirmed":
      return scan;
    case "tickets-refunded":
      return refund;
    case "order-refunded":
      if (reason === settledElsewhere) return "";
      return reason === "late-money" ? `${refund} ${comeBack}` : refund;
    case "order-cancelled":
      return reason === "late-money" ? comeBack : "";
  }
}

function factsOf(order: Order, performance: Performance, seats: string[]): MailFacts {
  const { locale } = order.buyer;
  const say = mailWords[locale];
  const total = totalOf(order.lines.map(({ price }) => price));
  return [
    { label: say.when, value: inWords(performance.startsAt, performance.timeZone, locale) },
    { label: say.where, value: performance.venue[locale] },
    { label: say.seats, value: seats.join(" · ") },
    { label: say.total, value: amountInWords(total, languageOf(locale)) },
    { label: say.order, value: order.orderId },
  ];
}

function refundFacts(refund: Refund, order: Order, performance: Performance): MailFacts {
  const { locale } = order.buyer;
  const say = mailWords[locale];
  const { amount, fee } = refund;
  const given = new Set(refund.lines.map(({ seat }) => seat));
  const seats = order.lines.filter(({ seat }) => given.has(seat));
  const inMoney = (value: number) =>
    amountInWords({ ...amount, amount: value }, languageOf(locale));
  return [
    { label: say.when, value: inWords(performance.startsAt, performance.timeZone, locale) },
    { label: say.where, value: performance.venue[locale] },
    { label: say.seats, value: seats.map((line) => seatInWords(line, locale)).join(" · ") },
    { label: say.back, value: inMoney(amount.amount) },
    ...(fee === 0 ? [] : [{ label: say.fee, value: inMoney(fee) }]),
    { label: say.order, value: order.orderId },
  ];
}

function amountInWords({ amount, currency }: Money, language: string): string {
  const format = numberFormat(language, { style: "currency", currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}
