// An order as its fan sees it. Tickets carry their code and the address of their page.

import { holderCode } from "../../tickets/links/link-code.ts";
import type { TicketSigner } from "../../tickets/ticket-code.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Order, OrderStore } from "../../ports/order-store.ts";
import { type Freshness, now } from "../../ports/reads/freshness.ts";
import type { OrderView, TicketView } from "../../wire/contract.ts";
import { pathTo } from "../../wire/routes.ts";

/** `freshness`: as the order itself was read. */
export type OrderViews = { of(order: Order, freshness?: Freshness): Promise<OrderView> };

export function openOrderViews(deps: {
  orders: OrderStore;
  clock: Clock;
  signer: () => TicketSigner;
}): OrderViews {
  const ticketsOf = async (order: Order, freshness: Freshness): Promise<TicketView[]> => {
    if (order.state !== "confirmed") return [];
    const { orderId, lines } = order;
    const found = await deps.orders.tickets(orderId, freshness);
    // They came with the confirmation: a replica that lacks them is behind the one that told of it.
    const tickets = found.length < lines.length ? await deps.orders.tickets(orderId) : found;
    const views = tickets.map(async ({ ticketId, seat, code, state }) => {
      const line = order.lines.find((candidate) => candidate.seat === seat);
      if (line === undefined) return [];
      const url = `${pathTo("ticketPage", { code })}#h=${await holderCode(deps.signer(), ticketId)}`;
      return [{ ticketId, seat: line, code, url, state }];
    });
    return (await Promise.all(views)).flat();
  };

  return {
    async of(order, freshness = now) {
      const held = order.state === "draft" || order.state === "requires-action";
      return {
        orderId: order.orderId,
        onSaleId: order.onSaleId,
        state: order.state,
        version: order.version,
        attempt: order.attempt,
        seats: order.lines,
        total: order.amount,
        deadline: held ? order.deadline : undefined,
        actionUrl: order.state === "requires-action" ? order.payment?.actionUrl : undefined,
        reason: order.reason,
        tickets: await ticketsOf(order, freshness),
        now: deps.clock.now(),
      };
    },
  };
}
