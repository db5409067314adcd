// One order with everything a person needs: whose, which seats and tickets, both books side by side, its
// refunds, what it went through, and what can be done now. Read again every few seconds, since the
// machine goes on meanwhile.

import { useEffect, useState } from "preact/hooks";
import type { DeskOrder } from "../../../wire/desk/desk-orders.ts";
import { formatMoney } from "../../i18n/format.ts";
import { type Answer, call } from "../calls.ts";
import { locale, mayAct, words } from "../page.ts";
import { dateTime } from "../parts/numbers.ts";
import { Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";
import { Books } from "./books.tsx";
import { GiveBack } from "./give-back.tsx";
import { RefundList } from "./refund-list.tsx";
import { ByPerson } from "./by-person.tsx";

/** `lapsesAfterMs`: from then on it is no longer true, and goes away by itself. */
export type Told = { tone: "good" | "bad"; text: string; lapsesAfterMs?: number } | undefined;
/** What an action answers is the order as it is now. */
export type Apply = (act: () => Promise<Answer<DeskOrder>>, done: string) => Promise<boolean>;

const everyMs = 4_000;

export function OrderPage({ id }: { id: string }) {
  const params = { orderId: id };
  const [told, tell] = useState<Told>(undefined);
  const [loaded, again] = useLoaded<DeskOrder>(() => call("deskOrder", { params }), id, everyMs);
  useEffect(() => {
    if (told?.lapsesAfterMs === undefined) return;
    const timer = setTimeout(() => tell(undefined), told.lapsesAfterMs);
    return () => clearTimeout(timer);
  }, [told]);
  const apply: Apply = async (act, done) => {
    const answer = await act();
    tell(toldOf(answer, done));
    again();
    return answer.kind === "ok";
  };
  return (
    <Settled loaded={loaded} again={again}>
      {(order) => <Order order={order} told={told} apply={apply} />}
    </Settled>
  );
}

function toldOf(answer: Answer<DeskOrder>, done: string): Told {
  if (answer.kind === "ok") return { tone: "good", text: done };
  if (answer.kind === "offline") return { tone: "bad", text: words.value.state.offline };
  const t = words.value.orders;
  const { title, facts, code, retryAfterMs = 0 } = answer.problem;
  if (code === "being-worked-on") {
    const text = `${title} ${t.againIn(Math.ceil(retryAfterMs / 1_000))}`;
    return { tone: "bad", text, lapsesAfterMs: retryAfterMs };
  }
  const why = t.why[String(facts?.["reason"] ?? "")];
  return { tone: "bad", text: why === undefined ? title : `${title} ${why}` };
}

function Order({ order, told, apply }: { order: DeskOrder; told: Told; apply: Apply }) {
  const t = words.value.orders;
  const { amount, buyer, performance } = order;
  const where = performance.name[locale.value];
  return (
    <article class="one-order">
      <header class="view-head">
        <div>
          <h1>{formatMoney(amount, locale.value)}</h1>
          <p>
            <strong>{t.state[order.state]}</strong>
            {order.reason !== undefined && ` · ${t.reason(order.reason)}`}
          </p>
        </div>
      </header>
      <p class={`told ${told?.tone ?? ""}`} role="status">
        {told?.text}
      </p>
      {order.state === "stuck" && <ByPerson order={order} apply={apply} />}
      <dl class="facts card">
        <dt>{t.buyer}</dt>
        <dd>
          {buyer.name} · {buyer.email}
        </dd>
        <dt>{t.performance}</dt>
        <dd>
          {where} · {dateTime(performance.startsAt)}
        </dd>
        <dt>{t.number}</dt>
        <dd>
          <code>{order.orderId}</code>
        </dd>
      </dl>
      <Seats order={order} />
      <RefundList order={order} apply={apply} />
      {order.state === "confirmed" && mayAct.value && <GiveBack order={order} apply={apply} />}
      <Books order={order} />
      <History history={order.history} />
      {!mayAct.value && <p class="soft">{words.value.state.viewer}</p>}
    </article>
  );
}

function Seats({ order }: { order: DeskOrder }) {
  const t = words.value.orders;
  const { currency } = order.amount;
  return (
    <section aria-labelledby="seats-title">
      <h2 id="seats-title">{t.seats}</h2>
      <ul class="order-seats card">
        {order.lines.map((line) => (
          <li key={line.seat}>
            <span>{t.place(line.section, line.row, line.label)}</span>
            <span>{formatMoney({ amount: line.price, currency }, locale.value)}</span>
            <span class="soft">{ticketOf(order, line)}</span>
          </li>
        ))}
      </ul>
      <p class="faint">{t.seatsHint}</p>
    </section>
  );

  function ticketOf(of: DeskOrder, line: DeskOrder["lines"][number]): string {
    const refund = of.refunds.find(({ refundId }) => refundId === line.refundId);
    if (refund !== undefined) return t.refundState[refund.state];
    if (line.ticketId === undefined) return t.noTicket;
    const held = line.holder === undefined ? t.live : t.holder(line.holder.name);
    return line.checkedIn === undefined
      ? held
      : `${held} · ${t.checkedIn(line.checkedIn.gate, dateTime(line.checkedIn.at))}`;
  }
}

function History({ history }: Pick<DeskOrder, "history">) {
  const t = words.value.orders;
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">{t.history}</h2>
      <ol class="order-history card">
        {history.map(({ at, state, reason }) => (
          <li key={`${at} ${state}`}>
            <time>{dateTime(at)}</time> {t.state[state]}
            {reason !== undefined && <span class="soft"> · {t.reason(reason)}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
