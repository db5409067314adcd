// Numbers as the desk shows them: exact up to five digits, shortened on axes, always with the same
// width per digit (tabular figures are set in the style).

import { formatNumber, formatWait } from "../../i18n/format.ts";
import { locale, words } from "../page.ts";

export function count(value: number | undefined): string {
  return value === undefined ? words.value.number.none : formatNumber(value, locale.value);
}

/** 12.4; 124. */
export function rate(value: number | undefined): string {
  if (value === undefined) return words.value.number.none;
  return formatNumber(value < 10 ? Math.round(value * 10) / 10 : Math.round(value), locale.value);
}

export function share(value: number): string {
  return new Intl.NumberFormat(locale.value, {
    style: "percent",
    maximumFractionDigits: value < 0.1 ? 1 : 0,
  }).format(value);
}

export function short(value: number): string {
  return new Intl.NumberFormat(locale.value, {
    notation: "compact",
    maximumFractionDigits: 1,
  }).format(value);
}

/** A wait as people say it, with "about" where it is one figure. */
export function wait(range: { low: number; high: number }): string {
  const text = formatWait({ lowMs: range.low, highMs: range.high }, locale.value);
  if (range.high < 60_000) return text;
  return locale.value === "ko" ? `약 ${text}` : `about ${text}`;
}

export function clockTime(at: number): string {
  return new Intl.DateTimeFormat(locale.value, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

export function dateTime(at: number): string {
  return new Intl.DateTimeFormat(locale.value, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}
