// The refunds of an order: what, why, by whom, how far; and for one that is stuck, what a person can do.

import { useState } from "preact/hooks";
import type { DeskOrder, DeskRefund } from "../../../wire/desk/desk-orders.ts";
import { formatMoney } from "../../i18n/format.ts";
import { call } from "../calls.ts";
import { locale, mayAct, words } from "../page.ts";
import { dateTime } from "../parts/numbers.ts";
import type { Apply } from "./order-page.tsx";
import { Reason } from "./reason.tsx";
import { SettleWays } from "./settle-ways.tsx";

type Props = { order: DeskOrder; apply: Apply };

export function RefundList({ order, apply }: Props) {
  const t = words.value.orders;
  if (order.refunds.length === 0) return null;
  return (
    <section aria-labelledby="refunds-title">
      <h2 id="refunds-title">{t.refunds}</h2>
      <ul class="order-list">
        {order.refunds.map((refund) => (
          <Refund key={refund.refundId} refund={refund} order={order} apply={apply} />
        ))}
      </ul>
    </section>
  );
}

function Refund({ refund, order, apply }: Props & { refund: DeskRefund }) {
  const t = words.value.orders;
  const money = (amount: number) => formatMoney({ ...order.amount, amount }, locale.value);
  const seats = order.lines
    .filter(({ seat }) => refund.seats.includes(seat))
    .map(({ section, row, label }) => t.place(section, row, label));
  return (
    <li class={`card refund ${refund.state}`}>
      <p>
        <strong>{money(refund.amount)}</strong> {t.refundState[refund.state]}
        {refund.fee > 0 && ` · ${t.feeKept(money(refund.fee))}`}
      </p>
      <p class="soft">
        {seats.join(" / ")} · {refund.askedBy === "fan" ? t.byFan : t.byDesk(refund.operator ?? "")}{" "}
        · {refund.reason}
      </p>
      {refund.settledReason !== undefined && (
        <p class="soft">
          {refund.settledWhere === "elsewhere" ? t.paidElsewhere : t.paidThere} ·{" "}
          {refund.settledReason}
        </p>
      )}
      <ol class="trail faint">
        {refund.history.map(({ at, state, because }) => (
          <li key={`${at} ${state}`}>
            {dateTime(at)} {t.refundState[state]}
            {state === "stuck" && because !== undefined && ` · ${t.because(because)}`}
          </li>
        ))}
      </ol>
      {refund.state === "stuck" && <Stuck refund={refund} apply={apply} />}
    </li>
  );
}

function Stuck({ refund, apply }: { refund: DeskRefund; apply: Apply }) {
  const t = words.value.orders;
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const params = { refundId: refund.refundId };
  const run = async (act: Parameters<Apply>[0], done: string) => {
    setBusy(true);
    await apply(act, done);
    setBusy(false);
  };
  const settle = (how: "at-provider" | "elsewhere") =>
    run(
      () =>
        call("deskRefundSettle", { method: "POST", params, body: { how, reason: reason.trim() } }),
      t.settled,
    );
  const named = reason.trim().length >= 3;
  return (
    <div class="by-person">
      <p class="warn-text">{t.because(refund.stuckBecause ?? "")}</p>
      <p class="soft">{t.refundNext}</p>
      {mayAct.value && (
        <>
          <button
            type="button"
            class="button primary"
            disabled={busy}
            onClick={() =>
              void run(() => call("deskRefundAgain", { method: "POST", params }), t.askedAgain)
            }
          >
            {t.again}
          </button>
          <Reason id={`reason-${refund.refundId}`} value={reason} set={setReason} />
          <div class="row">
            <SettleWays
              disabled={busy || !named}
              settle={settle}
              says={{ "at-provider": t.settleThere, elsewhere: t.settleElsewhere }}
            />
          </div>
        </>
      )}
    </div>
  );
}
