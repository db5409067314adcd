// The waiting room without JavaScript: one page for one fan, made by the gateway, refreshed by the
// browser, with the words and colours of the waiting page. Pure.
// Keeps: no token, no code in the page or in an address; the form posts to the page's own address with
// `action` = join | claim and the gateway keeps the place in a cookie.

import { arrived } from "../domain/waiting-room/queue.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import type { Frontier, Locale, Standing, Wait, Words } from "../wire/contract.ts";
import type { JoinProof } from "../wire/desk-contract.ts";
import { type ProblemCode, problems } from "../wire/problems.ts";
import { pathTo } from "../wire/routes.ts";
import { plain as plainEn } from "./i18n/en/plain.ts";
import { waitingRoom as roomEn } from "./i18n/en/waiting-room.ts";
import { formatDateTime, formatNumber, formatWait } from "./i18n/format.ts";
import { plain as plainKo } from "./i18n/ko/plain.ts";
import { waitingRoom as roomKo } from "./i18n/ko/waiting-room.ts";
import { plainStyle } from "./plain-style.ts";

export type PlainRoom = {
  onSaleId: OnSaleId;
  frontier: Frontier;
  /** undefined for who has not joined. */
  standing: Standing | undefined;
  /** Pressed the button before the patience that the on-sale asks for was over. */
  isEarly?: boolean;
  /** What the on-sale asks for before it gives a place. */
  joinProof?: JoinProof | undefined;
  /** Why the last try to join was refused. */
  told?: ProblemCode | undefined;
  wait: Wait;
  refreshSeconds: number;
  locale: Locale;
  /** The performance, where the gateway knows it. */
  name?: Words | undefined;
  /** The venue's, for the instants on the page; servers have no time zone that fits a fan. */
  timeZone?: string | undefined;
};

const dictionaries = { ko: { ...roomKo, plain: plainKo }, en: { ...roomEn, plain: plainEn } };
type Part = { head: string; body: string; ended?: true };

export function renderPlainPage(room: PlainRoom): string {
  const { locale, onSaleId, refreshSeconds } = room;
  const words = dictionaries[locale];
  const { head, body, ended } = partOf(room);
  const other = locale === "ko" ? "en" : "ko";
  const self = pathTo("plain", { onSaleId });
  const seconds = Math.max(1, Math.ceil(refreshSeconds));
  const name = room.name?.[locale] ?? "";
  const title = [head, name, words.page].filter(Boolean).join(" · ");
  return [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    `<title>${escapeText(title)}</title><meta name="color-scheme" content="light dark">`,
    ended ? "" : `<meta http-equiv="refresh" content="${seconds};url=${self}?lang=${locale}">`,
    `<style>${plainStyle}</style></head><body>`,
    `<header><b>${escapeText(name || "Usher")}</b>`,
    `<a href="${self}?lang=${other}" lang="${other}">${other === "ko" ? "한국어" : "English"}</a></header>`,
    `<main>${body}${ended ? "" : footOf(room, seconds)}</main></body></html>`,
  ].join("");
}

function partOf(room: PlainRoom): Part {
  const { frontier, standing, locale } = room;
  const words = dictionaries[locale];
  const say = ({ next, more }: { next: string; more: string }, ended?: true): Part => ({
    head: next,
    body: heading(next) + soft(more),
    ...(ended && { ended }),
  });
  switch (frontier.phase) {
    case "sold-out":
      return say(words.soldOut, true);
    case "closed":
      return say(words.closed, true);
    case "scheduled":
      return say({ next: words.scheduled.next(instant(room, frontier.preQueueAt)), more: "" });
    case "pre-queue":
    case "open":
      break;
  }
  const notice = frontier.paused ? `<p class="notice">${words.notice.paused}</p>` : "";
  if (standing === undefined) {
    const next = frontier.phase === "open" ? words.plain.joinOpen : words.plain.joinEarly;
    const more = room.isEarly ? words.plain.early : words.plain.joinMore;
    const part = say({ next, more });
    return { ...part, body: notice + part.body + joinForm(room) + facts(room) };
  }
  if (standing.kind === "not-drawn") {
    const { next, opening, more, here } = words.preQueue;
    const count = arrived(frontier);
    const over = frontier.phase === "open" || frontier.now >= frontier.opensAt;
    const part = say({
      next: over ? opening : next,
      more: count === undefined ? more : `${more} ${here(formatNumber(count, locale))}`,
    });
    return { ...part, body: part.body + facts(room) };
  }
  if (standing.kind === "your-turn" && !frontier.paused) {
    const { next, enter, late } = words.turn;
    const body = heading(next) + soft(words.plain.enterMore) + form("claim", enter) + soft(late);
    return { head: words.turn.title, body };
  }
  return waitingPart(room, standing.position, notice);
}

