// The tickets of a confirmed order, as cards that look like what they are; each opens its own page
// with the code for the door.

import type { OnSaleView, OrderView } from "../../../wire/contract.ts";
import { formatDateTime, formatMoney } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { OrderWords } from "../../i18n/ko/order.ts";
import type { SeatNamer } from "./order-page.tsx";

export function Tickets(parts: {
  order: OrderView;
  words: OrderWords;
  locale: Locale;
  sale: OnSaleView | undefined;
  nameOf: SeatNamer;
}) {
  const { order, words, locale, sale, nameOf } = parts;
  const given = new Set(order.refunds.flatMap(({ seats }) => seats));
  return (
    <section aria-labelledby="tickets-title">
      <h2 id="tickets-title" class="seen-by-readers-only">
        {words.tickets}
      </h2>
      <ul class="stubs">
        {order.tickets.map(({ ticketId, seat, url, state }) => {
          const category = sale?.categories.find(({ key }) => key === seat.category);
          return (
            <li key={ticketId} class="stub">
              <div class="stub-main">
                <span class="faint">
                  {sale
                    ? formatDateTime(sale.performance.startsAt, locale, sale.performance.timeZone)
                    : ""}
                </span>
                <strong>{nameOf(seat).whole}</strong>
                <span class="soft">
                  {category?.name[locale] ?? seat.category} · {formatMoney(seat.price, locale)}
                </span>
              </div>
              {state === "live" ? (
                <a class="stub-open" href={url}>
                  {words.openTicket}
                </a>
              ) : (
                <span class="stub-open faint">
                  {given.has(seat.seat) ? words.giveBack.ended : words.ticket.void}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      <p class="faint order-number">
        {words.number} <code>{order.orderId}</code> · {words.total}{" "}
        {formatMoney(order.total, locale)}
      </p>
    </section>
  );
}
