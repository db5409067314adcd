// Where the order is, in three steps that anyone understands; which of the dozen states belongs to
// which step is decided here alone.

import type { OrderState } from "../../../wire/contract.ts";
import type { OrderStep, OrderWords } from "../../i18n/ko/order.ts";

type Look = "done" | "now" | "waiting" | "failed" | "ahead";
const steps: readonly OrderStep[] = ["seats", "payment", "tickets"];

export function looksOf(state: OrderState): Record<OrderStep, Look> {
  switch (state) {
    case "draft":
    case "requires-action":
    case "payment-unknown":
    case "stuck":
      return { seats: "done", payment: "waiting", tickets: "ahead" };
    case "authorizing":
    case "capturing":
      return { seats: "done", payment: "now", tickets: "ahead" };
    case "issuing":
      return { seats: "done", payment: "done", tickets: "now" };
    case "confirmed":
      return { seats: "done", payment: "done", tickets: "done" };
    case "refunding":
    case "refunded":
      return { seats: "done", payment: "done", tickets: "failed" };
    case "cancelled":
      return { seats: "failed", payment: "ahead", tickets: "ahead" };
  }
}

export function Timeline({ state, words }: { state: OrderState; words: OrderWords }) {
  const looks = looksOf(state);
  return (
    <ol class="timeline">
      {steps.map((step) => {
        const look = looks[step];
        const said = look === "done" ? words.stepDone : look === "now" ? words.stepNow : "";
        return (
          <li key={step} class={look} aria-current={look === "now" ? "step" : undefined}>
            <i aria-hidden="true" />
            <span>{words.steps[step]}</span>
            <span class="seen-by-readers-only">{said}</span>
          </li>
        );
      })}
    </ol>
  );
}
