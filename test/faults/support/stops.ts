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
  /** Since the last commit: a step's answer may be committed by the one after it. */
  const passed = new Map<OrderId, string[]>();

  const reach: Reach = (place, orderId) => {
    passed.set(orderId, [...(passed.get(orderId) ?? []), place]);
    const stop = wanted.get(orderId);
    if (stop?.place !== place || stop.next === "unheard") return undefined;
    stopped(orderId);
    return stop.next === "commits" ? commit.promise : letGo.promise;
  };
  async function hear<Reply>(orderId: OrderId, answer: Promise<Reply>): Promise<Reply> {
    const places = passed.get(orderId) ?? [];
    passed.delete(orderId);
    const reply = await answer;
    const stop = wanted.get(orderId);
    if (stop?.next !== "unheard" || !places.includes(stop.place)) return reply;
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
        issue: (leased, ...given) => hear(leased.order.orderId, store.issue(leased, ...given)),
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
