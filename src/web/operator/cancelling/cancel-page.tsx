// A performance that does not take place: what giving everything back costs, the word for it, and how far
// it has come. The word is given twice, with a reason; from then on the page only shows, and may be closed.
// Everything it says is read from the server again every few seconds.

import { useState } from "preact/hooks";
import type { CancellationView, Worth } from "../../../wire/desk/desk-orders.ts";
import { formatDateTime, formatMoney } from "../../i18n/format.ts";
import { call } from "../calls.ts";
import { Way } from "../frame.tsx";
import { locale, mayAct, words } from "../page.ts";
import { count, dateTime } from "../parts/numbers.ts";
import { Nothing, Settled } from "../parts/states.tsx";
import { useLoaded } from "../use.ts";

const everyMs = 2_000;

export function CancelPage({ id }: { id: string }) {
  const t = words.value.cancelling;
  const params = { performanceId: id };
  const read = () => call<CancellationView>("deskCancellation", { params });
  const [loaded, again] = useLoaded<CancellationView>(read, id, everyMs);
  if (loaded.kind === "problem" && loaded.problem.code === "not-found") {
    return <Nothing title={words.value.state.notFound} />;
  }
  return (
    <Settled loaded={loaded} again={again}>
      {(view) => (
        <div class="cancelling">
          <header class="view-head">
            <div>
              <h1>{t.title}</h1>
              <p>
                <strong>{view.performance.name[locale.value]}</strong>{" "}
                <span class="soft">
                  {view.performance.venue[locale.value]} ·{" "}
                  {formatDateTime(
                    view.performance.startsAt,
                    locale.value,
                    view.performance.timeZone,
                  )}
                </span>
              </p>
            </div>
          </header>
          {view.cancellation === undefined ? (
            <Asking view={view} again={again} />
          ) : (
            <Progress view={view} word={view.cancellation} />
          )}
        </div>
      )}
    </Settled>
  );
}

const money = (currency: string, amount: number) => formatMoney({ currency, amount }, locale.value);
const backOf = ({ amount, fee }: Worth, keepFee: boolean) => amount - (keepFee ? fee : 0);

function Asking({ view, again }: { view: CancellationView; again: () => void }) {
  const t = words.value.cancelling;
  const { left, performance } = view;
  const [keepFee, setKeepFee] = useState(false);
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const isReady = reason.trim().length >= 3 && left.onSale === 0 && mayAct.value;
  const submit = async (submitted: Event) => {
    submitted.preventDefault();
    if (!isReady) return;
    if (!sure) return setSure(true);
    setBusy(true);
    const answer = await call<CancellationView>("deskCancellation", {
      method: "POST",
      params: { performanceId: performance.performanceId },
      body: { keepFee, reason: reason.trim() },
    });
    setBusy(false);
    setSure(false);
    setProblem(
      answer.kind === "problem"
        ? answer.problem.title
        : answer.kind === "offline"
          ? words.value.state.offline
          : undefined,
    );
    again();
  };
  const goes = left.worth.map((worth) => money(worth.currency, backOf(worth, keepFee))).join(" + ");
  return (
    <form class="card cancel-form" onSubmit={(submitted) => void submit(submitted)}>
      <p>{t.intro}</p>
      <Cost left={left} keepFee={keepFee} />
      {left.worth.some(({ fee }) => fee > 0) && (
        <label class="tick">
          <input type="checkbox" checked={keepFee} onChange={() => setKeepFee(!keepFee)} />
          {t.keepFee(
            left.worth
              .filter(({ fee }) => fee > 0)
              .map(({ currency, fee }) => money(currency, fee))
              .join(" + "),
          )}
        </label>
      )}
      <div class="field">
        <label for="cancel-reason">{t.reason}</label>
        <input
          id="cancel-reason"
          maxLength={300}
          value={reason}
          onInput={(typed) => {
            setReason(typed.currentTarget.value);
            setSure(false);
          }}
        />
        <small>{t.reasonHint}</small>
      </div>
      {left.onSale > 0 && <p class="note">{t.onSale(left.onSale)}</p>}
      {problem !== undefined && (
        <p class="told bad" role="alert">
          {problem}
        </p>
      )}
      <div aria-live="polite">{sure && <p class="note">{t.sure}</p>}</div>
      {/* Who presses twice by habit meets the way back first. */}
      <div class="row">
        {sure && (
          <button type="button" class="button" onClick={() => setSure(false)}>
            {t.notYet}
          </button>
        )}
        <button class="button grave" disabled={!isReady || busy}>
          {busy ? t.busy : sure && goes !== "" ? t.goNow(goes) : t.go}
        </button>
      </div>
    </form>
  );
}

