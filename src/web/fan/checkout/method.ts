// How the fan pays: with a card told to the provider from our form (the sandbox provider), or on the
// provider's own page, where no card ever comes near ours.

import type { Words } from "../../../wire/contract.ts";
import type { Locale } from "../../i18n/i18n.ts";
import { paymentPages } from "./payment-config.ts";
import { type CardField, type CardText, tokenize, type Tokenized, wrongFields } from "./card.ts";

/** What an order is paid with where the provider asks for the card itself. */
const atProvider = "hosted";

const names: Record<"stripe" | "toss", Words> = {
  stripe: { ko: "Stripe", en: "Stripe" },
  toss: { ko: "토스페이먼츠", en: "Toss Payments" },
};

/** The name of the provider on whose page the fan pays; undefined: on ours. */
export function providerPage(locale: Locale): string | undefined {
  const { provider } = paymentPages();
  return provider === "sandbox" ? undefined : names[provider][locale];
}

export const paysHere = (): boolean => paymentPages().provider === "sandbox";

export function wrongInMethod(card: CardText, now: Date): CardField[] {
  return paysHere() ? wrongFields(card, now) : [];
}

export function paymentMethod(card: CardText): Promise<Tokenized> {
  if (paysHere()) return tokenize(card);
  return Promise.resolve({ kind: "token", paymentMethod: atProvider });
}

/** What was told to be wrong at the last try and is wrong; nothing else is, however it has changed. */
export function stillWrong<Name>(told: readonly Name[], now: readonly Name[]): Name[] {
  return told.filter((name) => now.includes(name));
}
