// From a duty in the outbox to the mail that meets it, composed from the truth at the moment it is
// sent. `undefined`: nothing is owed any more, such as an offer that was withdrawn meanwhile.

import type { Catalog } from "../ports/catalog.ts";
import type { Order, OrderStore, Ticket } from "../ports/order-store.ts";
import type { Mail, OutboxRow, TransferTopic } from "../ports/outbox.ts";
import type { RefundStore } from "../ports/tickets/refund-store.ts";
import type { Holding, TicketHolding, Transfer } from "../ports/tickets/ticket-holding.ts";
import { pathTo } from "../wire/routes.ts";
import { holderMail } from "./holder-mail.ts";
import { buyerCode, holderCode, offerCode } from "./links/link-code.ts";
import type { MailLinks } from "./mail-parts.ts";
import { orderMail } from "./order-mail.ts";
import type { TicketSigner } from "./ticket-code.ts";

export type ComposeDeps = {
  store: Pick<OrderStore, "find" | "tickets">;
  refunds: Pick<RefundStore, "find">;
  catalog: Pick<Catalog, "performance">;
  holding: Pick<TicketHolding, "holding" | "transfer">;
  signer: () => Promise<TicketSigner>;
  /** The shop's public address, without a slash at its end. */
  publicUrl: string;
};

export function composeMails(deps: ComposeDeps): (row: OutboxRow) => Promise<Mail | undefined> {
  const links: MailLinks = {
    publicUrl: deps.publicUrl,
    holderCode: async (ticketId) => await holderCode(await deps.signer(), ticketId),
    buyerCode: async (orderId) => await buyerCode(await deps.signer(), orderId),
  };
  return async (row) => {
    switch (row.topic) {
      case "order-confirmed":
      case "order-refunded":
      case "order-cancelled": {
        const { topic, key, payload } = row;
        const order = await deps.store.find(payload.orderId);
        const performance = order && (await deps.catalog.performance(order.performanceId));
        if (order === undefined || performance === undefined) return undefined;
        const tickets = topic === "order-confirmed" ? await deps.store.tickets(order.orderId) : [];
        return await orderMail({ row: { key, topic }, order, performance, tickets, links });
      }
      case "tickets-refunded": {
        const { topic, key, payload } = row;
        const refund = await deps.refunds.find(payload.refundId);
        const order = refund && (await deps.store.find(refund.orderId));
        const performance = order && (await deps.catalog.performance(order.performanceId));
        if (refund === undefined || order === undefined || performance === undefined)
          return undefined;
        return await orderMail({
          row: { key, topic },
          order,
          performance,
          tickets: [],
          refund,
          links,
        });
      }
      case "ticket-void":
      case "ticket-again": {
        const found = await deps.holding.holding(row.payload.ticketId);
        const about = found && (await aboutTicket(deps, found));
        if (!found || !about) return undefined;
        if (row.topic === "ticket-void") return await holderMail({ row, ...about, links });
        if (found.ticket.state !== "live") return undefined;
        return await holderMail({ row, ...about, ticket: found.ticket, links });
      }
      case "ticket-offered":
      case "ticket-received":
      case "ticket-given": {
        const transfer = await deps.holding.transfer(row.payload.transferId);
        return transfer && transferMail(deps, links, { row, transfer });
      }
    }
  };
}

type TransferDuty = { row: { key: string; topic: TransferTopic }; transfer: Transfer };

async function transferMail(
  deps: ComposeDeps,
  links: MailLinks,
  { row, transfer }: TransferDuty,
): Promise<Mail | undefined> {
  const received = row.topic === "ticket-received";
  const ticketId = received ? transfer.newTicketId : transfer.ticketId;
  const found = ticketId && (await deps.holding.holding(ticketId));
  const about = found && (await aboutTicket(deps, found));
  if (!found || !about) return undefined;
  if (received) return await holderMail({ row, ...about, ticket: found.ticket, links });
  if (row.topic === "ticket-given") return await holderMail({ row, ...about, links });
  if (transfer.state !== "offered") return undefined;
  const code = await offerCode(await deps.signer(), transfer.transferId);
  const offer = {
    url: links.publicUrl + pathTo("offerPage", { offer: code }),
    expiresAt: transfer.expiresAt,
  };
  const to = { name: "", email: transfer.offeredTo, locale: transfer.locale };
  return await holderMail({ row, ...about, to, offer, links });
}

/** To whom the ticket belongs, and what is on it. */
async function aboutTicket(deps: ComposeDeps, { ticket, holder }: Holding) {
  const order = await deps.store.find(ticket.orderId);
  const performance = await deps.catalog.performance(ticket.performanceId);
  const line = order && lineOf(order, ticket);
  return performance && line && { to: holder, performance, line };
}

function lineOf({ lines }: Order, { seat }: Ticket) {
  return lines.find((line) => line.seat === seat);
}
