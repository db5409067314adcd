// Orders: one box that finds any of them, and below it those that wait for a person, longest first.

import { useState } from "preact/hooks";
import type { StuckOrder } from "../../../wire/desk-contract.ts";
import type {
  DeskOrderRow,
  LatePayment,
  OrdersFound,
  StuckRefund,
} from "../../../wire/desk/desk-orders.ts";
import { formatMoney } from "../../i18n/format.ts";
import { type Answer, call } from "../calls.ts";
import { Way } from "../frame.tsx";
import { locale, words } from "../page.ts";
import { dateTime, wait } from "../parts/numbers.ts";
import { Nothing, Settled } from "../parts/states.tsx";
import { useLoaded, useNow } from "../use.ts";

type Waiting = { orders: StuckOrder[]; refunds: StuckRefund[]; late: LatePayment[] };

export function OrdersPage() {
  const t = words.value.orders;
  const [loaded, again] = useLoaded<Waiting>(() => call("deskStuckOrders"), "orders", 5_000);
  return (
    <>
      <header class="view-head">
        <div>
          <h1>{t.title}</h1>
        </div>
      </header>
      <FindOrder />
      <section aria-labelledby="waiting-title">
        <h2 id="waiting-title">{t.waiting}</h2>
        <p class="soft">{t.intro}</p>
        <Settled loaded={loaded} again={again}>
          {({ orders, refunds }) =>
            orders.length + refunds.length === 0 ? (
              <Nothing title={t.empty} next={t.emptyNext} />
            ) : (
              <ul class="order-list">
                {orders.map((order) => (
                  <WaitingRow
                    key={order.orderId}
                    row={order}
                    why={order.reason === undefined ? t.none : t.reason(order.reason)}
                  />
                ))}
                {refunds.map((refund) => (
                  <WaitingRow
                    key={refund.refundId}
                    row={refund}
                    why={`${t.refund} · ${t.because(refund.stuckBecause)}`}
                  />
                ))}
              </ul>
            )
          }
        </Settled>
      </section>
      {loaded.kind === "ready" && loaded.body.late.length > 0 && <Late late={loaded.body.late} />}
    </>
  );
}

function Late({ late }: Pick<Waiting, "late">) {
  const t = words.value.orders;
  return (
    <section class="late" aria-labelledby="late-title">
      <h2 id="late-title">{t.late}</h2>
      <p class="soft">{t.lateIntro}</p>
      <ul class="order-list">
        {late.map((one) => (
          <li key={one.orderId} class="card">
            <Way path={`orders/${one.orderId}`}>
              <strong>{formatMoney(one.amount, locale.value)}</strong> {one.buyerName}
            </Way>
            <p>
              {t.state[one.state]} · {one.kept ? t.lateKept : t.lateGone}
            </p>
            <p class="faint">
              {one.performance[locale.value]} · {dateTime(one.foundAt)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function WaitingRow({
  row,
  why,
}: {
  row: Pick<StuckRefund, "orderId" | "performance" | "buyerName" | "amount" | "updatedAt">;
  why: string;
}) {
  const t = words.value.orders;
  const ago = Math.max(0, useNow(10_000) - row.updatedAt);
  return (
    <li class="card">
      <Way path={`orders/${row.orderId}`}>
        <strong>{formatMoney(row.amount, locale.value)}</strong> {row.buyerName}
      </Way>
      <p class="warn-text">{why}</p>
      <p class="faint">
        {row.performance[locale.value]} · {t.since(wait({ low: ago, high: ago }))}
      </p>
    </li>
  );
}

type Finding =
  | { kind: "nothing" }
  | { kind: "looking" }
  | { kind: "answered"; answer: Answer<OrdersFound> };

function FindOrder() {
  const t = words.value.orders;
  const [find, setFind] = useState("");
  const [finding, setFinding] = useState<Finding>({ kind: "nothing" });
  const submit = async (submitted: Event) => {
    submitted.preventDefault();
    if (find.trim().length < 3) return;
    setFinding({ kind: "looking" });
    const answer = await call<OrdersFound>("deskOrderSearch", { method: "POST", body: { find } });
    setFinding({ kind: "answered", answer });
  };
  return (
    <section class="find-order">
      <form role="search" onSubmit={(submitted) => void submit(submitted)}>
        <label for="find-order">{t.find}</label>
        <div class="row">
          <input
            id="find-order"
            type="search"
            autocomplete="off"
            maxLength={500}
            aria-describedby="find-hint"
            value={find}
            onInput={(typed) => setFind(typed.currentTarget.value)}
          />
          <button class="button primary" disabled={finding.kind === "looking"}>
            {finding.kind === "looking" ? t.finding : t.findGo}
          </button>
        </div>
        <p id="find-hint" class="faint">
          {t.findHint}
        </p>
      </form>
      <div aria-live="polite">
        {finding.kind === "answered" && <Found answer={finding.answer} />}
      </div>
    </section>
  );
}

function Found({ answer }: { answer: Answer<OrdersFound> }) {
  const t = words.value.orders;
  if (answer.kind === "offline") return <p class="told bad">{words.value.state.offline}</p>;
  if (answer.kind === "problem") return <p class="told bad">{answer.problem.title}</p>;
  const { orders, more } = answer.body;
  if (orders.length === 0) return <p class="soft">{t.notFound}</p>;
  return (
    <>
      <ul class="order-list">
        {orders.map((order) => (
          <FoundRow key={order.orderId} order={order} />
        ))}
      </ul>
      {more && <p class="faint">{t.findMore}</p>}
    </>
  );
}

function FoundRow({ order }: { order: DeskOrderRow }) {
  const t = words.value.orders;
  const refunded = { amount: order.refunded, currency: order.amount.currency };
  return (
    <li class="card">
      <Way path={`orders/${order.orderId}`}>
        <strong>{formatMoney(order.amount, locale.value)}</strong> {order.buyerName}
      </Way>
      <p>
        {t.state[order.state]}
        {order.refunded > 0 && ` · ${t.refunded(formatMoney(refunded, locale.value))}`}
      </p>
      <p class="faint">
        {order.performance[locale.value]} · {order.seats.join(", ")} · {dateTime(order.createdAt)}
      </p>
    </li>
  );
}
