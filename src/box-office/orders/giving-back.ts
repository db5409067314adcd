// What a buyer does after the sale, from the order's page or from the mail: see the order, see what would
// go back, give tickets back. Each shows the buyer's code in the body, so that no logged address has it,
// and none needs a shop session. Keeps: the on-sale's own terms decide whether, until when and at what
// fee; a request names seats and nothing else (S9); a repeat of it is the same refund (M1).

import { z } from "zod";
import { cancelTerms, type RefundRefusal, shareOf } from "../../domain/ordering/refund.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import { newRefundId } from "../../foundation/after-sale-ids.ts";
import type { Call, Mounted } from "../../http/mount.ts";
import { readJson } from "../../http/read-body.ts";
import { json, Refusal } from "../../http/respond.ts";
import type { Order, OrderStore } from "../../ports/order-store.ts";
import type { RefundableLine, RefundStore } from "../../ports/tickets/refund-store.ts";
import type { Refunds } from "../../purchase/refunding/refunds.ts";
import { readBuyerCode } from "../../tickets/links/link-code.ts";
import type { GiveBackPreview } from "../../wire/contract.ts";
import type { TicketKey } from "../../wire/tickets/ticket-code.ts";
import { refuseCrossSite } from "../guard.ts";
import { hashOf, idempotencyKey } from "../idempotency.ts";
import type { Sales } from "../sales.ts";
import type { OrderViews } from "./order-view.ts";

const buyerBody = z.object({ buyer: z.string().length(120) });
const seat = z.number().int().min(0).max(200_000);
const giveBackBody = buyerBody.extend({ seats: z.array(seat).min(1).max(100) });

export type GivingBackDeps = {
  orders: Pick<OrderStore, "find">;
  refundStore: Pick<RefundStore, "refundable">;
  refunds: Pick<Refunds, "request">;
  sales: Pick<Sales, "get">;
  views: OrderViews;
  keys: () => readonly TicketKey[];
  clock: Clock;
  log: Log;
};

type Terms = { until: number; fee: number };

export function givingBackRoutes(deps: GivingBackDeps): Mounted {
  const orderOf = async (code: string): Promise<Order> => {
    const orderId = await readBuyerCode(deps.keys(), code);
    const order = orderId && (await deps.orders.find(orderId));
    if (!order) throw new Refusal("order-not-found");
    return order;
  };
  const termsOf = async (order: Order): Promise<Terms> => {
    const sale = await deps.sales.get(order.onSaleId);
    const terms = sale && cancelTerms(sale.onSale.settings, sale.performance.startsAt);
    if (terms === undefined) throw refused("not-allowed");
    if (deps.clock.now() >= terms.until) throw refused("too-late");
    return terms;
  };

  return {
    buyerOrder: {
      async POST(call) {
        const { buyer } = await read(call, buyerBody);
        return json(await deps.views.of(await orderOf(buyer)));
      },
    },
    giveBackPreview: {
      async POST(call) {
        const { buyer, seats } = await read(call, giveBackBody);
        const order = await orderOf(buyer);
        const terms = await termsOf(order);
        const lines = await deps.refundStore.refundable(order.orderId);
        const chosen = lines.filter((line) => seats.includes(line.seat));
        const wrong = chosen.find((line) => whyNot(line) !== undefined);
        if (wrong !== undefined) throw refused(whyNot(wrong) ?? "not-valid", [wrong.seat]);
        if (chosen.length < new Set(seats).size) throw refused("not-valid");
        const shares = chosen.map(({ price }) => shareOf(price, terms.fee));
        const preview: GiveBackPreview = {
          amount: { ...order.amount, amount: shares.reduce((sum, { amount }) => sum + amount, 0) },
          fee: shares.reduce((sum, { fee }) => sum + fee, 0),
          until: terms.until,
          now: deps.clock.now(),
        };
        return json(preview);
      },
    },
    giveBack: {
      async POST(call) {
        const key = idempotencyKey(call);
        const { buyer, seats } = await read(call, giveBackBody);
        const order = await orderOf(buyer);
        const terms = await termsOf(order);
        const { orderId } = order;
        const reply = await deps.refunds.request({
          refundId: newRefundId(),
          orderId,
          seats,
          feePerTicket: terms.fee,
          by: { kind: "fan" },
          reason: "by the buyer",
          seatsGo: "to-sale",
          idempotencyKey: key,
          bodyHash: hashOf(seats),
        });
        if (reply.kind === "mismatch") throw new Refusal("idempotency-key-reused");
        if (reply.kind === "refused") throw refused(reply.reason, reply.seats);
        deps.log.info({ orderId, refundId: reply.refund.refundId }, "tickets given back");
        return json(await deps.views.of(order), 202);
      },
    },
  };
}

function whyNot({ ticketId, givenAway, checkedIn }: RefundableLine): RefundRefusal | undefined {
  if (ticketId === undefined) return "not-valid";
  if (givenAway) return "given-away";
  return checkedIn ? "checked-in" : undefined;
}

const refused = (reason: RefundRefusal, seats: number[] = []) =>
  new Refusal("refund-refused", { facts: { reason, seats } });

async function read<Schema extends z.ZodType>({ request }: Call, schema: Schema) {
  refuseCrossSite(request);
  return await readJson(request, schema, 4 * 1024);
}
