// The phase of an on-sale as a badge, and the countdown to what comes next.

import type { DeskSale } from "../../../wire/desk-contract.ts";
import { formatCountdown } from "../../i18n/format.ts";
import { locale, words } from "../page.ts";
import { useNow } from "../use.ts";

type Phased = Pick<DeskSale, "phase" | "paused">;

export function PhaseBadge({ phase, paused }: Phased) {
  const t = words.value;
  const isPaused = paused && phase === "open";
  return (
    <span class={`phase ${isPaused ? "paused" : phase}`}>
      {isPaused ? t.paused : t.phase[phase]}
    </span>
  );
}

export function Countdown({ sale }: { sale: DeskSale }) {
  const t = words.value.overview;
  const now = useNow();
  const next = nextOf(sale);
  if (next === undefined) return null;
  return (
    <span class="countdown" role="timer">
      <span class="faint">{t[next.word]}</span>
      <b>{formatCountdown(next.at - now, locale.value)}</b>
    </span>
  );
}

function nextOf(
  sale: DeskSale,
): { word: "opensIn" | "preQueueIn" | "closesIn"; at: number } | undefined {
  switch (sale.phase) {
    case "scheduled":
      return sale.preQueueAt < sale.opensAt
        ? { word: "preQueueIn", at: sale.preQueueAt }
        : { word: "opensIn", at: sale.opensAt };
    case "pre-queue":
      return { word: "opensIn", at: sale.opensAt };
    case "open":
      return { word: "closesIn", at: sale.closesAt };
    case "sold-out":
    case "closed":
      return undefined;
  }
}
