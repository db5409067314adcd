// What a person does with an order that the machine stopped at: read why, look at both books below, then
// ask again, have it paid back, or call it settled. The last two want a reason, which is kept.

import { useState } from "preact/hooks";
import type { Route } from "../../../wire/routes.ts";
import type { DeskOrder } from "../../../wire/desk/desk-orders.ts";
import { call } from "../calls.ts";
import { mayAct, words } from "../page.ts";
import type { Apply } from "./order-page.tsx";
import { Reason } from "./reason.tsx";
import { SettleWays } from "./settle-ways.tsx";

export function ByPerson({ order, apply }: { order: DeskOrder; apply: Apply }) {
  const t = words.value.orders;
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (route: Route, body: object | undefined, done: string) => {
    setBusy(true);
    const params = { orderId: order.orderId };
    const how = { method: "POST", params } as const;
    await apply(() => call<DeskOrder>(route, body === undefined ? how : { ...how, body }), done);
    setBusy(false);
  };
  const settle = (how: "at-provider" | "elsewhere") =>
    run("deskOrderSettle", { how, reason: reason.trim() }, t.settled);
  const named = reason.trim().length >= 3;
  return (
    <section class="by-person card" aria-labelledby="by-person-title">
      <h2 id="by-person-title">{t.decide}</h2>
      <p>{nextAfter(order.reason ?? "")}</p>
      {mayAct.value && (
        <>
          <button
            type="button"
            class="button primary"
            disabled={busy}
            onClick={() => void run("deskOrderAgain", undefined, t.askedAgain)}
          >
            {t.again}
          </button>
          <Reason id="settle-reason" value={reason} set={setReason} />
          <div class="row">
            <button
              type="button"
              class="button"
              disabled={busy || !named}
              onClick={() => void run("deskOrderPayBack", { reason: reason.trim() }, t.payBackDone)}
            >
              {t.payBack}
            </button>
            <SettleWays
              disabled={busy || !named}
              settle={settle}
              says={{ "at-provider": t.settle, elsewhere: t.settleElsewhere }}
            />
          </div>
          <ul class="needs faint">
            <li>
              <strong>{t.payBack}</strong>: {t.needs.payBack}
            </li>
            <li>
              <strong>{t.settle}</strong>: {t.needs.settle}
            </li>
            <li>
              <strong>{t.settleElsewhere}</strong>: {t.needs.elsewhere}
            </li>
            <li>{t.settleHint}</li>
          </ul>
        </>
      )}
    </section>
  );
}

function nextAfter(reason: string): string {
  const t = words.value.orders;
  return t.next[reason] ?? (reason.startsWith("refund-") ? t.nextRefused : t.nextOther);
}
