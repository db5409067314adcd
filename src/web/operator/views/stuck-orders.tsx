// Orders that wait for a person, each with what the person needs: whose it is, which seats, what the
// provider calls the payment, why the machine stopped, and what it went through.

import type { StuckOrder } from "../../../wire/desk-contract.ts";
import { formatMoney } from "../../i18n/format.ts";
import { call } from "../calls.ts";
import { locale, words } from "../page.ts";
import { clockTime, dateTime, wait } from "../parts/numbers.ts";
import { Nothing, Settled } from "../parts/states.tsx";
import { useLoaded, useNow } from "../use.ts";

export function StuckOrders() {
  const t = words.value.orders;
  const [loaded, again] = useLoaded<{ orders: StuckOrder[] }>(
    () => call("deskStuckOrders"),
    "orders",
    5_000,
  );
  return (
    <>
      <header class="view-head">
        <div>
          <h1>{t.title}</h1>
          <p class="soft">{t.intro}</p>
        </div>
      </header>
      <Settled loaded={loaded} again={again}>
        {({ orders }) =>
          orders.length === 0 ? (
            <Nothing title={t.empty} next={t.emptyNext} />
          ) : (
            <ul class="stuck">
              {orders.map((order) => (
                <Stuck key={order.orderId} order={order} />
              ))}
            </ul>
          )
        }
      </Settled>
    </>
  );
}

function Stuck({ order }: { order: StuckOrder }) {
  const t = words.value.orders;
  const now = useNow(10_000);
  const ago = Math.max(0, now - order.updatedAt);
  const { payment, amount } = order;
  const refunded = { amount: payment?.refunded ?? 0, currency: amount.currency };
  return (
    <li class="card">
      <header>
        <strong>{formatMoney(amount, locale.value)}</strong>
        <code>{order.orderId}</code>
        <span class="warn-text">{t.since(wait({ low: ago, high: ago }))}</span>
      </header>
      <dl class="facts">
        <dt>{t.reason}</dt>
        <dd>{order.reason ?? t.none}</dd>
        <dt>{t.buyer}</dt>
        <dd>
          {order.buyerName} · {order.buyerEmail}
        </dd>
        <dt>{t.seats}</dt>
        <dd>
          {order.performance[locale.value]} · {order.seats.join(", ")}
        </dd>
        <dt>{t.payment}</dt>
        <dd>
          {payment === undefined ? t.none : `${payment.provider} · ${payment.state}`}
          {refunded.amount > 0 && ` · ${t.refunded(formatMoney(refunded, locale.value))}`}
        </dd>
        <dt>{t.reference}</dt>
        <dd>
          <code>{payment?.providerRef ?? t.none}</code>
        </dd>
        <dt>{t.history}</dt>
        <dd>
          <ol class="trail">
            {order.history.map(({ at, state, reason }) => (
              <li key={`${at} ${state}`} title={dateTime(at)}>
                {clockTime(at)} {state}
                {reason !== undefined && ` (${reason})`}
              </li>
            ))}
          </ol>
        </dd>
      </dl>
      <p class="faint">{t.next}</p>
    </li>
  );
}
