// Orders at the desk: find one, see all of it with both books side by side, give back whole orders or
// single tickets with the effect shown first, and what a person does where the machine stopped: ask
// again, have it paid back, settle it with a reason. Everything that is done is in the audit.
//
// Keeps: no request carries an amount (the order's own lines and the on-sale's own fee decide); a wish
// is made under an idempotency key; the provider is asked, never believed by what a page says.

import { z } from "zod";
import { shareOf } from "../../../domain/ordering/refund.ts";
import type { Clock } from "../../../foundation/clock.ts";
import { type OrderId, parseId } from "../../../foundation/ids.ts";
import { newRefundId, parseRefundId } from "../../../foundation/after-sale-ids.ts";
import type { Mounted } from "../../../http/mount.ts";
import { readJson } from "../../../http/read-body.ts";
import { json, Refusal } from "../../../http/respond.ts";
import type { Catalog, Operators } from "../../../ports/catalog.ts";
import type { PaymentGateway } from "../../../ports/payment-gateway.ts";
import type { DeskOrders, OrderRecord, OrderSearch } from "../../../ports/reads/desk-orders.ts";
import type { RefundStore } from "../../../ports/tickets/refund-store.ts";
import type { Purchase } from "../../../purchase/purchase.ts";
import type { Refunds } from "../../../purchase/refunding/refunds.ts";
import type { DeskOrder, OrdersFound, RefundPreview } from "../../../wire/desk/desk-orders.ts";
import { hashOf, idempotencyKey } from "../../idempotency.ts";
import type { OperatorGuard, Seated } from "../sign-in/operator-guard.ts";
import { bothBooks } from "./both-books.ts";

export type DeskOrdersDeps = {
  guard: OperatorGuard;
  deskOrders: DeskOrders;
  refundStore: Pick<RefundStore, "refundable" | "find">;
  refunds: Pick<Refunds, "request" | "again" | "settle">;
  purchase: Pick<Purchase, "reopen" | "payBack" | "settle">;
  gateway: Pick<PaymentGateway, "find">;
  catalog: Pick<Catalog, "onSales">;
  operators: Pick<Operators, "audit">;
  clock: Clock;
};

const maxFound = 50;
const reason = z.string().trim().min(3, "a few words on why").max(300);
const searchBody = z.object({ find: z.string().trim().min(3).max(500) });
const seat = z.number().int().min(0).max(200_000);
const wishBody = z.object({
  seats: z.union([z.literal("all"), z.array(seat).min(1).max(100)]),
  keepFee: z.boolean(),
  seatsGo: z.enum(["to-sale", "withheld"]),
});
const refundBody = wishBody.extend({ reason });
const settleBody = z.object({ how: z.enum(["at-provider", "elsewhere"]), reason });
const reasonBody = z.object({ reason });

export function deskOrderRoutes(deps: DeskOrdersDeps): Mounted {
  const { guard, refunds, purchase } = deps;
  const recordOf = async ({ params }: Seated): Promise<OrderRecord> => {
    const orderId = parseId("order", params.orderId);
    const record = orderId && (await deps.deskOrders.look(orderId));
    if (!record) throw new Refusal("order-not-found");
    return record;
  };
  const view = async (orderId: OrderId): Promise<Response> => {
    const record = await deps.deskOrders.look(orderId);
    if (record === undefined) throw new Refusal("order-not-found");
    return json(await viewOf(deps, record));
  };
  const audit = async (call: Seated, action: string, subject: string, detail: object) =>
    await deps.operators.audit({ operatorId: call.operator.operatorId, action, subject, detail });
  const refundOf = async ({ params }: Seated) => {
    const refundId = parseRefundId(params.refundId);
    const refund = refundId && (await deps.refundStore.find(refundId));
    if (!refund) throw new Refusal("not-found");
    return refund;
  };

  return {
    deskOrderSearch: {
      POST: guard.reads(async ({ request }) => {
        const { find } = await readJson(request, searchBody);
        const search = searchOf(find);
        const found = search === undefined ? [] : await deps.deskOrders.find(search, maxFound + 1);
        const orders = found.slice(0, maxFound);
        return json({ orders, more: found.length > maxFound } satisfies OrdersFound);
      }),
    },
    deskOrder: {
      GET: guard.reads(async (call) => json(await viewOf(deps, await recordOf(call)))),
    },
    deskRefundPreview: {
      POST: guard.reads(async (call) => {
        const record = await recordOf(call);
        const wish = await readJson(call.request, wishBody);
        return json(await previewOf(deps, record, wish));
      }),
    },
    deskRefunds: {
      POST: guard.acts(async (call) => {
        const key = idempotencyKey(call);
        const { orderId, fanFee } = await recordOf(call);
        const body = await readJson(call.request, refundBody);
        const { operatorId } = call.operator;
        const reply = await refunds.request({
          refundId: newRefundId(),
          orderId,
          seats: body.seats,
          feePerTicket: body.keepFee ? fanFee : 0,
          by: { kind: "operator", operatorId },
          reason: body.reason,
          seatsGo: body.seatsGo,
          idempotencyKey: key,
          bodyHash: hashOf(body),
        });
        if (reply.kind === "mismatch") throw new Refusal("idempotency-key-reused");
        if (reply.kind === "refused") {
          const { reason: why, seats } = reply;
          throw new Refusal("refund-refused", { facts: { reason: why, seats } });
        }
        if (reply.kind === "requested") {
          const { refundId, amount, fee, lines } = reply.refund;
          await audit(call, "order.refund", orderId, {
            after: {
              refundId,
              amount: amount.amount,
              fee,
              seats: lines.length,
              reason: body.reason,
            },
          });
        }
        return await view(orderId);
      }),
    },
    deskRefundAgain: {
      POST: guard.acts(async (call) => {
        const { refundId, orderId } = await refundOf(call);
        await settled(() => refunds.again(refundId));
        await audit(call, "refund.again", refundId, {});
        return await view(orderId);
      }),
    },
    deskRefundSettle: {
      POST: guard.acts(async (call) => {
        const { refundId, orderId } = await refundOf(call);
        const by = await readJson(call.request, settleBody);
        await settled(() => refunds.settle(refundId, by));
        await audit(call, "refund.settle", refundId, { after: by });
        return await view(orderId);
      }),
    },
    deskOrderAgain: {
      POST: guard.acts(async (call) => {
        const { orderId } = await recordOf(call);
        await settled(() => purchase.reopen(orderId));
        await audit(call, "order.again", orderId, {});
        return await view(orderId);
      }),
    },
    deskOrderPayBack: {
      POST: guard.acts(async (call) => {
        const { orderId } = await recordOf(call);
        const body = await readJson(call.request, reasonBody);
        await settled(() => purchase.payBack(orderId));
        await audit(call, "order.pay-back", orderId, { after: body });
        return await view(orderId);
      }),
    },
    deskOrderSettle: {
      POST: guard.acts(async (call) => {
        const { orderId } = await recordOf(call);
        const by = await readJson(call.request, settleBody);
        await settled(() => purchase.settle(orderId, by.how));
        await audit(call, "order.settle", orderId, { after: by });
        return await view(orderId);
      }),
    },
  };
}

