// The mail about an order, composed from the order itself when it is sent: words, seats, and for a
// confirmed one each ticket with its QR inside the mail, so that it opens without a network.
//
// Keeps: the Message-ID follows from the outbox row, so a repeat is recognisable; names and labels are
// escaped; no header is made of a fan's words unchecked.

import { createHash } from "node:crypto";
import { totalOf } from "../domain/ordering/price.ts";
import type { Catalog, Performance } from "../ports/catalog.ts";
import type { Order, OrderStore, Ticket } from "../ports/order-store.ts";
import type { Mail, OutboxRow } from "../ports/outbox.ts";
import type { Money } from "../wire/contract.ts";
import { pathTo } from "../wire/routes.ts";
import { type MailContent, type MailFacts, mailPage } from "./mail-page.ts";
import { mailWords } from "./mail-words.ts";
import { ticketQrPng } from "./ticket-qr.ts";

export type OrderMailDeps = {
  store: Pick<OrderStore, "find" | "tickets">;
  catalog: Pick<Catalog, "performance">;
  /** The shop's public address, without a slash at its end. */
  publicUrl: string;
};

export function orderMails({ store, catalog, publicUrl }: OrderMailDeps) {
  return async (row: OutboxRow): Promise<Mail | undefined> => {
    const order = await store.find(row.payload.orderId);
    if (order === undefined) return undefined;
    const performance = await catalog.performance(order.performanceId);
    if (performance === undefined) return undefined;
    const tickets = row.topic === "order-confirmed" ? await store.tickets(order.orderId) : [];
    return composeMail({ row, order, performance, tickets, publicUrl });
  };
}

export async function composeMail(about: {
  row: Pick<OutboxRow, "key" | "topic">;
  order: Order;
  performance: Performance;
  tickets: readonly Ticket[];
  publicUrl: string;
}): Promise<Mail> {
  const { row, order, performance, publicUrl } = about;
  const { locale } = order.buyer;
  const say = mailWords[locale];
  const seatOf = seatNames(order);
  const live = about.tickets.filter(({ state }) => state === "live");
  const tickets = live.map((ticket) => ({
    seat: seatOf.get(ticket.seat) ?? String(ticket.seat),
    url: publicUrl + pathTo("ticketPage", { code: ticket.code }),
    cid: `${ticket.ticketId}@tickets`,
  }));
  const { orderId, onSaleId } = order;
  const content = {
    locale,
    title: say.subject[row.topic](performance.name[locale]),
    hello: say.hello(order.buyer.name),
    lead: say.lead[row.topic],
    facts: factsOf(order, performance, [...seatOf.values()]),
    tickets,
    orderUrl: publicUrl + pathTo("orderPage", { orderId, onSaleId }),
    note:
      row.topic === "order-confirmed" ? say.scan : row.topic === "order-refunded" ? say.refund : "",
  };
  const pictures = live.map(({ code }) => ticketQrPng(code));
  return {
    to: order.buyer.email,
    subject: content.title,
    text: mailText(content),
    html: mailPage(content),
    messageId: messageIdOf(row.key, publicUrl),
    attachments: pictures.map((picture, i) => ({
      filename: `ticket-${i + 1}.png`,
      contentType: "image/png",
      content: picture,
      cid: tickets[i]?.cid ?? "",
    })),
  };
}

function seatNames({ lines, buyer }: Order): Map<number, string> {
  const say = mailWords[buyer.locale];
  return new Map(
    lines.map(({ seat, section, row, label }) => [seat, say.seat(section, row, label)]),
  );
}

function factsOf(order: Order, performance: Performance, seats: string[]): MailFacts {
  const { locale } = order.buyer;
  const say = mailWords[locale];
  const language = locale === "ko" ? "ko-KR" : "en-GB";
  const when = new Intl.DateTimeFormat(language, {
    dateStyle: "full",
    timeStyle: "short",
    timeZone: performance.timeZone,
  }).format(performance.startsAt);
  return [
    { label: say.when, value: when },
    { label: say.where, value: performance.venue[locale] },
    { label: say.seats, value: seats.join(" · ") },
    {
      label: say.total,
      value: amountInWords(totalOf(order.lines.map(({ price }) => price)), language),
    },
    { label: say.order, value: order.orderId },
  ];
}

function amountInWords({ amount, currency }: Money, language: string): string {
  const format = new Intl.NumberFormat(language, { style: "currency", currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}

function mailText(content: MailContent): string {
  const say = mailWords[content.locale];
  return [
    content.hello,
    "",
    content.lead,
    "",
    ...content.facts.map(({ label, value }) => `${label}: ${value}`),
    "",
    ...content.tickets.flatMap(({ seat, url }) => [`${say.ticket} · ${seat}`, url, ""]),
    ...(content.note === "" ? [] : [content.note, ""]),
    `${say.openOrder}: ${content.orderUrl}`,
    "",
  ].join("\n");
}

function messageIdOf(key: string, publicUrl: string): string {
  const digest = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return `<${digest}@${new URL(publicUrl).hostname}>`;
}
