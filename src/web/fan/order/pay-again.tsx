// Another card for the same order, while its seats are still held. The buyer is known already.

import { useState } from "preact/hooks";
import type { OrderView } from "../../../wire/contract.ts";
import { formatMoney } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { ShopWords } from "../../i18n/ko/shop.ts";
import { apiAddress } from "../../site-config.ts";
import type { CardField } from "../checkout/card.ts";
import { CardFields } from "../checkout/card-fields.tsx";
import { paymentMethod, providerPage, stillWrong, wrongInMethod } from "../checkout/method.ts";
import { call, newKey, serverNow } from "../calls/http.ts";

export function PayAgain(parts: {
  order: OrderView;
  words: ShopWords;
  locale: Locale;
  take(order: OrderView): void;
}) {
  const { order, words, locale, take } = parts;
  const { pay, failed } = words;
  const [card, setCard] = useState({ number: "", expiry: "", code: "" });
  const [told, setTold] = useState<readonly CardField[]>([]);
  const [busy, setBusy] = useState(false);
  const [said, say] = useState("");
  const wrongNow = () => wrongInMethod(card, new Date(serverNow()));
  const submit = async (happening: Event) => {
    happening.preventDefault();
    if (busy) return;
    const missing = wrongNow();
    setTold(missing);
    say("");
    const first = missing[0];
    if (first) return document.getElementById(`card-${first}`)?.focus();
    setBusy(true);
    const token = await paymentMethod(card);
    if (token.kind === "token") {
      const { onSaleId, orderId } = order;
      const reply = await call<OrderView>("POST", apiAddress("orderPay", { onSaleId, orderId }), {
        body: { paymentMethod: token.paymentMethod },
        idempotencyKey: newKey(),
      });
      if (reply.kind === "ok") take(reply.value);
      else say((reply.kind === "problem" && reply.problem.title) || failed);
    } else say(token.kind === "refused" ? pay.cardRefused : pay.providerAway);
    setBusy(false);
  };
  return (
    <form class="checkout-form" noValidate onSubmit={(happening) => void submit(happening)}>
      <CardFields
        words={pay}
        locale={locale}
        card={card}
        wrong={stillWrong(told, wrongNow())}
        change={setCard}
      />
      <p class="form-said" role="alert">
        {said}
      </p>
      <button type="submit" class="button primary wide pay" disabled={busy}>
        {busy ? pay.busy(providerPage(locale)) : pay.action(formatMoney(order.total, locale))}
      </button>
    </form>
  );
}
