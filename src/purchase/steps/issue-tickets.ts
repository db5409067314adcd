// Saga step 4: signs the tickets and issues them with the order. `issued` is committed by the store.

import type { Leased, Order, OrderChange } from "../../ports/order-store.ts";
import type { World } from "../world.ts";

export async function issueTickets(world: World, leased: Leased, answer: OrderChange | undefined) {
  const tickets = await world.ticketsFor(leased.order);
  const reply = await world.store.issue(leased, tickets, answer);
  if (reply.kind !== "issued") return reply;
  const { order } = leased;
  const version = order.version + 1;
  const committed: Order = { ...order, state: "confirmed", version, reason: undefined };
  await world.tell(committed, reply.truths);
  return { ...reply, committed };
}
