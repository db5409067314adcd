// Seats in the words of the fan: section, row, label, category and the price, which is always ours.

import { seatName } from "../../domain/seating/plan-index.ts";
import type { SeatNumber } from "../../foundation/ids.ts";
import type { Hold } from "../../ports/seat-store.ts";
import type { HeldSeat, HoldView, Locale, Money } from "../../wire/contract.ts";
import { priceOf, type Sale } from "../sales.ts";

export function heldSeat({ onSale, index }: Sale, seat: SeatNumber, locale: Locale): HeldSeat {
  const name = seatName(index, seat);
  const key = index.plan.categories[index.category[seat] ?? 0]?.key ?? "";
  return {
    seat,
    category: key,
    section: name.section[locale],
    row: name.row ?? "",
    label: name.seat,
    price: priceOf(onSale, key),
  };
}

export function totalOf(seats: readonly HeldSeat[], currency: string): Money {
  return { amount: seats.reduce((sum, { price }) => sum + price.amount, 0), currency };
}

export type HeldNow = { hold: Hold; paying: boolean; now: number };

export function holdView(sale: Sale, { hold, paying, now }: HeldNow, locale: Locale): HoldView {
  const seats = hold.seats.map((seat) => heldSeat(sale, seat, locale));
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
