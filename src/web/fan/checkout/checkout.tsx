// The payment, on one page: seats, the whole price, who buys, the card, and a button that says what
// it does. The card goes to the provider; we get its token, make the order, and the order's own page
// takes over from there, so that closing this one loses nothing.

import { useEffect, useState } from "preact/hooks";
import type { HoldView, OrderBody, OrderView } from "../../../wire/contract.ts";
import { pathTo } from "../../../wire/routes.ts";
import { apiAddress } from "../../site-config.ts";
import { HeldSummary } from "../shop/held-summary.tsx";
import { checkDeadline } from "../shop/holding.ts";
import { call, newKey, serverNow } from "../calls/http.ts";
import { Notices } from "../shop/notices.tsx";
import { money, type Shop, tell } from "../shop/shop.ts";
import type { CardField, CardText } from "./card.ts";
import { CardFields, Field } from "./card-fields.tsx";
import { paymentMethod, providerPage, stillWrong, wrongInMethod } from "./method.ts";

type Wrong = CardField | "name" | "email";
const emptyCard: CardText = { number: "", expiry: "", code: "" };

export function Checkout({ shop, hold }: { shop: Shop; hold: HoldView }) {
  const { pay, held, choice } = shop.words;
  const [buyer, setBuyer] = useState({ name: "", email: "" });
  const [card, setCard] = useState(emptyCard);
  const [told, setTold] = useState<readonly Wrong[]>([]);
  const [busy, setBusy] = useState(false);
  const [said, say] = useState("");
  useEffect(() => window.scrollTo(0, 0), []);
  const submit = async (happening: Event) => {
    happening.preventDefault();
    if (busy) return;
    const missing = wrongIn(buyer, card);
    setTold(missing);
    say("");
    if (missing.length > 0) return focusFirst(missing);
    setBusy(true);
    const problem = await payFor(shop, hold, { buyer, card });
    if (problem !== undefined) {
      say(problem);
      setBusy(false);
    }
  };
  const back = () => {
    shop.view.value = "map";
  };
  if (hold.paying) return <Paying shop={shop} />;
  const wrong = stillWrong(told, wrongIn(buyer, card));
  return (
    <main class="checkout">
      <form class="checkout-form" noValidate onSubmit={(happening) => void submit(happening)}>
        <div>
          <button type="button" class="button plain back" onClick={back}>
            ← {pay.back}
          </button>
          <h1>{pay.title}</h1>
        </div>
        <BuyerFields shop={shop} buyer={buyer} wrong={wrong} change={setBuyer} />
        <CardFields
          words={pay}
          locale={shop.locale}
          card={card}
          wrong={wrong.filter((field) => field !== "name" && field !== "email")}
          change={setCard}
        />
        <p class="form-said" role="alert">
          {said}
        </p>
        <button type="submit" class="button primary wide pay" disabled={busy}>
          {busy ? pay.busy(providerPage(shop.locale)) : pay.action(money(shop, hold.total.amount))}
        </button>
      </form>
      <aside class="checkout-side">
        <p class="soft">{held.kept}</p>
        <Notices shop={shop} />
        <HeldSummary shop={shop} hold={hold} />
        <p class="total">
          <span>
            {choice.total}
            <span class="faint"> {choice.feesNone}</span>
          </span>
          <strong>{money(shop, hold.total.amount)}</strong>
        </p>
      </aside>
    </main>
  );
}