/** Whatever is not done is told as it is; nothing is written into the audit of it. */
async function settled(act: () => Promise<{ kind: string; retryAfterMs?: number }>): Promise<void> {
  const { kind, retryAfterMs } = await act();
  if (kind === "settled" || kind === "refunding" || kind === "asked") return;
  if (kind === "busy") {
    throw new Refusal("being-worked-on", { retryAfterMs: Math.max(1_000, retryAfterMs ?? 0) });
  }
  throw new Refusal("not-settled", { facts: { reason: kind } });
}

async function viewOf(deps: DeskOrdersDeps, record: OrderRecord): Promise<DeskOrder> {
  const { payments, ...rest } = record;
  const attempts = await bothBooks(deps.gateway, record.orderId, payments);
  return { ...rest, attempts, now: deps.clock.now() };
}

async function previewOf(
  { refundStore, catalog }: DeskOrdersDeps,
  { orderId, onSaleId, state, amount, fanFee }: OrderRecord,
  wish: z.output<typeof wishBody>,
): Promise<RefundPreview> {
  const [lines, onSales] = await Promise.all([refundStore.refundable(orderId), catalog.onSales()]);
  const live = lines.filter(({ ticketId }) => ticketId !== undefined);
  const { seats } = wish;
  const asked = seats === "all" ? live : live.filter((line) => seats.includes(line.seat));
  const shares = asked.map(({ price }) => shareOf(price, wish.keepFee ? fanFee : 0));
  const missing = seats !== "all" && asked.length < new Set(seats).size;
  const own = onSales.find((onSale) => onSale.onSaleId === onSaleId);
  const seatsOf = (of: typeof asked) => of.map((line) => line.seat);
  return {
    seats: seatsOf(asked),
    amount: { ...amount, amount: shares.reduce((sum, share) => sum + share.amount, 0) },
    fee: shares.reduce((sum, share) => sum + share.fee, 0),
    checkedIn: seatsOf(asked.filter(({ checkedIn }) => checkedIn)),
    givenAway: seatsOf(asked.filter(({ givenAway }) => givenAway)),
    sellsNow: onSales.some(
      ({ performanceId, phase }) => performanceId === own?.performanceId && phase === "open",
    ),
    refusal:
      state !== "confirmed"
        ? "not-confirmed"
        : missing || asked.length === 0
          ? "not-valid"
          : undefined,
  };
}

/** What somebody has pasted: they differ so much in shape that one box is enough. */
export function searchOf(text: string): OrderSearch | undefined {
  const orderId =
    parseId("order", text) ?? parseId("order", /\/(or_\w{22})(?:[/?#]|$)/.exec(text)?.[1]);
  if (orderId !== undefined) return { by: "order", orderId };
  const ticketId = parseId("ticket", text);
  if (ticketId !== undefined) return { by: "ticket", ticketId };
  const [code] = /[\w-]{163}/.exec(text) ?? [];
  if (code !== undefined) return { by: "code", code };
  return /^[^\s@]+@[^\s@]+$/.test(text) ? { by: "email", email: text } : undefined;
}
