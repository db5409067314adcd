// After paying: what is happening now, what is safe, and what the fan can do; then the tickets. The
// page only shows what the server knows, so it can be closed, reloaded and opened again at any time.
// Read next: order-feed.ts (following), pay-again.tsx (another card within the hold).

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { HeldSeat, OnSaleView, OrderView, PlanOverview } from "../../../wire/contract.ts";
import { pathTo } from "../../../wire/routes.ts";
import { applyAccent } from "../../accent.ts";
import { formatCountdown, formatDateTime, formatMoney } from "../../i18n/format.ts";
import { chooseLocale, mountLanguageSwitch } from "../../i18n/i18n.ts";
import { order as en } from "../../i18n/en/order.ts";
import { shop as shopEn } from "../../i18n/en/shop.ts";
import { order as ko } from "../../i18n/ko/order.ts";
import { shop as shopKo } from "../../i18n/ko/shop.ts";
import { apiAddress } from "../../site-config.ts";
import { useServerTime } from "../shop/held-summary.tsx";
import { call, newKey } from "../calls/http.ts";
import { providerPage } from "../checkout/method.ts";
import { forward } from "./forwarding.ts";
import { followOrder } from "./order-feed.ts";
import { ComeBack } from "./come-back.tsx";
import { GiveBack } from "./give-back.tsx";
import { GivenBack, isAllBack } from "./given-back.tsx";
import { PayAgain } from "./pay-again.tsx";
import { Tickets } from "./tickets.tsx";
import { Timeline } from "./timeline.tsx";

const [, , onSaleId = "", orderId = ""] = location.pathname.split("/").map(decodeURIComponent);
/** From the mail: stands for the buyer where this browser has no shop session. */
const buyer = new URLSearchParams(location.hash.slice(1)).get("b") ?? undefined;
const locale = chooseLocale();
const words = locale === "ko" ? ko : en;
const shopWords = locale === "ko" ? shopKo : shopEn;

export type SeatNamer = (seat: HeldSeat) => { whole: string; section: string };

type Sale = { view: OnSaleView; plan: PlanOverview };
type Shown = { kind: "loading" } | { kind: "missing" } | { kind: "order"; order: OrderView };

function OrderPage() {
  const [shown, show] = useState<Shown>({ kind: "loading" });
  const [sale, setSale] = useState<Sale | undefined>(undefined);
  const [offline, setOffline] = useState(false);
  const feed = useRef<ReturnType<typeof followOrder>>(undefined);
  useEffect(() => {
    void readSale().then(setSale);
    const following = followOrder(
      { onSaleId, orderId, buyer },
      {
        moved: (order) => {
          show({ kind: "order", order });
          forward(order);
        },
        refused: () => show({ kind: "missing" }),
        offline: setOffline,
      },
    );
    feed.current = following;
    const awake = () => document.visibilityState === "visible" && following.askNow();
    document.addEventListener("visibilitychange", awake);
    return () => {
      following.stop();
      document.removeEventListener("visibilitychange", awake);
    };
  }, []);
  return (
    <>
      <Top sale={sale} />
      {shown.kind === "order" ? (
        <Order
          order={shown.order}
          sale={sale}
          offline={offline}
          take={(order) => feed.current?.take(order)}
        />
      ) : (
        <main class="end" aria-busy={shown.kind === "loading"}>
          {shown.kind === "missing" ? (
            <>
              <h1>{words.missing[0]}</h1>
              <p class="soft">{words.missing[1]}</p>
              <a class="button primary" href={pathTo("home")}>
                {words.toHome}
              </a>
            </>
          ) : (
            <p role="status" class="soft">
              {offline ? words.offline : words.loading}
            </p>
          )}
        </main>
      )}
    </>
  );
}

async function readSale(): Promise<Sale | undefined> {
  const view = await call<OnSaleView>("GET", apiAddress("onSale", { onSaleId }));
  if (view.kind !== "ok") return undefined;
  applyAccent(view.value.accent);
  const { planHash } = view.value;
  const plan = await call<PlanOverview>("GET", apiAddress("planOverview", { planHash }));
  return plan.kind === "ok" ? { view: view.value, plan: plan.value } : undefined;
}

function Top({ sale }: { sale: Sale | undefined }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current) mountLanguageSwitch(button.current, locale);
  }, []);
  const show = sale?.view.performance;
  return (
    <header class="shop-top">
      <div class="shop-title">
        <p class="show-name">{show?.name[locale] ?? "\u00a0"}</p>
        <p class="faint">
          {show
            ? `${formatDateTime(show.startsAt, locale, show.timeZone)} · ${show.venue[locale]}`
            : ""}
        </p>
      </div>
      <button type="button" class="language" ref={button} />
    </header>
  );
}

function namerOf(sale: Sale | undefined): SeatNamer {
  return (held) => {
    const found = sale?.plan.sections.find(
      ({ first, count }) => held.seat >= first && held.seat < first + count,
    );
    const section = found?.name[locale] ?? held.section;
    return { section, whole: shopWords.seat(section, held.row, held.label) };
  };
}

