// Seats in the words of the fan: section, row, label, category and the price, which is always ours.

import { seatName } from "../domain/seating/plan-index.ts";
import type { SeatNumber } from "../foundation/ids.ts";
import type { Hold } from "../ports/seat-store.ts";
import type { HeldSeat, HoldView, Money } from "../wire/contract.ts";
import type { Sale } from "./sales.ts";

export function heldSeat({ onSale, index }: Sale, seat: SeatNumber): HeldSeat {
  const name = seatName(index, seat);
  const category = index.plan.categories[index.category[seat] ?? 0];
  const key = category?.key ?? "";
  return {
    seat,
    category: key,
    section:
      name.section.ko === name.section.en
        ? name.section.en
        : `${name.section.ko} · ${name.section.en}`,
    row: name.row ?? "",
    label: name.seat,
    price: { amount: onSale.prices[key] ?? 0, currency: onSale.currency },
  };
}

export function totalOf(seats: readonly HeldSeat[], currency: string): Money {
  return { amount: seats.reduce((sum, { price }) => sum + price.amount, 0), currency };
}

export function holdView(sale: Sale, hold: Hold, paying: boolean, now: number): HoldView {
  const seats = hold.seats.map((seat) => heldSeat(sale, seat));
  return {
    holdId: hold.holdId,
    seats,
    total: totalOf(seats, sale.onSale.currency),
    deadline: hold.deadline,
    extendableUntil: hold.heldAt + sale.onSale.settings.maxHoldMs,
    paying,
    now,
  };
}
