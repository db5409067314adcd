// An order as its fan sees it. Tickets carry their code and the address of their page.

import type { Clock } from "../../foundation/clock.ts";
import type { Order, OrderStore } from "../../ports/order-store.ts";
import type { OrderView, TicketView } from "../../wire/contract.ts";
import { pathTo } from "../../wire/routes.ts";

export type OrderViews = { of(order: Order): Promise<OrderView> };

export function openOrderViews(deps: { orders: OrderStore; clock: Clock }): OrderViews {
  const ticketsOf = async (order: Order): Promise<TicketView[]> => {
    if (order.state !== "confirmed") return [];
    const tickets = await deps.orders.tickets(order.orderId);
    return tickets.flatMap(({ ticketId, seat, code }) => {
      const line = order.lines.find((candidate) => candidate.seat === seat);
      return line ? [{ ticketId, seat: line, code, url: pathTo("ticketPage", { code }) }] : [];
    });
  };

  return {
    async of(order) {
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
        tickets: await ticketsOf(order),
        now: deps.clock.now(),
      };
    },
  };
}
