// The card part of a form, on the checkout and again on the order page when another card is tried.
// Autofill names are the browser's own; errors stand beside their field and are tied to it.

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Locale } from "../../i18n/i18n.ts";
import type { ShopWords } from "../../i18n/ko/shop.ts";
import {
  type CardField,
  type CardText,
  shapeExpiry,
  shapeNumber,
  type TestCard,
  testCards,
} from "./card.ts";
import { providerPage } from "./method.ts";

export type PayWords = ShopWords["pay"];

export function Field(parts: {
  id: string;
  label: string;
  hint?: string | undefined;
  wrong?: string | undefined;
  children: ComponentChildren;
}) {
  const { id, label, hint, wrong, children } = parts;
  return (
    <div class={wrong ? "form-field wrong" : "form-field"}>
      <label for={id}>{label}</label>
      {children}
      {wrong ? (
        <p class="field-wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      ) : hint ? (
        <p class="faint">{hint}</p>
      ) : null}
    </div>
  );
}

/** What every input of a card has in common; a wrong one points at its words. */
function tiedTo(field: CardField, wrong: readonly CardField[]) {
  return {
    id: `card-${field}`,
    class: "field",
    "aria-invalid": wrong.includes(field),
    "aria-describedby": wrong.includes(field) ? `card-${field}-wrong` : undefined,
    inputMode: "numeric" as const,
    required: true,
  };
}

export function CardFields(parts: {
  words: PayWords;
  locale: Locale;
  card: CardText;
  wrong: readonly CardField[];
  change(card: CardText): void;
}) {
  const { words, locale, card, wrong, change } = parts;
  const page = providerPage(locale);
  if (page !== undefined) return <p class="notice">{words.atProvider(page)}</p>;
  const said = (field: CardField) => (wrong.includes(field) ? words.wrong[field] : undefined);
  return (
    <fieldset class="fieldset">
      <legend>{words.card}</legend>
      <TestCards words={words} locale={locale} pick={change} />
      <Field id="card-number" label={words.number} wrong={said("number")}>
        <input
          name="cardnumber"
          autocomplete="cc-number"
          placeholder="0000 0000 0000 0000"
          {...tiedTo("number", wrong)}
          value={card.number}
          onInput={(typing) => change({ ...card, number: shapeNumber(typing.currentTarget.value) })}
        />
      </Field>
      <div class="two">
        <Field id="card-expiry" label={words.expiry} wrong={said("expiry")}>
          <input
            name="cc-exp"
            autocomplete="cc-exp"
            placeholder={words.expiryHint}
            {...tiedTo("expiry", wrong)}
            value={card.expiry}
            onInput={(typing) =>
              change({ ...card, expiry: shapeExpiry(typing.currentTarget.value) })
            }
          />
        </Field>
        <Field id="card-code" label={words.code} wrong={said("code")}>
          <input
            name="cvc"
            autocomplete="cc-csc"
            placeholder="000"
            maxLength={4}
            {...tiedTo("code", wrong)}
            value={card.code}
            onInput={(typing) =>
              change({ ...card, code: typing.currentTarget.value.replace(/\D/g, "").slice(0, 4) })
            }
          />
        </Field>
      </div>
      <p class="faint lock">{words.cardHint}</p>
    </fieldset>
  );
}

function TestCards(parts: { words: PayWords; locale: Locale; pick(card: CardText): void }) {
  const { words, locale, pick } = parts;
  const [cards, setCards] = useState<readonly TestCard[]>([]);
  useEffect(() => {
    void testCards().then(setCards);
  }, []);
  if (cards.length === 0) return null;
  const choose = (number: string) => {
    if (!number) return;
    const year = String((new Date().getFullYear() + 3) % 100).padStart(2, "0");
    pick({ number: shapeNumber(number), expiry: `12 / ${year}`, code: "123" });
  };
  return (
    <div class="test-cards">
      <p>{words.test}</p>
      <label for="test-card" class="seen-by-readers-only">
        {words.testCard}
      </label>
      <select
        id="test-card"
        class="field"
        onChange={(picked) => choose(picked.currentTarget.value)}
      >
        <option value="">{words.testCard}</option>
        {cards.map(({ number, name }) => (
          <option key={number} value={number}>
            {name[locale]} · {number.slice(-4)}
          </option>
        ))}
      </select>
    </div>
  );
}
