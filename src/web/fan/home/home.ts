// The fan's first page: what is on sale, each with its state and its countdown, leading to the waiting
// room. Countdowns run on the server's clock (the Date header of the answer), never on the phone's.

import type { OnSaleView } from "../../../wire/contract.ts";
import { pathTo } from "../../../wire/routes.ts";
import { home as en } from "../../i18n/en/home.ts";
import { formatCountdown, formatDateTime, formatMoney } from "../../i18n/format.ts";
import { chooseLocale, type Locale, mountLanguageSwitch } from "../../i18n/i18n.ts";
import { home as ko } from "../../i18n/ko/home.ts";
import { apiAddress } from "../../site-config.ts";

type State =
  | { kind: "loading" }
  | { kind: "failed" }
  | { kind: "list"; onSales: OnSaleView[]; clockOffsetMs: number };

const dictionaries = { ko, en };
const refreshMs = 30_000;
let locale: Locale = chooseLocale();
let state: State = { kind: "loading" };
/** Each shows its time and says whether it is over. */
let countdowns: (() => boolean)[] = [];
let reloading: ReturnType<typeof setTimeout> | undefined;

const byId = (id: string) => document.getElementById(id) as HTMLElement;

function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

function render(): void {
  const words = dictionaries[locale];
  document.title = `${words.title} · Usher`;
  byId("title").textContent = words.title;
  byId("intro").textContent = words.intro;
  countdowns = [];
  const list = byId("list");
  list.setAttribute("aria-busy", String(state.kind === "loading"));
  list.replaceChildren(contents());
  tick();
}

function contents(): HTMLElement {
  const words = dictionaries[locale];
  if (state.kind === "loading") {
    const label = make("span", "seen-by-readers-only", words.loading);
    return make("div", "card skeleton", label);
  }
  if (state.kind === "failed") {
    const again = make("button", "button", words.again);
    again.onclick = load;
    return quiet(words.failed, words.failedNext, again);
  }
  if (state.onSales.length === 0) return quiet(words.empty, words.emptyNext);
  const { clockOffsetMs } = state;
  return make("ul", "list", ...state.onSales.map((onSale) => card(onSale, clockOffsetMs)));
}

function quiet(strong: string, soft: string, ...more: HTMLElement[]): HTMLElement {
  return make("div", "card quiet", make("strong", "", strong), make("p", "soft", soft), ...more);
}

function card(onSale: OnSaleView, clockOffsetMs: number): HTMLElement {
  const words = dictionaries[locale];
  const { performance, phase } = onSale;
  const over = phase === "sold-out" || phase === "closed";
  const state = make("p", `state ${phase}${over ? " over" : ""}`);
  state.textContent = onSale.paused && phase === "open" ? words.paused : words.phase[phase];
  const when = formatDateTime(performance.startsAt, locale, performance.timeZone);
  const foot = make("div", "foot", factOf(onSale, clockOffsetMs));
  foot.append(make("span", "go", over ? words.look : words.enter));
  const link = make(
    "a",
    "card sale",
    state,
    make("h2", "", performance.name[locale]),
    make("p", "soft", `${when} · ${performance.venue[locale]}`),
    foot,
  );
  link.setAttribute("href", pathTo("waitingPage", { onSaleId: onSale.onSaleId }));
  const { onDark, onLight } = onSale.accent;
  link.style.setProperty("--accent-text", darkNow.matches ? onDark : onLight);
  return make("li", "", link);
}

/** The one fact under the line: a countdown while one runs, else the lowest price. */
function factOf(onSale: OnSaleView, clockOffsetMs: number): HTMLElement {
  const words = dictionaries[locale];
  const { phase } = onSale;
  if (phase === "scheduled" || phase === "pre-queue") {
    const early = phase === "scheduled" && onSale.preQueueAt < onSale.opensAt;
    const until = early ? onSale.preQueueAt : onSale.opensAt;
    const count = make("span", "count");
    count.setAttribute("role", "timer");
    countdowns.push(() => {
      const leftMs = until - (Date.now() + clockOffsetMs);
      count.textContent = formatCountdown(leftMs, locale);
      return leftMs <= 0;
    });
    const label = make("span", "faint", early ? words.preQueueIn : words.opensIn);
    return make("div", "", label, make("br", ""), count);
  }
  const prices = onSale.categories.map((category) => category.price);
  const lowest = prices.sort((a, b) => a.amount - b.amount)[0];
  return make("span", "soft", lowest ? words.from(formatMoney(lowest, locale)) : "");
}

function tick(): void {
  const over = countdowns.filter((isOver) => isOver()).length > 0;
  // What comes next is the server's to say; the spread keeps the pages from asking all at once.
  if (over) reloading ??= setTimeout(reload, 1_000 + 4_000 * Math.random());
}

async function load(): Promise<void> {
  clearTimeout(reloading);
  try {
    const sentAt = Date.now();
    const response = await fetch(apiAddress("onSales"), { cache: "no-cache" });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const answer: unknown = await response.json();
    const onSales = (Array.isArray(answer) ? answer : (answer as { onSales: [] }).onSales) ?? [];
    const serverDate = Date.parse(response.headers.get("date") ?? "");
    // The header has whole seconds: half a second more is the better guess.
    const midway = (sentAt + Date.now()) / 2;
    const clockOffsetMs = Number.isNaN(serverDate) ? 0 : serverDate + 500 - midway;
    state = { kind: "list", onSales, clockOffsetMs };
  } catch {
    if (state.kind !== "list") state = { kind: "failed" };
  }
  reloading = undefined;
  render();
}

/** `load` says in the page how it went; nobody waits for it. */
function reload(): void {
  void load();
}

const darkNow = matchMedia("(prefers-color-scheme: dark)");
darkNow.addEventListener("change", render);
mountLanguageSwitch(byId("language"), locale, (next) => {
  locale = next;
  render();
});
setInterval(tick, 1000);
setInterval(() => document.visibilityState === "visible" && reload(), refreshMs);
addEventListener("online", reload);
render();
reload();
