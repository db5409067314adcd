// Stops orders at their places: each says so when it is there, and stays until it is let go. `unheard`
// lets the transaction be committed and then answers as a connection does that broke before its reply.

import { Fault } from "../../../src/foundation/fault.ts";
import type { OrderId } from "../../../src/foundation/ids.ts";
import type { OrderStore } from "../../../src/ports/order-store.ts";
import type { Reach } from "../../../src/purchase/failpoint.ts";
import type { KillPoint } from "./kill-points.ts";

export type Stops = readonly (readonly [OrderId, NonNullable<KillPoint["stop"]>])[];

export function stopOrders(stops: Stops, store: OrderStore, stopped: (orderId: OrderId) => void) {
  const wanted = new Map(stops);
  const letGo = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const lastPlace = new Map<OrderId, string>();

  const reach: Reach = (place, orderId) => {
    lastPlace.set(orderId, place);
    const stop = wanted.get(orderId);
    if (stop?.place !== place || stop.next === "unheard") return undefined;
    stopped(orderId);
    return stop.next === "commits" ? commit.promise : letGo.promise;
  };
  async function hear<Reply>(orderId: OrderId, answer: Promise<Reply>): Promise<Reply> {
    const place = lastPlace.get(orderId);
    const reply = await answer;
    const stop = wanted.get(orderId);
    if (stop?.next !== "unheard" || stop.place !== place) return reply;
    wanted.delete(orderId);
    stopped(orderId);
    await letGo.promise;
    throw new Fault("database-unavailable", "the connection broke", { retryable: true });
  }
  return {
    world: {
      reach,
      store: {
        ...store,
        record: (leased, change) => hear(leased.order.orderId, store.record(leased, change)),
        confirmSeats: (request) => hear(request.draft.orderId, store.confirmSeats(request)),
        issue: (leased, tickets) => hear(leased.order.orderId, store.issue(leased, tickets)),
      },
    } satisfies { reach: Reach; store: OrderStore },
    /** Those that wait with their transaction in hand. */
    commit: commit.resolve,
    letGo: () => {
      commit.resolve();
      letGo.resolve();
    },
  };
}
