// Numbers, money, dates and spans in a person's language, all through Intl. Pure: also used by pages
// made on the server.

import type { Money } from "../../wire/contract.ts";
import type { Locale } from "./i18n.ts";

export function formatNumber(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Minor units by the currency's own digits: KRW 264000 → ₩264,000, USD 26400 → $264.00. */
export function formatMoney({ amount, currency }: Money, locale: Locale): string {
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
  });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 0));
}

/** @param timeZone the venue's; without it the reader's own. */
export function formatDateTime(at: number, locale: Locale, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    month: "long",
    day: "numeric",
    weekday: "short",
    hour: "numeric",
    minute: "2-digit",
    timeZone,
  }).format(at);
}

/** A wait as people say it, rounded outwards: "under a minute", "3–5 minutes", "2–4 hours". */
export function formatWait({ lowMs, highMs }: { lowMs: number; highMs: number }, locale: Locale) {
  if (highMs < 60_000) return locale === "ko" ? "1분 안" : "under a minute";
  const inHours = highMs > 7_200_000;
  const unitMs = inHours ? 3_600_000 : 60_000;
  const low = Math.max(1, Math.floor(lowMs / unitMs));
  const high = Math.ceil(highMs / unitMs);
  const format = new Intl.NumberFormat(locale, {
    style: "unit",
    unit: inHours ? "hour" : "minute",
    unitDisplay: "long",
  });
  return low < high ? format.formatRange(low, high) : format.format(high);
}

/** What a countdown shows: 12:05, 1:02:05; beyond a day the days stand apart. Never negative. */
export function formatCountdown(leftMs: number, locale: Locale): string {
  const total = Math.max(0, Math.ceil(leftMs / 1000));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor(total / 3600) % 24;
  const two = (value: number) => String(value).padStart(2, "0");
  const clock = `${two(Math.floor(total / 60) % 60)}:${two(total % 60)}`;
  if (days > 0) {
    const unit = { style: "unit", unit: "day", unitDisplay: "long" } as const;
    return `${new Intl.NumberFormat(locale, unit).format(days)} ${two(hours)}:${clock}`;
  }
  if (hours > 0) return `${hours}:${clock}`;
  return clock.replace(/^0(\d:)/, "$1");
}
