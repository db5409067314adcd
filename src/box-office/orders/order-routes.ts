// The routes of an order: make it from the own hold, pay, try another card, cancel, watch. Lines and
// amounts come from the hold and the on-sale's prices, never from the client (S9). A payment that
// takes its time holds no connection: the answer is "under way", and the page watches.

import { z } from "zod";
import { isEnd } from "../../domain/ordering/order.ts";
import { newId, parseId } from "../../foundation/ids.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Bound } from "../../foundation/bounds.ts";
import { encodeMessage } from "../../http/live/live-stream.ts";
import { type LimitedStreams, openLimitedStreams } from "../../http/live/limited-streams.ts";
import type { Call, Handler } from "../../http/mount.ts";
import { readJson } from "../../http/read-body.ts";
import { json, localeOf, Refusal } from "../../http/respond.ts";
import { asOfOwnWrites } from "../../http/seen-position.ts";
import type { NoticeBus } from "../../ports/notice-bus.ts";
import type { Order, OrderStore, PayRequest } from "../../ports/order-store.ts";
import { type Freshness, now } from "../../ports/reads/freshness.ts";
import type { Purchase } from "../../purchase/purchase.ts";
import type { Guard, Shopper } from "../guard.ts";
import type { Holds } from "../seats/holds.ts";
import { hashOf, idempotencyKey } from "../idempotency.ts";
import { type OrderViews } from "./order-view.ts";
import { heldSeat, totalOf } from "../seats/seats-view.ts";

const paymentMethod = z
  .string()
  .regex(/^[0-9A-Za-z_-]{3,128}$/, "the provider's token for the card");
const orderBody = z.object({
  holdId: z.string().max(64),
  buyer: z.object({
    name: z.string().trim().min(1, "needed for the ticket").max(80),
    email: z.email("an e-mail address, like fan@example.com").max(254),
    locale: z.enum(["ko", "en"]),
  }),
  paymentMethod,
});
const payBody = z.object({ paymentMethod });

export type OrderRoutesDeps = {
  guard: Guard;
  holds: Holds;
  orders: OrderStore;
  purchase: Purchase;
  views: OrderViews;
  notices: NoticeBus;
  clock: Clock;
  /** Told of every purchase that this process goes on with after the answer. */
  goesOn: (work: Promise<void>) => void;
};

type Routes = Record<"create" | "mine" | "look" | "pay" | "cancel" | "live", Handler>;

const pollMs = 2_000;
/** Of one order. */
const maxStreams = 4;

export function orderRoutes(
  deps: OrderRoutesDeps,
): Routes & { readonly streams: Bound; endStreams(): void } {
  const { guard, orders, purchase, views } = deps;
  const streams = openLimitedStreams(maxStreams);

  /** Without a word on its freshness it may decide something. */
  const ownOrder = async (
    call: Call,
    freshness: Freshness = now,
  ): Promise<{ shopper: Shopper; order: Order }> => {
    const shopper = await guard.admitted(call);
    const orderId = parseId("order", call.params.orderId);
    const order = orderId && (await orders.find(orderId, freshness));
    if (!order || order.entryId !== shopper.entryId || order.onSaleId !== shopper.onSaleId) {
      throw new Refusal("order-not-found");
    }
    return { shopper, order };
  };

  const pay = async (order: Order, method: string, named?: PayRequest): Promise<Response> => {
    const reply = await purchase.pay(order, method, named);
    if (reply.kind === "seats-lost") {
      const seats = order.lines.map(({ seat }) => seat);
      throw new Refusal("seats-taken", { facts: { orderId: order.orderId, seats } });
    }
    if (reply.kind === "not-payable") {
      throw new Refusal(reply.order.state === "draft" ? "no-hold" : "order-not-payable", {
        facts: { state: reply.order.state },
      });
    }
    try {
      return json(await views.of(reply.order), 202);
    } finally {
      // Until now the request itself was counted for it.
      if (reply.kind === "paying" && reply.goesOn !== undefined) deps.goesOn(reply.goesOn);
    }
  };

  return {
    get streams() {
      return streams.bound;
    },
    endStreams: () => streams.endAll(encodeMessage("reconnect", '{"afterMs":2000}')),

    async create(call) {
      const key = idempotencyKey(call);
      const shopper = await guard.admitted(call);
      const isOver = await sessionIsOver(guard, call);
      const body = await readJson(call.request, orderBody);
      const order = await newOrder(deps, shopper, call, { key, body });
      const created = await orders.create(isOver ? { ...order, lines: [] } : order);
      if (created.kind === "mismatch") throw new Refusal("idempotency-key-reused");
      if (created.kind === "no-hold") throw new Refusal(isOver ? "shop-session-ended" : "no-hold");
      // A repeat never charges again: whatever became of the first attempt is its answer.
      if (created.order.state !== "draft" || created.order.attempt > 0) {
        return json(await views.of(created.order), 202);
      }
      return pay(created.order, body.paymentMethod);
    },

    async mine(call) {
      const shopper = await guard.admitted(call);
      const freshness = asOfOwnWrites(call.request);
      const list = await orders.ofOwner(shopper.onSaleId, shopper.entryId, freshness);
      return json({ orders: await Promise.all(list.map((order) => views.of(order, freshness))) });
    },

    async look(call) {
      const freshness = asOfOwnWrites(call.request);
      const { order: known } = await ownOrder(call, freshness);
      if (isEnd(known.state)) return json(await views.of(known, freshness));
      // Workers move it on, and the page's stream may have told of that already: never back from there.
      const order = freshness === now ? known : ((await orders.find(known.orderId)) ?? known);
      // Read once where looking can change nothing: this is what thousands of pages ask every second.
      const waits = order.state === "requires-action" || order.state === "payment-unknown";
      if (!waits) return json(await views.of(order));
      await purchase.look(order.orderId);
      return json(await views.of((await orders.find(order.orderId)) ?? order));
    },

    async pay(call) {
      const key = idempotencyKey(call);
      const { order } = await ownOrder(call);
      const body = await readJson(call.request, payBody);
      const request = { orderId: order.orderId, idempotencyKey: key, bodyHash: hashOf(body) };
      const known = await orders.payRequest(request);
      if (known.kind === "mismatch") throw new Refusal("idempotency-key-reused");
      if (known.kind === "repeated") return json(await views.of(order), 202);
      if (order.state !== "draft")
        throw new Refusal("order-not-payable", { facts: { state: order.state } });
      return pay(order, body.paymentMethod, request);
    },

    async cancel(call) {
      const { order } = await ownOrder(call);
      // A repeat of what was done: the order has ended already.
      if (order.state === "cancelled") return json(await views.of(order));
      const reply = await purchase.cancel(order.orderId);
      if (reply.kind === "not-cancellable")
        throw new Refusal("order-not-payable", { facts: { state: order.state } });
      // A worker has it in hand for a moment; said so, the page asks again.
      if (reply.kind === "busy") throw new Refusal("briefly-unavailable", { retryAfterMs: 1_000 });
      return json(await views.of((await orders.find(order.orderId)) ?? order));
    },

    async live(call) {
      const own = await ownOrder(call);
      call.longLived();
      return watch(deps, streams, own);
    },
  };
}

