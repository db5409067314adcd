// An order as its fan sees it: where it stands, its tickets with their code and the address of their
// page, and, once it is confirmed, what was given back of it and what still may be.

import { cancelTerms } from "../../domain/ordering/refund.ts";
import {
  priorityMs,
  returningEntry,
  signPriority,
} from "../../domain/waiting-room/priority-token.ts";
import type { SealingKeys } from "../../foundation/sealed-bytes.ts";
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
  sales: Pick<Sales, "shown">;
  clock: Clock;
  signer: () => TicketSigner;
  queueKeys: () => SealingKeys;
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
  ): Promise<Pick<OrderView, "refunds" | "givingBack" | "buyerCode" | "priority">> => {
    const none = { refunds: [], givingBack: undefined, buyerCode: undefined, priority: undefined };
    if (order.state !== "confirmed") return { ...none, priority: await priorityOf(order) };
    const [refunds, sale, code] = await Promise.all([
      deps.refundStore.ofOrder(order.orderId, freshness),
      deps.sales.shown(order.onSaleId),
      buyerCode(deps.signer(), order.orderId),
    ]);
    const givingBack = sale && cancelTerms(sale.onSale.settings, sale.performance.startsAt);
    return { ...none, refunds: refunds.map(refundView), givingBack, buyerCode: code };
  };

  /** Paid in good faith, too late, the seats gone: the fan comes back before those who wait. */
  const priorityOf = async (order: Order): Promise<OrderView["priority"]> => {
    const { orderId, onSaleId, entryId: formerEntryId, state, reason, updatedAt } = order;
    const ended = state === "cancelled" || state === "refunded" || state === "refunding";
    const expiresAt = updatedAt + priorityMs;
    if (!ended || reason !== "late-money" || deps.clock.now() >= expiresAt) return undefined;
    const sale = await deps.sales.shown(onSaleId);
    if (sale?.onSale.phase !== "open") return undefined;
    const claims = { onSaleId, entryId: returningEntry(orderId), formerEntryId, expiresAt };
    return { token: signPriority(deps.queueKeys(), claims), until: expiresAt };
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
        endedAt: order.updatedAt,
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
