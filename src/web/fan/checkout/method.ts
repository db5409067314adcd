// How the fan pays: with a card told to the provider from our form (the sandbox provider), or on the
// provider's own page, where no card ever comes near ours.

import { paymentPages } from "./payment-config.ts";
import { type CardField, type CardText, tokenize, type Tokenized, wrongFields } from "./card.ts";

/** What an order is paid with where the provider asks for the card itself. */
const atProvider = "hosted";

/** Undefined: on our page. Names are as the providers write them. */
export function providerPage(): "Stripe" | "Toss Payments" | undefined {
  switch (paymentPages().provider) {
    case "sandbox":
      return undefined;
    case "stripe":
      return "Stripe";
    case "toss":
      return "Toss Payments";
  }
}

export function wrongInMethod(card: CardText, now: Date): CardField[] {
  return providerPage() === undefined ? wrongFields(card, now) : [];
}

export function paymentMethod(card: CardText): Promise<Tokenized> {
  if (providerPage() === undefined) return tokenize(card);
  return Promise.resolve({ kind: "token", paymentMethod: atProvider });
}
