// An order as its fan sees it: where it stands, its tickets with their code and the address of their
// page, and, once it is confirmed, what was given back of it and what still may be.

import { cancelTerms } from "../../domain/ordering/refund.ts";
import { buyerCode, holderCode } from "../../tickets/links/link-code.ts";
import type { TicketSigner } from "../../tickets/ticket-code.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Order, OrderStore } from "../../ports/order-store.ts";
import { type Freshness, now } from "../../ports/reads/freshness.ts";
import type { Refund, RefundStore } from "../../ports/tickets/refund-store.ts";
import type { OrderView, RefundView, TicketView } from "../../wire/contract.ts";
import { pathTo } from "../../wire/routes.ts";
import type { Sales } from "../sales.ts";

/** `freshness`: as the order itself was read. */
export type OrderViews = { of(order: Order, freshness?: Freshness): Promise<OrderView> };

export function openOrderViews(deps: {
  orders: OrderStore;
  refundStore: Pick<RefundStore, "ofOrder">;
  sales: Pick<Sales, "get">;
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

  const afterSale = async (
    order: Order,
    freshness: Freshness,
  ): Promise<Pick<OrderView, "refunds" | "givingBack" | "buyerCode">> => {
    if (order.state !== "confirmed")
      return { refunds: [], givingBack: undefined, buyerCode: undefined };
    const [refunds, sale, code] = await Promise.all([
      deps.refundStore.ofOrder(order.orderId, freshness),
      deps.sales.get(order.onSaleId),
      buyerCode(deps.signer(), order.orderId),
    ]);
    const givingBack = sale && cancelTerms(sale.onSale.settings, sale.performance.startsAt);
    return { refunds: refunds.map(refundView), givingBack, buyerCode: code };
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
        ...(await afterSale(order, freshness)),
        now: deps.clock.now(),
      };
    },
  };
}

function refundView({ refundId, state, lines, amount, fee, requestedAt }: Refund): RefundView {
  const seats = lines.map(({ seat }) => seat);
  const told = { refundId, seats, amount, fee, requestedAt };
  if (state === "refunded") return { ...told, state: "done" };
  return { ...told, state: state === "stuck" ? "stopped" : "under-way" };
}
