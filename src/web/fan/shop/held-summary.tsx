// What is held, until when, and what can be done with it: extend, let go of one or all. The countdown
// follows the server's clock, changes its tone in the last minute, and is spoken at two minutes, one
// minute and thirty seconds: often enough to help, seldom enough to bear.

import { useEffect, useState } from "preact/hooks";
import type { HoldView } from "../../../wire/contract.ts";
import { formatCountdown } from "../../i18n/format.ts";
import { checkDeadline, extendHold, releaseSeats } from "./holding.ts";
import { serverNow } from "../calls/http.ts";
import { Sign } from "./map-view.tsx";
import { money, nameOfHeld, type Shop } from "./shop.ts";

export function useServerTime(): number {
  const [now, set] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => set(serverNow()), 250);
    return () => clearInterval(timer);
  }, []);
  return now;
}

const spokenAtMs = [120_000, 60_000, 30_000];
const lastMinuteMs = 60_000;

export function HoldClock({ shop, hold }: { shop: Shop; hold: HoldView }) {
  const now = useServerTime();
  const left = hold.deadline - now;
  const [spoken, speak] = useState("");
  const passed = spokenAtMs.filter((at) => left <= at).length;
  useEffect(() => {
    const at = spokenAtMs[passed - 1];
    if (at !== undefined)
      speak(shop.words.held.spoken(Math.floor(at / 60_000), (at % 60_000) / 1000));
  }, [passed]);
  const over = left <= 0;
  useEffect(() => {
    if (over && !hold.paying) void checkDeadline(shop);
  }, [over, hold.holdId]);
  const late = left <= lastMinuteMs;
  return (
    <>
      <span class={late ? "clock late" : "clock"} role="timer" aria-live="off">
        <Sign d="M12 8v4.5l3 2M12 3.5a8.5 8.5 0 1 0 .01 0" />
        {shop.words.held.left(formatCountdown(left, shop.locale))}
      </span>
      <span class="seen-by-readers-only" role="status" aria-live="assertive">
        {spoken}
      </span>
    </>
  );
}

export function HeldSummary({ shop, hold }: { shop: Shop; hold: HoldView }) {
  const { held } = shop.words;
  return (
    <section class="held" aria-labelledby="held-title">
      <div class="held-head">
        <h2 id="held-title">{held.title}</h2>
        <HoldClock shop={shop} hold={hold} />
      </div>
      <HeldSeats shop={shop} hold={hold} />
      <div class="held-actions">
        <ExtendButton shop={shop} hold={hold} />
        <button
          type="button"
          class="button plain"
          disabled={!!shop.busy.value || hold.paying}
          onClick={() => void releaseSeats(shop)}
        >
          {held.releaseAll}
        </button>
      </div>
    </section>
  );
}

function ExtendButton({ shop, hold }: { shop: Shop; hold: HoldView }) {
  const { held } = shop.words;
  const atBound = hold.deadline >= hold.extendableUntil - 1000;
  return (
    <span class="extend">
      <button
        type="button"
        class="button"
        disabled={atBound || !!shop.busy.value || hold.paying}
        aria-describedby={atBound ? "extend-bound" : undefined}
        onClick={() => void extendHold(shop)}
      >
        {held.extend}
      </button>
      {atBound ? (
        <span id="extend-bound" class="faint">
          {held.extendAtBound}
        </span>
      ) : null}
    </span>
  );
}

function HeldSeats({ shop, hold }: { shop: Shop; hold: HoldView }) {
  const { words, locale } = shop;
  return (
    <ul class="tickets-list">
      {hold.seats.map((held) => {
        const { seat, category, price } = held;
        const name = nameOfHeld(shop, held);
        const known = shop.onSale.value.categories.find(({ key }) => key === category);
        return (
          <li class="seat-line" key={seat}>
            <i class="key-own" aria-hidden="true" />
            <span class="seat-line-name">
              <strong>{name}</strong>
              <span class="faint">{known?.name[locale] ?? category}</span>
            </span>
            <span class="seat-line-price">{money(shop, price.amount)}</span>
            <button
              type="button"
              class="drop"
              disabled={!!shop.busy.value || hold.paying}
              aria-label={words.held.release(name)}
              onClick={() => void releaseSeats(shop, [seat])}
            >
              <Sign d="M7 7l10 10M17 7L7 17" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