/** A purchase ends the shop session at once: only a repeat of the order that did it is answered then. */
async function sessionIsOver(guard: Guard, call: Call): Promise<boolean> {
  try {
    await guard.shopper(call);
    return false;
  } catch (error) {
    if (error instanceof Refusal && error.code === "shop-session-ended") return true;
    throw error;
  }
}

async function newOrder(
  { holds, clock }: OrderRoutesDeps,
  shopper: Shopper,
  call: Call,
  { key, body }: { key: string; body: z.output<typeof orderBody> },
): Promise<Parameters<OrderStore["create"]>[0]> {
  const found = await holds.of(shopper);
  const holdId = parseId("hold", body.holdId);
  if (holdId === undefined) throw new Refusal("no-hold");
  const { onSale, performance } = shopper.sale;
  const locale = body.buyer.locale ?? localeOf(call.request);
  // Another hold, or none: no lines, and only a repeat of an order already made is answered.
  const seats = found?.hold.holdId === holdId ? found.hold.seats : [];
  const lines = seats.map((seat) => heldSeat(shopper.sale, seat, locale));
  return {
    orderId: newId("order"),
    onSaleId: shopper.onSaleId,
    performanceId: performance.performanceId,
    entryId: shopper.entryId,
    holdId,
    amount: totalOf(lines, onSale.currency),
    buyer: body.buyer,
    lines,
    deadline: found?.hold.deadline ?? clock.now(),
    idempotencyKey: key,
    bodyHash: hashOf(body),
  };
}

/**
 * Every change of one order, until it ends, the session does, or the page goes away. Notices are hints; a
 * poll backs them.
 */
async function watch(
  deps: OrderRoutesDeps,
  streams: LimitedStreams,
  { shopper, order: { orderId } }: { shopper: Shopper; order: Order },
): Promise<Response> {
  let told = -1;
  const stream = streams.open(orderId, () => {
    clearInterval(timer);
    void subscription.then((end) => end());
  });
  const tell = async () => {
    const order = await deps.orders.find(orderId);
    if (order === undefined || order.version <= told || !stream.open) return;
    told = order.version;
    stream.send(encodeMessage("order", JSON.stringify(await deps.views.of(order))));
  };
  const quietly = () => void tell().catch(() => undefined);
  const poll = async () => {
    // A store that is away ends nobody's session.
    if (!(await deps.guard.isStillAdmitted(shopper).catch(() => true))) return stream.end();
    stream.ping();
    await deps.purchase.look(orderId).catch(() => undefined);
    quietly();
  };
  const timer = setInterval(() => void poll(), pollMs);
  const subscription = deps.notices.subscribe(`order:${orderId}`, quietly);
  await subscription;
  await tell();
  return stream.respond();
}
