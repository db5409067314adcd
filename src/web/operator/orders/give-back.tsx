// Giving back whole orders or single tickets: chosen by seat, its effect reckoned by the server while one
// chooses, and done only with a reason. The wish carries no amount; a repeat of it is the same refund.

import { useEffect, useState } from "preact/hooks";
import type { DeskOrder, RefundPreview, RefundWish } from "../../../wire/desk/desk-orders.ts";
import { formatMoney } from "../../i18n/format.ts";
import { call } from "../calls.ts";
import { locale, words } from "../page.ts";
import type { Apply } from "./order-page.tsx";

export function GiveBack({ order, apply }: { order: DeskOrder; apply: Apply }) {
  const t = words.value.orders;
  const open = order.lines.filter(({ ticketId }) => ticketId !== undefined);
  const [chosen, choose] = useState<readonly number[]>([]);
  const [keepFee, setKeepFee] = useState(false);
  const [withheld, setWithheld] = useState(false);
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const seats = chosen.filter((seat) => open.some((line) => line.seat === seat));
  const wish: RefundWish = { seats, keepFee, seatsGo: withheld ? "withheld" : "to-sale" };
  const preview = usePreview(order, seats.length === 0 ? undefined : wish);
  if (open.length === 0) return null;
  const submit = async (submitted: Event) => {
    submitted.preventDefault();
    if (preview === undefined || preview.refusal !== undefined || reason.trim().length < 3) return;
    setBusy(true);
    const done = await apply(
      () =>
        call<DeskOrder>("deskRefunds", {
          method: "POST",
          params: { orderId: order.orderId },
          body: { ...wish, reason: reason.trim() },
        }),
      t.refundDone,
    );
    setBusy(false);
    if (!done) return;
    choose([]);
    setReason("");
  };
  return (
    <section aria-labelledby="give-back-title">
      <h2 id="give-back-title">{t.giveBack}</h2>
      <form class="give-back card" onSubmit={(submitted) => void submit(submitted)}>
        <Choice open={open} seats={seats} choose={choose} />
        {order.fanFee > 0 && (
          <label class="tick">
            <input type="checkbox" checked={keepFee} onChange={() => setKeepFee(!keepFee)} />
            {t.keepFee(formatMoney({ ...order.amount, amount: order.fanFee }, locale.value))}
          </label>
        )}
        <label class="tick">
          <input type="checkbox" checked={withheld} onChange={() => setWithheld(!withheld)} />
          {t.withhold}
        </label>
        <div class="field">
          <label for="refund-reason">{t.refundReason}</label>
          <input
            id="refund-reason"
            maxLength={300}
            value={reason}
            onInput={(typed) => setReason(typed.currentTarget.value)}
          />
          <small>{t.refundReasonHint}</small>
        </div>
        <RefundEffect preview={seats.length === 0 ? "none" : preview} withheld={withheld} />
        <button
          class="button grave"
          disabled={busy || preview === undefined || seats.length === 0 || reason.trim().length < 3}
        >
          {busy
            ? t.refundBusy
            : preview && seats.length > 0
              ? t.refundGo(formatMoney(preview.amount, locale.value))
              : t.giveBack}
        </button>
      </form>
    </section>
  );
}

type ChoiceProps = {
  open: DeskOrder["lines"];
  seats: readonly number[];
  choose: (seats: readonly number[]) => void;
};

function Choice({ open, seats, choose }: ChoiceProps) {
  const t = words.value.orders;
  const all = seats.length === open.length;
  const turn = (seat: number) =>
    choose(seats.includes(seat) ? seats.filter((one) => one !== seat) : [...seats, seat]);
  return (
    <fieldset>
      <legend>{t.which}</legend>
      <label class="tick">
        <input
          type="checkbox"
          checked={all}
          onChange={() => choose(all ? [] : open.map(({ seat }) => seat))}
        />
        {t.allOf(open.length)}
      </label>
      {open.map(({ seat, section, row, label }) => (
        <label class="tick" key={seat}>
          <input type="checkbox" checked={seats.includes(seat)} onChange={() => turn(seat)} />
          {t.place(section, row, label)}
        </label>
      ))}
    </fieldset>
  );
}

function RefundEffect(of: { preview: RefundPreview | "none" | undefined; withheld: boolean }) {
  const t = words.value.orders;
  const { preview } = of;
  if (preview === "none") return <p class="effect soft">{t.effectNone}</p>;
  if (preview === undefined) return <p class="effect soft">{words.value.effect.reckoning}</p>;
  const money = (amount: number) => formatMoney({ ...preview.amount, amount }, locale.value);
  return (
    <div class="effect" aria-live="polite">
      <p>{t.effectBack(money(preview.amount.amount), preview.seats.length)}</p>
      {preview.fee > 0 && <p>{t.effectFee(money(preview.fee))}</p>}
      <p>{t.effectTickets}</p>
      <p>{of.withheld ? t.effectWithheld : preview.sellsNow ? t.effectOnSale : t.effectFree}</p>
      {preview.checkedIn.length > 0 && (
        <p class="note">{t.effectInside(preview.checkedIn.length)}</p>
      )}
      {preview.givenAway.length > 0 && (
        <p class="note">{t.effectGiven(preview.givenAway.length)}</p>
      )}
      {preview.refusal !== undefined && <p class="note">{t.why[preview.refusal]}</p>}
    </div>
  );
}

/** The server's reckoning of the wish; a new one a moment after the last change. */
function usePreview(order: DeskOrder, wish: RefundWish | undefined): RefundPreview | undefined {
  const [preview, setPreview] = useState<{ key: string; is: RefundPreview } | undefined>(undefined);
  const key = JSON.stringify([wish, order.refunds.length]);
  useEffect(() => {
    if (wish === undefined) return;
    const left = new AbortController();
    const ask = async () => {
      const answer = await call<RefundPreview>("deskRefundPreview", {
        method: "POST",
        params: { orderId: order.orderId },
        body: wish,
        signal: left.signal,
      });
      if (answer.kind === "ok" && !left.signal.aborted) setPreview({ key, is: answer.body });
    };
    const soon = setTimeout(() => void ask(), 150);
    return () => {
      left.abort();
      clearTimeout(soon);
    };
  }, [key, order.orderId]);
  return preview?.key === key ? preview.is : undefined;
}
