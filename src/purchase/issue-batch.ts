// Gathers orders that are ready to be issued for a moment and issues them in one transaction: at the
// peak that is several times as fast as one by one, and in quiet times the moment is not noticed.
// Keeps: every caller gets the reply of its own order, or the fault of the transaction it was in.

import { assert } from "../foundation/assert.ts";
import type { Leased, OrderStore, Ticket } from "../ports/order-store.ts";
import type { IssueReply } from "./world.ts";

type Entry = {
  leased: Leased;
  tickets: readonly Ticket[];
  resolve(reply: IssueReply): void;
  reject(cause: unknown): void;
};

const gatherMs = 2;
const largestBatch = 100;

export function issueBatch(store: Pick<OrderStore, "issue">) {
  let waiting: Entry[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    try {
      const replies = await store.issue(batch.map(({ leased, tickets }) => ({ leased, tickets })));
      const byOrder = new Map(replies.map((reply) => [reply.orderId, reply]));
      for (const { leased, resolve } of batch) {
        const reply = byOrder.get(leased.order.orderId);
        assert(reply !== undefined, `issue gave no reply for ${leased.order.orderId}`);
        resolve(reply);
      }
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    }
  }

  return (leased: Leased, tickets: readonly Ticket[]): Promise<IssueReply> =>
    new Promise((resolve, reject) => {
      waiting.push({ leased, tickets, resolve, reject });
      if (waiting.length >= largestBatch) void flush();
      else timer ??= setTimeout(() => void flush(), gatherMs);
    });
}
