// The shop: comes in, loads the sale and its plan, then map, list or payment, and a designed page for
// every way in which it can end. Read next: shop.ts (what it knows), holding.ts (what it does).

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { OnSaleView, PlanOverview } from "../../../wire/contract.ts";
import { applyAccent } from "../../accent.ts";
import { formatCountdown, formatDateTime } from "../../i18n/format.ts";
import { chooseLocale, type Locale, mountLanguageSwitch } from "../../i18n/i18n.ts";
import { shop as en } from "../../i18n/en/shop.ts";
import { type EndKind, shop as ko } from "../../i18n/ko/shop.ts";
import { apiAddress } from "../../site-config.ts";
import { Checkout } from "../checkout/checkout.tsx";
import { ChoicePanel } from "./panel/choice-panel.tsx";
import { EndPage, LoadingPage } from "./end-page.tsx";
import { enter } from "../calls/entering.ts";
import { HoldClock, useServerTime } from "./held-summary.tsx";
import { readHold } from "./holding.ts";
import { call, type Reply } from "../calls/http.ts";
import { LeaveDialog } from "./leave-dialog.tsx";
import { MapView, Sign } from "./map-view.tsx";
import { SeatList } from "./seat-list.tsx";
import { followSeats } from "./seat-feed.ts";
import { endOf, openShop, type Shop, type View } from "./shop.ts";
import { StandingDialog } from "./standing-dialog.tsx";

const onSaleId = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const locale = chooseLocale();
const words = locale === "ko" ? ko : en;

type Arrival = { kind: "shop"; shop: Shop } | { kind: "end"; end: EndKind };

async function arrive(): Promise<Arrival> {
  const [entered, onSale] = await Promise.all([
    enter(onSaleId),
    call<OnSaleView>("GET", apiAddress("onSale", { onSaleId })),
  ]);
  if (onSale.kind === "ok") applyAccent(onSale.value.accent);
  const refused = refusalOf(onSale, "missing") ?? refusalOf(entered, "not-admitted");
  if (refused) return { kind: "end", end: refused };
  if (entered.kind !== "ok" || onSale.kind !== "ok") return { kind: "end", end: "failed" };
  const { planHash } = onSale.value;
  const overview = await call<PlanOverview>("GET", apiAddress("planOverview", { planHash }));
  if (overview.kind !== "ok")
    return { kind: "end", end: refusalOf(overview, "failed") ?? "failed" };
  const shop = openShop({ onSale: onSale.value, overview: overview.value, locale, words });
  shop.shopUntil.value = entered.value?.shopUntil;
  await readHold(shop);
  return { kind: "shop", shop };
}

function refusalOf(reply: Reply<unknown>, notFound: EndKind): EndKind | undefined {
  if (reply.kind === "ok") return undefined;
  if (reply.kind === "offline") return "offline";
  const end = endOf(reply.problem);
  return end ?? (reply.problem.status === 404 ? notFound : "failed");
}

function ShopPage() {
  const [arrival, setArrival] = useState<Arrival | undefined>(undefined);
  useEffect(() => {
    void arrive().then(setArrival);
  }, []);
  if (!arrival) return <LoadingPage words={words} />;
  if (arrival.kind === "end")
    return <EndPage words={words} end={arrival.end} onSaleId={onSaleId} />;
  return <Inside shop={arrival.shop} />;
}

function Inside({ shop }: { shop: Shop }) {
  useEffect(() => {
    const stop = followSeats(shop);
    followAddress(shop);
    return stop;
  }, [shop]);
  const end = shop.end.value;
  const view = shop.view.value;
  useEffect(() => {
    const wanted = view === "pay" ? "#pay" : "";
    if (location.hash !== wanted) history.pushState(null, "", location.pathname + wanted);
  }, [view]);
  const hold = shop.hold.value;
  if (end) return <EndPage words={words} end={end} onSaleId={onSaleId} />;
  const paying = view === "pay" && hold !== undefined;
  return (
    <div class="shop">
      <TopBar shop={shop} />
      {paying ? (
        <Checkout shop={shop} hold={hold} />
      ) : (
        <main class="choosing">
          <div class="stage">
            <ViewSwitch shop={shop} />
            {view === "list" ? <SeatList shop={shop} /> : <MapView shop={shop} />}
          </div>
          <ChoicePanel shop={shop} />
        </main>
      )}
      <StandingDialog shop={shop} />
    </div>
  );
}

/** The browser's own back button leads from the payment to the seats. */
function followAddress(shop: Shop): void {
  if (location.hash === "#pay" && shop.hold.value) shop.view.value = "pay";
  window.addEventListener("popstate", () => {
    if (location.hash === "#pay" && shop.hold.value) shop.view.value = "pay";
    else if (shop.view.value === "pay") shop.view.value = "map";
  });
}

function TopBar({ shop }: { shop: Shop }) {
  const { performance } = shop.onSale.value;
  const [leaving, setLeaving] = useState(false);
  const hold = shop.hold.value;
  return (
    <header class="shop-top">
      <div class="shop-title">
        <h1>{performance.name[locale]}</h1>
        <p class="faint">
          {formatDateTime(performance.startsAt, locale, performance.timeZone)} ·{" "}
          {performance.venue[locale]}
        </p>
      </div>
      {hold ? <HoldClock shop={shop} hold={hold} /> : <BrowseClock shop={shop} />}
      <Language locale={locale} />
      <button type="button" class="button plain leave" onClick={() => setLeaving(true)}>
        {words.leave.open}
      </button>
      {leaving ? <LeaveDialog shop={shop} close={() => setLeaving(false)} /> : null}
    </header>
  );
}

function Language({ locale: spoken }: { locale: Locale }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current) mountLanguageSwitch(button.current, spoken);
  }, [spoken]);
  return <button type="button" class="language" ref={button} />;
}

/** Time without a hold is limited too; it is said quietly and only near its end. */
function BrowseClock({ shop }: { shop: Shop }) {
  const now = useServerTime();
  const until = shop.shopUntil.value;
  const left = (until ?? 0) - now;
  useEffect(() => {
    if (until !== undefined && left <= 0)
      void enter(onSaleId).then((reply) => endIfOver(shop, reply));
  }, [left <= 0]);
  if (until === undefined || left > 5 * 60_000 || left <= 0) return null;
  return (
    <span class="clock">
      <Sign d="M12 8v4.5l3 2M12 3.5a8.5 8.5 0 1 0 .01 0" />
      {formatCountdown(left, locale)} <span class="quiet">{words.browse}</span>
    </span>
  );
}

function endIfOver(shop: Shop, reply: Awaited<ReturnType<typeof enter>>): void {
  if (reply.kind === "ok") shop.shopUntil.value = reply.value.shopUntil;
  else if (reply.kind === "problem") shop.end.value = endOf(reply.problem) ?? "shop-session-ended";
}

function ViewSwitch({ shop }: { shop: Shop }) {
  const { view } = shop.words;
  const entry = (name: Extract<View, "map" | "list">) => (
    <button
      type="button"
      aria-pressed={(shop.view.value === "list") === (name === "list")}
      onClick={() => {
        shop.view.value = name;
      }}
    >
      {view[name]}
    </button>
  );
  return (
    <div class="view-switch" role="group" aria-label={view.label}>
      {entry("map")}
      {entry("list")}
    </div>
  );
}

const root = document.querySelector("#shop");
if (root) {
  document.title = locale === "ko" ? "좌석 선택" : "Choose seats";
  root.replaceChildren();
  render(<ShopPage />, root);
}
