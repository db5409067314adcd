// The shop of a simulated on-sale, second by second: turns, shoppers, holds, a queue of payments, seats.
// Only counts; who they are does not matter. Keeps: free + held + paying + sold = all seats.

import { assert } from "../../foundation/assert.ts";
import type { Random } from "../../foundation/random.ts";
import { type Assumptions, type Visit, visitOf } from "./crowd.ts";

type Buyer = Extract<Visit, { kind: "buyer" }>;

export type Shop = {
  turns: number;
  shoppers: number;
  free: number;
  held: number;
  paying: number;
  sold: number;
  backlog: number;
  latencyMs: number;
  /** Gives a turn in this second. */
  call(second: number): void;
  /** What happens in this second, before the tick. */
  pass(second: number): void;
};

const usualLatencyMs = 60;

export function openShop(crowd: Assumptions, random: Random): Shop {
  const due = new Map<number, (() => void)[]>();
  const payments: Buyer[] = [];
  let actions = 0;
  const at = (second: number, act: () => void) => {
    const list = due.get(second);
    if (list === undefined) due.set(second, [act]);
    else list.push(act);
  };

  const hold = (buyer: Buyer, second: number) => {
    actions++;
    const seats = Math.min(buyer.seats, shop.free);
    if (seats === 0) return void shop.shoppers--;
    shop.free -= seats;
    shop.held += seats;
    const isLate = buyer.checkoutSec > crowd.holdSec;
    at(second + Math.min(buyer.checkoutSec, crowd.holdSec), () => {
      shop.held -= seats;
      if (isLate) {
        shop.free += seats;
        shop.shoppers--;
        return;
      }
      shop.paying += seats;
      payments.push({ ...buyer, seats });
    });
  };

  const shop: Shop = {
    turns: 0,
    shoppers: 0,
    free: crowd.seats,
    held: 0,
    paying: 0,
    sold: 0,
    backlog: 0,
    latencyMs: usualLatencyMs,
    call(second) {
      shop.turns++;
      const visit = visitOf(random, crowd);
      if (visit.kind === "no-show") {
        return at(second + crowd.claimWindowSec, () => void shop.turns--);
      }
      at(second + visit.enterSec, () => {
        actions++;
        shop.turns--;
        shop.shoppers++;
        const now = second + visit.enterSec;
        if (visit.kind === "ghost") at(now + crowd.shopSec, () => void shop.shoppers--);
        else at(now + visit.chooseSec, () => hold(visit, now + visit.chooseSec));
      });
    },
    pass(second) {
      for (const act of due.get(second) ?? []) act();
      due.delete(second);
      for (const buyer of payments.splice(0, crowd.paymentsPerSec)) {
        shop.paying -= buyer.seats;
        if (buyer.fails) shop.free += buyer.seats;
        else shop.sold += buyer.seats;
        shop.shoppers--;
      }
      shop.backlog = payments.length;
      const load = actions / crowd.actionsPerSec;
      shop.latencyMs = usualLatencyMs * Math.max(1, load * load);
      actions = 0;
      const all = shop.free + shop.held + shop.paying + shop.sold;
      assert(all === crowd.seats, `seats: ${all} of ${crowd.seats}`);
    },
  };
  return shop;
}