function BuyerFields(parts: {
  shop: Shop;
  buyer: { name: string; email: string };
  wrong: readonly Wrong[];
  change(buyer: { name: string; email: string }): void;
}) {
  const { shop, buyer, wrong, change } = parts;
  const { pay } = shop.words;
  const field = (name: "name" | "email") => ({
    id: `buyer-${name}`,
    name,
    class: "field",
    required: true,
    maxLength: 200,
    autocomplete: name,
    value: buyer[name],
    "aria-invalid": wrong.includes(name),
    "aria-describedby": wrong.includes(name) ? `buyer-${name}-wrong` : undefined,
    onInput: (typing: { currentTarget: HTMLInputElement }) =>
      change({ ...buyer, [name]: typing.currentTarget.value }),
  });
  const said = (name: "name" | "email") => (wrong.includes(name) ? pay.wrong[name] : undefined);
  return (
    <fieldset class="fieldset">
      <legend>{pay.buyer}</legend>
      <Field id="buyer-name" label={pay.name} wrong={said("name")}>
        <input type="text" {...field("name")} />
      </Field>
      <Field id="buyer-email" label={pay.email} hint={pay.emailHint} wrong={said("email")}>
        <input type="email" inputMode="email" spellcheck={false} {...field("email")} />
      </Field>
    </fieldset>
  );
}

function Paying({ shop }: { shop: Shop }) {
  const { onSaleId } = shop;
  const [orderId, find] = useState(recallOrder(onSaleId));
  useEffect(() => {
    // The reply that named the order was lost on the way; the order was not.
    if (orderId !== null) return;
    void call<{ orders: OrderView[] }>("GET", apiAddress("orders", { onSaleId })).then((reply) => {
      const last = reply.kind === "ok" ? reply.value.orders.find(isRunning) : undefined;
      if (last) find(last.orderId);
    });
  }, [orderId]);
  return (
    <main class="end">
      <h1>{shop.words.held.paying}</h1>
      {orderId ? (
        <a class="button primary" href={pathTo("orderPage", { onSaleId, orderId })}>
          {shop.words.held.toOrder}
        </a>
      ) : null}
    </main>
  );
}

const isRunning = ({ state }: OrderView) => state !== "cancelled" && state !== "refunded";

function wrongIn(buyer: { name: string; email: string }, card: CardText): Wrong[] {
  return [
    ...(buyer.name.trim() ? [] : (["name"] as const)),
    ...(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(buyer.email.trim()) ? [] : (["email"] as const)),
    ...wrongInMethod(card, new Date(serverNow())),
  ];
}

function focusFirst(wrong: readonly Wrong[]): void {
  const first = wrong[0];
  const id = first === "name" || first === "email" ? `buyer-${first}` : `card-${first}`;
  document.getElementById(id)?.focus();
}

/** @returns what to say beside the button; undefined: the order's page has taken over. */
async function payFor(
  shop: Shop,
  hold: HoldView,
  form: { buyer: { name: string; email: string }; card: CardText },
): Promise<string | undefined> {
  const { pay, failed } = shop.words;
  const token = await paymentMethod(form.card);
  if (token.kind === "refused") return pay.cardRefused;
  if (token.kind === "away") return pay.providerAway;
  const { onSaleId } = shop;
  const body: OrderBody = {
    holdId: hold.holdId,
    buyer: { name: form.buyer.name.trim(), email: form.buyer.email.trim(), locale: shop.locale },
    paymentMethod: token.paymentMethod,
  };
  const reply = await call<OrderView>("POST", apiAddress("orders", { onSaleId }), {
    body,
    idempotencyKey: newKey(),
  });
  if (reply.kind === "offline") return failed;
  if (reply.kind === "problem") {
    if (reply.problem.code === "no-hold") void checkDeadline(shop);
    else tell(shop, reply.problem);
    return reply.problem.errors?.map(({ what }) => what).join(" ") || reply.problem.title || failed;
  }
  rememberOrder(onSaleId, reply.value.orderId);
  location.assign(pathTo("orderPage", { onSaleId, orderId: reply.value.orderId }));
  return undefined;
}

const storeKey = (onSaleId: string) => `usher:order:${onSaleId}`;

function rememberOrder(onSaleId: string, orderId: string): void {
  try {
    sessionStorage.setItem(storeKey(onSaleId), orderId);
  } catch {
    // Storage may be forbidden: the order is then found through its mail.
  }
}

function recallOrder(onSaleId: string): string | null {
  try {
    return sessionStorage.getItem(storeKey(onSaleId));
  } catch {
    return null;
  }
}
