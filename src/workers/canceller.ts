// The canceller: of a performance that does not take place it makes an ordinary refund for each order whose
// tickets still count, a bounded number at a time. The refunder gives the money back, as fast as the
// provider's line takes it; here is only seen to it that the tickets end, that no order is forgotten, and
// that no more refunds lie about than the provider will soon have answered.
//
// Keeps: one refund an order, by the key made of the performance, whoever makes it and however often. A
// killed canceller leaves orders whose tickets still count, and those are what the next one looks for.

import { createHash } from "node:crypto";
import { newRefundId } from "../foundation/after-sale-ids.ts";
import type { Log } from "../foundation/log.ts";
import { cancellationKey, type Cancellations } from "../ports/tickets/cancellations.ts";
import type { RefundStore } from "../ports/tickets/refund-store.ts";
import { type Duty, forEach, startRounds, type Turn } from "./round.ts";

export type CancellerDeps = {
  cancellations: Pick<Cancellations, "next" | "unanswered">;
  store: Pick<RefundStore, "request">;
  log: Log;
  /** Refunds that wait for the provider at most: some ten seconds of its line. */
  most?: number;
  /** Orders in one round. */
  batch?: number;
  turn?: Turn | undefined;
  idleMs?: number;
};

const name = "canceller";

/** @returns how many orders it found; none, and the round after may wait. */
export async function cancelOnce(
  deps: CancellerDeps,
  stopped: AbortSignal = new AbortController().signal,
): Promise<number> {
  const { cancellations, store, log, most = 200, batch = 50 } = deps;
  const room = Math.min(batch, most - (await cancellations.unanswered()));
  if (room <= 0) return 0;
  const orders = await cancellations.next(room);
  await forEach(orders, { name, log, stopped }, async (order) => {
    const { orderId, performanceId, operatorId, reason, feePerTicket } = order;
    const reply = await store.request({
      refundId: newRefundId(),
      orderId,
      seats: "all",
      feePerTicket,
      by: { kind: "operator", operatorId },
      reason,
      // Nobody is to buy a seat of an evening that does not take place.
      seatsGo: "withheld",
      idempotencyKey: cancellationKey(performanceId),
      bodyHash: createHash("sha256").update(`${reason} ${feePerTicket}`).digest("base64url"),
    });
    if (reply.kind === "mismatch" || reply.kind === "refused")
      log.warn({ orderId, performanceId, because: reply.kind }, "not given back this time");
    return 1;
  });
  return orders.length;
}

export function startCanceller(deps: CancellerDeps): Duty {
  const idleMs = deps.idleMs ?? 3_000;
  return startRounds(
    { name, log: deps.log, pauseMs: (found) => (found > 0 ? 100 : idleMs), turn: deps.turn },
    (stopped) => cancelOnce(deps, stopped),
  );
}