function Cost({ left, keepFee }: { left: CancellationView["left"]; keepFee: boolean }) {
  const t = words.value.cancelling;
  const orders = left.worth.reduce((sum, worth) => sum + worth.orders, 0);
  return (
    <div class="effect" aria-live="polite">
      <dl class="cancel-cost">
        <div>
          <dt>{t.orders}</dt>
          <dd>{count(orders)}</dd>
        </div>
        <div>
          <dt>{t.tickets}</dt>
          <dd>{count(left.tickets)}</dd>
        </div>
        {left.worth.map((worth) => (
          <div key={worth.currency}>
            <dt>{t.back}</dt>
            <dd>{money(worth.currency, backOf(worth, keepFee))}</dd>
          </div>
        ))}
        {keepFee &&
          left.worth.map((worth) => (
            <div key={worth.currency}>
              <dt>{t.stays}</dt>
              <dd>{money(worth.currency, worth.fee)}</dd>
            </div>
          ))}
      </dl>
      <p>{orders === 0 ? t.nothingSold : t.what}</p>
      {left.checkedIn > 0 && <p class="note">{t.checkedIn(left.checkedIn)}</p>}
      {left.givenAway > 0 && <p class="note">{t.givenAway(left.givenAway)}</p>}
      {left.underWay > 0 && <p class="note">{t.underWay(left.underWay)}</p>}
      {left.byHand > 0 && <p class="note">{t.byHand(left.byHand)}</p>}
    </div>
  );
}

type Word = NonNullable<CancellationView["cancellation"]>;

function Progress({ view, word }: { view: CancellationView; word: Word }) {
  const t = words.value.cancelling;
  const { left, refunds } = view;
  const of = (...states: string[]) => refunds.filter(({ state }) => states.includes(state));
  const ordersOf = (rows: readonly Worth[]) => rows.reduce((sum, row) => sum + row.orders, 0);
  const moneyOf = (rows: readonly Worth[]) => {
    const sums = new Map<string, number>();
    for (const { currency, amount } of rows) sums.set(currency, (sums.get(currency) ?? 0) + amount);
    return [...sums].map(([currency, amount]) => money(currency, amount)).join(" + ");
  };
  const [done, onTheWay, stuck] = [of("refunded"), of("requested", "refunding"), of("stuck")];
  const toCome = ordersOf(left.worth);
  const all = toCome + ordersOf(refunds);
  const isOver = toCome + ordersOf(onTheWay) + ordersOf(stuck) + left.underWay + left.byHand === 0;
  const rows = [
    { name: t.done, orders: ordersOf(done), amount: moneyOf(done) },
    { name: t.onTheWay, orders: ordersOf(onTheWay), amount: moneyOf(onTheWay) },
    {
      name: t.toCome,
      orders: toCome,
      amount: moneyOf(left.worth.map((one) => ({ ...one, amount: backOf(one, word.keepFee) }))),
    },
    { name: t.stuck, orders: ordersOf(stuck), amount: moneyOf(stuck) },
  ];
  return (
    <section class="card cancel-form" aria-labelledby="cancel-state">
      <h2 id="cancel-state">
        <span role="status">{isOver ? t.over : t.running(count(ordersOf(done)), count(all))}</span>
      </h2>
      <progress max={Math.max(1, all)} value={all === 0 ? 1 : ordersOf(done)} aria-hidden="true" />
      <dl class="cancel-cost">
        {rows.map(({ name, orders, amount }) => (
          <div key={name} class={name === t.stuck && orders > 0 ? "bad" : undefined}>
            <dt>{name}</dt>
            <dd>
              {count(orders)} <small>{amount}</small>
            </dd>
          </div>
        ))}
      </dl>
      {ordersOf(stuck) > 0 && (
        <p class="note">
          {t.stuckNext} <Way path="orders">{t.toOrders}</Way>
        </p>
      )}
      {left.underWay > 0 && <p class="note">{t.underWay(left.underWay)}</p>}
      {left.byHand > 0 && <p class="note">{t.byHand(left.byHand)}</p>}
      <p class="soft">{isOver ? t.overNext : t.mayClose}</p>
      <p class="faint">
        {t.saidBy(word.operator, dateTime(word.requestedAt))} · {word.reason} ·{" "}
        {word.keepFee ? t.feeStays : t.feeToo}
      </p>
    </section>
  );
}
