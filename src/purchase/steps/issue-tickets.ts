// Saga step 4: signs the tickets and issues them with the order. `issued` is committed by the store.

import type { Leased, OrderChange } from "../../ports/order-store.ts";
import type { World } from "../world.ts";

export async function issueTickets(world: World, leased: Leased, answer: OrderChange | undefined) {
  const tickets = await world.ticketsFor(leased.order);
  const reply = await world.store.issue(leased, tickets, answer);
  if (reply.kind === "issued") {
    const { order } = leased;
    const confirmed = { ...order, state: "confirmed", version: order.version + 1 } as const;
    await world.tell({ ...confirmed, reason: undefined }, reply.truths);
  }
  return reply;
}
