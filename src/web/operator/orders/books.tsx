// Both books of an order's payments, side by side: ours, and the provider's as it answered just now.

import type { DeskAttempt, DeskOrder } from "../../../wire/desk/desk-orders.ts";
import { formatMoney } from "../../i18n/format.ts";
import { locale, words } from "../page.ts";

export function Books({ order }: { order: DeskOrder }) {
  const t = words.value.orders;
  return (
    <section aria-labelledby="books-title">
      <h2 id="books-title">{t.books}</h2>
      {order.attempts.length === 0 ? (
        <p class="soft">{t.noAttempts}</p>
      ) : (
        <ul class="books">
          {order.attempts.map((attempt) => (
            <Attempt key={attempt.attempt} attempt={attempt} amount={order.amount} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Attempt({ attempt, amount }: { attempt: DeskAttempt; amount: DeskOrder["amount"] }) {
  const t = words.value.orders;
  const { here, there, agree } = attempt;
  const money = (value: number) => formatMoney({ ...amount, amount: value }, locale.value);
  const mark = agree === undefined ? "unread" : agree ? "agree" : "differ";
  return (
    <li class={`card book ${mark}`}>
      <p>
        <strong>{t.attempt(attempt.attempt)}</strong> {attempt.provider}{" "}
        {attempt.providerRef !== undefined && <code>{attempt.providerRef}</code>}
      </p>
      <dl>
        <dt>{t.here}</dt>
        <dd>
          {t.paymentState[here.state] ?? here.state}
          {here.refunded > 0 && ` · ${t.refunded(money(here.refunded))}`}
        </dd>
        <dt>{t.there}</dt>
        <dd>
          {there === "none" ? (
            t.thereNone
          ) : there === "unreadable" ? (
            t.thereUnread
          ) : (
            <>
              {there.captured > 0
                ? t.taken(money(there.captured))
                : (t.paymentState[there.state] ?? there.state)}
              {there.refunded > 0 && ` · ${t.refunded(money(there.refunded))}`}
            </>
          )}
        </dd>
      </dl>
      <p class="verdict-line">{t.verdict[mark]}</p>
    </li>
  );
}
