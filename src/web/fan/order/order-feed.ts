// An order as it moves: live messages, and polling beside them for networks that hold streams back.
// Keeps: an older version never overwrites a newer one, and following ends where the order and what is
// given back of it end. With a buyer's code, from the mail, no shop session is needed: it is asked by that.

import type { OrderView } from "../../../wire/contract.ts";
import type { Problem } from "../../../wire/problems.ts";
import { apiAddress } from "../../site-config.ts";
import { call } from "../calls/http.ts";
import { followStream } from "../calls/message-stream.ts";

export type OrderHandlers = {
  moved(order: OrderView): void;
  refused(problem: Problem): void;
  offline(is: boolean): void;
};

const pollLiveMs = 12_000;
const pollAloneMs = 2_500;

/** How long after a deadline a page still looks whether the money came after all. */
const lateLookMs = 180_000;

export function isOver(order: OrderView): boolean {
  const mayComeLate = order.state === "cancelled" && order.reason === "too-late";
  if (mayComeLate && order.now - order.endedAt < lateLookMs) return false;
  const isEnd = ["confirmed", "cancelled", "refunded"].includes(order.state);
  return isEnd && !order.refunds.some(({ state }) => state === "under-way");
}

export function followOrder(
  where: { onSaleId: string; orderId: string; buyer: string | undefined },
  handlers: OrderHandlers,
): { stop(): void; take(order: OrderView): void; askNow(): void } {
  let known: OrderView | undefined;
  let live = false;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const take = (order: OrderView): void => {
    if (stopped || (known && order.version < known.version)) return;
    known = order;
    handlers.moved(order);
  };
  const { onSaleId, orderId, buyer } = where;
  const address = { onSaleId, orderId };
  const look = () =>
    buyer === undefined
      ? call<OrderView>("GET", apiAddress("order", address), { tries: 1 })
      : call<OrderView>("POST", apiAddress("buyerOrder"), { body: { buyer }, tries: 1 });
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const reply = await look();
    if (stopped) return;
    if (reply.kind === "ok") take(reply.value);
    handlers.offline(reply.kind === "offline");
    if (reply.kind === "problem" && reply.problem.status < 500 && reply.problem.status !== 429) {
      return handlers.refused(reply.problem);
    }
    if (known && isOver(known)) return stopStream();
    timer = setTimeout(() => void ask(), live ? pollLiveMs : pollAloneMs);
  };
  const stopStream = buyer === undefined ? follow() : () => {};
  void ask();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      stopStream();
    },
    take(order) {
      take(order);
      if (!isOver(order)) timer ??= setTimeout(() => void ask(), pollAloneMs);
    },
    askNow: () => void ask(),
  };

  function follow(): () => void {
    const end = followStream(apiAddress("orderLive", address), {
      message(_name, payload) {
        if (typeof payload === "object" && payload !== null && "orderId" in payload) {
          take(payload as OrderView);
          if (known && isOver(known)) end();
          // A bare hint that something moved: the order itself is asked for.
        } else void ask();
        return undefined;
      },
      connected(is) {
        live = is;
      },
      refused() {},
    });
    return end;
  }
}
