// Giving tickets back, where the on-sale allows it: choose which, see what comes back as the server
// reckons it, and say so twice, since a ticket that was given back cannot be had again.

import { useEffect, useState } from "preact/hooks";
import type { GiveBackPreview, OrderView } from "../../../wire/contract.ts";
import { formatDateTime, formatMoney } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { OrderWords } from "../../i18n/ko/order.ts";
import { apiAddress } from "../../site-config.ts";
import { call, newKey, serverNow } from "../calls/http.ts";
import type { SeatNamer } from "./order-page.tsx";

type Parts = {
  order: OrderView;
  words: OrderWords;
  locale: Locale;
  timeZone: string | undefined;
  nameOf: SeatNamer;
  take(order: OrderView): void;
};

export function GiveBack(parts: Parts) {
  const { order, locale, timeZone } = parts;
  const words = parts.words.giveBack;
  const { givingBack, buyerCode } = order;
  const live = order.tickets.filter(({ state }) => state === "live");
  if (givingBack === undefined || buyerCode === undefined || live.length === 0) return null;
  const until = formatDateTime(givingBack.until, locale, timeZone ?? "Asia/Seoul");
  if (serverNow() >= givingBack.until)
    return <p class="faint give-back-over">{words.over(until)}</p>;
  const fee = formatMoney({ ...order.total, amount: givingBack.fee }, locale);
  return (
    <details class="give-back">
      <summary>{words.title}</summary>
      <p class="soft">
        {words.until(until)} {givingBack.fee > 0 ? words.fee(fee) : words.noFee}
      </p>
      <Choice {...parts} live={live} buyer={buyerCode} />
    </details>
  );
}

type ChoiceParts = Omit<Parts, "order"> & { live: OrderView["tickets"]; buyer: string };

function Choice({ words: all, locale, nameOf, take, live, buyer }: ChoiceParts) {
  const words = all.giveBack;
  const [picked, pick] = useState<readonly number[]>([]);
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, say] = useState("");
  const [key, setKey] = useState(newKey);
  const seats = picked.filter((seat) => live.some((ticket) => ticket.seat.seat === seat));
  const { preview, problem } = usePreview(buyer, seats);
  const turn = (seat: number) => {
    setSure(false);
    say("");
    pick(seats.includes(seat) ? seats.filter((one) => one !== seat) : [...seats, seat]);
  };
  const giveBack = async () => {
    setBusy(true);
    const body = { buyer, seats };
    const reply = await call<OrderView>("POST", apiAddress("giveBack"), {
      body,
      idempotencyKey: key,
    });
    setBusy(false);
    setSure(false);
    if (reply.kind !== "ok") return say(wrong(reply, words));
    setKey(newKey());
    pick([]);
    take(reply.value);
  };
  return (
    <div class="give-back-form">
      <ul>
        {live.map(({ seat }) => (
          <li key={seat.seat}>
            <label>
              <input
                type="checkbox"
                checked={seats.includes(seat.seat)}
                onChange={() => turn(seat.seat)}
              />
              <span>{nameOf(seat).whole}</span>
              <span>{formatMoney(seat.price, locale)}</span>
            </label>
          </li>
        ))}
      </ul>
      <p class="form-said" role="alert">
        {said || (problem && wrong(problem, words))}
      </p>
      {preview === undefined ? (
        <p class="faint">{seats.length === 0 ? words.pick : words.reckoning}</p>
      ) : (
        <Sure
          words={words}
          sure={sure}
          busy={busy}
          count={seats.length}
          back={formatMoney(preview.amount, locale)}
          ask={setSure}
          giveBack={() => void giveBack()}
        />
      )}
    </div>
  );
}

function Sure(of: {
  words: OrderWords["giveBack"];
  sure: boolean;
  busy: boolean;
  count: number;
  back: string;
  ask(sure: boolean): void;
  giveBack(): void;
}) {
  const { words, sure, busy, count, back } = of;
  if (!sure)
    return (
      <button type="button" class="button wide" onClick={() => of.ask(true)}>
        {words.go(back)}
      </button>
    );
  return (
    <div class="notice warn" role="alertdialog" aria-labelledby="give-back-sure">
      <p id="give-back-sure">{words.sure(count, back)}</p>
      <div class="give-back-ways">
        <button type="button" class="button primary" disabled={busy} onClick={of.giveBack}>
          {busy ? words.busy : words.yes}
        </button>
        <button type="button" class="button plain" disabled={busy} onClick={() => of.ask(false)}>
          {words.no}
        </button>
      </div>
    </div>
  );
}

type Wrong = { kind: string; problem?: { title: string; facts?: Record<string, unknown> } };

function wrong({ problem }: Wrong, words: OrderWords["giveBack"]): string {
  const reason = String(problem?.facts?.["reason"] ?? "");
  return words.why[reason] ?? problem?.title ?? words.failed;
}

/** What the server would give back for these; asked anew whenever the choice changes. */
function usePreview(buyer: string, seats: readonly number[]) {
  const [told, tell] = useState<{ key: string; preview?: GiveBackPreview; problem?: Wrong }>();
  const key = seats.join(" ");
  useEffect(() => {
    if (key === "") return;
    let left = false;
    void call<GiveBackPreview>("POST", apiAddress("giveBackPreview"), {
      body: { buyer, seats },
    }).then((reply) => {
      if (!left)
        tell(reply.kind === "ok" ? { key, preview: reply.value } : { key, problem: reply });
    });
    return () => {
      left = true;
    };
  }, [key, buyer]);
  return told?.key === key ? told : { preview: undefined, problem: undefined };
}