function Order(parts: {
  order: OrderView;
  sale: Sale | undefined;
  offline: boolean;
  take(order: OrderView): void;
}) {
  const { order, sale, offline, take } = parts;
  const { state } = order;
  const page = providerPage(locale);
  const atPage = page !== undefined && state === "requires-action";
  const [title, body] = atPage
    ? words.atProvider(page)
    : isAllBack(order)
      ? words.giveBack.all
      : words.now[state];
  const declined = state === "draft" && order.reason !== undefined;
  useEffect(() => {
    document.title = title;
  }, [title]);
  const nameOf = namerOf(sale);
  return (
    <main class="order">
      {offline ? <p class="notice warn">{words.offline}</p> : null}
      <section class={`now state-${state}`} aria-live="polite">
        <h1>{declined ? words.declined : title}</h1>
        <p class="soft">
          {declined ? (words.reasons[order.reason ?? ""] ?? words.reasonOther) : body}
          {isOff(state) && order.reason ? ` ${words.reasons[order.reason] ?? ""}` : ""}
        </p>
      </section>
      <Timeline state={state} words={words} />
      {state === "draft" ? (
        <div class="again">
          <HeldFor order={order} says={words.held} />
          <PayAgain order={order} words={shopWords} locale={locale} take={take} />
        </div>
      ) : null}
      {atPage ? <HeldFor order={order} says={words.payWithin} /> : null}
      {state === "requires-action" && order.actionUrl ? (
        <a class="button primary wide" href={order.actionUrl}>
          {page === undefined ? words.prove : words.payAt(page)}
        </a>
      ) : null}
      {state === "confirmed" ? (
        <Bought order={order} sale={sale} nameOf={nameOf} take={take} />
      ) : (
        <Summary order={order} nameOf={nameOf} />
      )}
      <ComeBack order={order} words={words} locale={locale} />
      <Ways order={order} take={take} />
    </main>
  );
}

/** It came to nothing: why is worth saying. */
function isOff(state: OrderView["state"]): boolean {
  return state === "cancelled" || state === "refunding" || state === "refunded";
}

function Bought(parts: {
  order: OrderView;
  sale: Sale | undefined;
  nameOf: SeatNamer;
  take(order: OrderView): void;
}) {
  const shared = { ...parts, words, locale };
  const { sale } = parts;
  return (
    <>
      <Tickets {...shared} sale={sale?.view} />
      <GivenBack {...shared} />
      <GiveBack {...shared} timeZone={sale?.view.performance.timeZone} />
    </>
  );
}

function HeldFor({ order, says }: { order: OrderView; says(time: string): string }) {
  const now = useServerTime();
  if (order.deadline === undefined) return null;
  const left = order.deadline - now;
  if (left <= 0) return <p class="notice warn">{shopWords.held.ended}</p>;
  const late = left <= 60_000 ? "notice warn" : "notice";
  return <p class={late}>{says(formatCountdown(left, locale))}</p>;
}

function Summary({ order, nameOf }: { order: OrderView; nameOf: SeatNamer }) {
  return (
    <section class="summary" aria-labelledby="summary-title">
      <h2 id="summary-title">{words.summary}</h2>
      <ul>
        {order.seats.map((held) => (
          <li key={held.seat}>
            <span>{nameOf(held).whole}</span>
            <span>{formatMoney(held.price, locale)}</span>
          </li>
        ))}
        <li class="sum">
          <span>{words.total}</span>
          <strong>{formatMoney(order.total, locale)}</strong>
        </li>
      </ul>
      <p class="faint">
        {words.number} <code>{order.orderId}</code>
      </p>
    </section>
  );
}

/** What else can be done from here: cancel while nothing was taken, or begin again. */
function Ways({ order, take }: { order: OrderView; take(order: OrderView): void }) {
  const [busy, setBusy] = useState(false);
  const { state } = order;
  if (state === "draft" || state === "requires-action") {
    const cancel = async () => {
      setBusy(true);
      const reply = await call<OrderView>(
        "POST",
        apiAddress("orderCancel", { onSaleId, orderId }),
        {
          idempotencyKey: newKey(),
        },
      );
      setBusy(false);
      if (reply.kind === "ok" && "orderId" in reply.value) take(reply.value);
    };
    return (
      <p class="ways">
        <button type="button" class="button plain" disabled={busy} onClick={() => void cancel()}>
          {busy ? words.cancelBusy : words.cancel}
        </button>
      </p>
    );
  }
  if ((state !== "cancelled" && state !== "refunded") || order.priority !== undefined) return null;
  return (
    <p class="ways">
      <a class="button primary" href={pathTo("shopPage", { onSaleId })}>
        {words.backToShop}
      </a>
    </p>
  );
}

const root = document.querySelector("#order");
if (root) render(<OrderPage />, root);