function waitingPart(room: PlainRoom, position: number, notice: string): Part {
  const { frontier, locale } = room;
  const words = dictionaries[locale];
  const ahead = Math.max(0, position - frontier.serving);
  const count = formatNumber(ahead, locale);
  const near = ahead <= frontier.poll.near;
  const { seats } = frontier;
  const crowded = seats !== undefined && ahead > seats.free + seats.held;
  const { first, near: nearly, next } = words.waiting;
  const number = formatNumber(position + 1, locale);
  const cohort = frontier.draw.cohort;
  const place =
    cohort !== undefined && position < cohort
      ? words.draw.drawn(number, formatNumber(cohort, locale))
      : words.plain.yourNumber(number);
  const unit = words.people && `<small>${words.people}</small>`;
  const body = [
    `<p class="label">${words.ahead}</p><p class="hero">${count}${unit}</p>`,
    `<progress max="${position + 1}" value="${Math.min(frontier.serving, position)}"></progress>`,
    heading(ahead === 0 ? first : near ? nearly : next),
    notice,
    soft(crowded ? words.waiting.crowded : ""),
    soft(place),
    facts(room),
    soft(near ? words.waiting.nearMore : words.kept),
  ];
  return { head: count, body: body.join("") };
}

function facts(room: PlainRoom): string {
  const { frontier, standing, wait, locale } = room;
  const words = dictionaries[locale].facts;
  const list: [string, string][] = [];
  if (frontier.phase === "pre-queue") list.push([words.opens, instant(room, frontier.opensAt)]);
  if (standing?.kind === "waiting" && !frontier.paused) {
    list.push([words.wait, wait ? formatWait(wait, locale) : words.waitUnknown]);
  }
  if (frontier.seats && frontier.phase === "open") {
    list.push([words.seats, words.seatCount(formatNumber(frontier.seats.free, locale))]);
  }
  const rows = list.map(([dt, dd]) => `<div><dt>${dt}</dt><dd>${escapeText(dd)}</dd></div>`);
  return rows.length > 0 ? `<dl>${rows.join("")}</dl>` : "";
}

function footOf({ locale, onSaleId }: PlainRoom, seconds: number): string {
  const words = dictionaries[locale].plain;
  const self = `${pathTo("plain", { onSaleId })}?lang=${locale}`;
  return `${soft(words.refresh(formatNumber(seconds, locale)))}<a href="${self}">${words.now}</a>`;
}

/** Without a venue's time zone the instant carries its own, so that it is true for everybody. */
function instant({ locale, timeZone }: PlainRoom, at: number): string {
  if (timeZone !== undefined) return formatDateTime(at, locale, timeZone);
  return locale === "ko"
    ? `${formatDateTime(at, locale, "Asia/Seoul")} (한국 시각)`
    : `${formatDateTime(at, locale, "UTC")} UTC`;
}

/** The field keeps its words beside it: what was wrong is read out with its label. */
function joinForm({ locale, joinProof, told }: PlainRoom): string {
  const { plain, code } = dictionaries[locale];
  const wrong =
    told && `<p class="notice" role="alert">${escapeText(problems[told].title[locale])}</p>`;
  const field =
    '<input name="code" required maxlength="40" autocomplete="off" autocapitalize="characters" spellcheck="false">';
  const asked =
    joinProof === "presale-code" ? `<label>${escapeText(code.label)}${field}</label>` : "";
  return (wrong ?? "") + form("join", plain.join, asked);
}

const heading = (text: string) => `<h1>${escapeText(text)}</h1>`;
const soft = (text: string) => (text ? `<p class="soft">${escapeText(text)}</p>` : "");

function form(action: "join" | "claim", label: string, fields = ""): string {
  return `<form method="post">${fields}<button name="action" value="${action}">${escapeText(label)}</button></form>`;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
