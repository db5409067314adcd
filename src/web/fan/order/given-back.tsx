// What was given back of the order after the sale, and how far that is.

import type { OrderView } from "../../../wire/contract.ts";
import { formatMoney } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { OrderWords } from "../../i18n/ko/order.ts";
import type { SeatNamer } from "./order-page.tsx";

export function isAllBack({ state, seats, refunds }: OrderView): boolean {
  const given = new Set(refunds.flatMap((refund) => refund.seats));
  return state === "confirmed" && seats.length > 0 && seats.every(({ seat }) => given.has(seat));
}

export function GivenBack(parts: {
  order: OrderView;
  words: OrderWords;
  locale: Locale;
  nameOf: SeatNamer;
}) {
  const { order, locale, nameOf } = parts;
  const words = parts.words.giveBack;
  if (order.refunds.length === 0) return null;
  const money = (amount: number) => formatMoney({ ...order.total, amount }, locale);
  return (
    <section class="summary" aria-labelledby="given-back-title" aria-live="polite">
      <h2 id="given-back-title">{words.given}</h2>
      <ul>
        {order.refunds.map((refund) => (
          <li key={refund.refundId} class="given">
            <span>
              {order.seats
                .filter(({ seat }) => refund.seats.includes(seat))
                .map((held) => nameOf(held).whole)
                .join(" · ")}
            </span>
            <strong>{money(refund.amount.amount)}</strong>
            <span class="soft">
              {words.state[refund.state]}
              {refund.fee > 0 && ` ${words.feeKept(money(refund.fee))}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
