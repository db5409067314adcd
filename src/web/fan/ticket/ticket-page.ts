// A ticket on a phone at the door: the code large on white whatever the theme, the seat in large
// letters, and nothing else to wait for. Prints on paper as it is. Kept on the device once shown, so
// that a crowded network at the gate costs nobody the entry.

import type { TicketPage } from "../../../wire/contract.ts";
import { formatDateTime } from "../../i18n/format.ts";
import { chooseLocale, mountLanguageSwitch } from "../../i18n/i18n.ts";
import { order as en } from "../../i18n/en/order.ts";
import { order as ko } from "../../i18n/ko/order.ts";
import { apiAddress } from "../../site-config.ts";
import { type TicketFile, ticketFilePath } from "../../../wire/tickets/ticket-files.ts";
import { call } from "../calls/http.ts";
import { make } from "./make.ts";
import { showHolding } from "./holding.ts";

const code = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const locale = chooseLocale();
const words = (locale === "ko" ? ko : en).ticket;
const holder = holderOf(location.hash);
const root = document.querySelector<HTMLElement>("#ticket");

void open();

async function open(): Promise<void> {
  if (!root) return;
  const kept = recall();
  if (kept) show(root, kept);
  else root.replaceChildren(make("p", { class: "soft", role: "status" }, words.loading));
  const reply = await call<TicketPage>("GET", apiAddress("ticket", { code }));
  if (reply.kind === "ok") {
    keep(reply.value);
    show(root, reply.value);
  } else if (!kept || reply.kind === "problem") showMissing(root);
}

function show(page: HTMLElement, ticket: TicketPage): void {
  const seat = ticket.seat[locale];
  const { performance } = ticket;
  document.title = `${performance.name[locale]} · ${words.title}`;
  document.documentElement.style.setProperty("--category", "var(--accent)");
  const valid = ticket.state === "live";
  const language = make("button", { type: "button", class: "language" });
  mountLanguageSwitch(language, locale);
  const print = make("button", { type: "button", class: "button plain" }, words.print);
  print.onclick = () => window.print();
  page.className = "ticket-page";
  page.removeAttribute("aria-busy");
  page.replaceChildren(
    make(
      "article",
      { class: valid ? "ticket" : "ticket over" },
      make(
        "header",
        {},
        make("h1", {}, performance.name[locale]),
        make("p", {}, formatDateTime(performance.startsAt, locale, performance.timeZone)),
        make("p", { class: "soft" }, performance.venue[locale]),
      ),
      make("div", { class: "tear", "aria-hidden": "true" }),
      facts([
        [words.section, seat.section, "wide"],
        ...(seat.row
          ? ([
              [words.row, seat.row],
              [words.seat, seat.label],
            ] as const)
          : ([[words.entry, seat.label]] as const)),
      ]),
      make("div", { class: "code" }, qr(ticket.qrSvg)),
      make("p", { class: "scan" }, valid ? words.scan : words.void),
      make("p", { class: "faint code-end" }, code.slice(-12)),
    ),
    make("div", { class: "ticket-actions" }, ...(valid ? [print, ...files()] : []), language),
  );
  if (holder !== undefined) void showHolding(page, { holder, words, locale });
}

function files(): HTMLElement[] {
  const link = (file: TicketFile, name: string) =>
    make("a", { class: "button plain", href: ticketFilePath(file, code, locale) }, name);
  return [link("ticketPdf", words.pdf), link("ticketCalendar", words.calendar)];
}

function facts(entries: readonly (readonly [string, string, string?])[]): HTMLElement {
  return make(
    "dl",
    { class: "place" },
    ...entries.map(([name, value, look]) =>
      make("div", look ? { class: look } : {}, make("dt", {}, name), make("dd", {}, value)),
    ),
  );
}

/** As a picture: nothing of the drawing can act in the page. */
function qr(svg: string): HTMLElement {
  const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  return make("img", { src: source, alt: words.qr, width: "260", height: "260" });
}

function showMissing(page: HTMLElement): void {
  page.className = "end";
  page.removeAttribute("aria-busy");
  page.replaceChildren(
    make("h1", {}, words.missing[0] ?? ""),
    make("p", { class: "soft" }, words.missing[1] ?? ""),
  );
}

const storeKey = `usher:ticket:${code.slice(-24)}`;

/** From the mail's link; taken out of the address line, so that a shown or shared address has none. */
function holderOf(fragment: string): string | undefined {
  const shown = /^#h=([0-9A-Za-z_-]{120})$/.exec(fragment)?.[1];
  const holderKey = `usher:holder:${code.slice(-24)}`;
  try {
    if (shown === undefined) return localStorage.getItem(holderKey) ?? undefined;
    localStorage.setItem(holderKey, shown);
    history.replaceState(null, "", location.pathname + location.search);
  } catch {
    // Storage may be forbidden: the address keeps it then.
  }
  return shown;
}

function keep(ticket: TicketPage): void {
  try {
    localStorage.setItem(storeKey, JSON.stringify(ticket));
  } catch {
    // Storage may be forbidden or full: the ticket is then fetched each time.
  }
}

function recall(): TicketPage | undefined {
  try {
    const text = localStorage.getItem(storeKey);
    return text ? (JSON.parse(text) as TicketPage) : undefined;
  } catch {
    return undefined;
  }
}
