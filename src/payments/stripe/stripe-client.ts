// Stripe's SDK as we use it, and the one object that we make there: a Checkout Session over a
// PaymentIntent with manual capture, with our names in the metadata of both.

import Stripe from "stripe";
import type { Money } from "../../wire/contract.ts";

export type StripeAccess = {
  secretKey: string;
  /** Where Stripe answers; undefined: Stripe itself. */
  apiOrigin?: string | undefined;
  callMs: number;
};

export function openStripe({ secretKey, apiOrigin, callMs }: StripeAccess): Stripe {
  const at = apiOrigin === undefined ? undefined : new URL(apiOrigin);
  return new Stripe(secretKey, {
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 0,
    timeout: callMs,
    telemetry: false,
    ...(at === undefined
      ? {}
      : {
          host: at.hostname,
          port: at.port || (at.protocol === "https:" ? 443 : 80),
          protocol: at.protocol === "https:" ? "https" : "http",
        }),
  });
}

/** The same for every repeat: another body under the same key would be refused. */
export function sessionParams(wanted: {
  orderId: string;
  attempt: number;
  amount: Money;
  returnUrl: string;
}): Stripe.Checkout.SessionCreateParams {
  const { orderId, attempt, amount, returnUrl } = wanted;
  const metadata = { order: orderId, attempt: String(attempt) };
  return {
    mode: "payment",
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: amount.currency.toLowerCase(),
          unit_amount: amount.amount,
          product_data: { name: `Tickets · ${orderId}` },
        },
      },
    ],
    client_reference_id: orderId,
    metadata,
    payment_intent_data: { capture_method: "manual", metadata },
    success_url: returnUrl,
    cancel_url: returnUrl,
  };
}
