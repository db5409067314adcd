// Which payment provider, and its keys: the same for `usher serve` and for every role. Keys come from
// the environment or from a file that <VARIABLE>_FILE names, never from the command line, where `ps`
// would show them, and no message repeats one.

import { Fault } from "../../foundation/fault.ts";
import { type PaymentsConfig, usualLimits } from "../../payments/payments-config.ts";
import type { PaymentPages } from "../../web/payment-pages.ts";
import { option, type Values } from "./options.ts";
import { originText, wholeNumber } from "./readers.ts";

const key = (says: string, env: string, shape: RegExp, like: string) =>
  option({
    takes: "<key>",
    says,
    env,
    envOnly: true,
    read(text: string, name: string): string {
      if (shape.test(text) && text.length <= 300) return text;
      throw new Fault("bad-arguments", `${name} is a key like ${like}; what it holds is not`);
    },
  });

const providers = ["sandbox", "stripe", "toss"] as const;
type Provider = (typeof providers)[number];

export const paymentOptions = {
  payments: option({
    takes: "<provider>",
    says: "who takes the money: sandbox, stripe or toss",
    env: "USHER_PAYMENTS",
    initial: "sandbox",
    read(text: string, name: string): Provider {
      const known = providers.find((provider) => provider === text);
      if (known !== undefined) return known;
      throw new Fault("bad-arguments", `${name} is ${providers.join(", ")}, not ${text}`);
    },
  }),
  "payments-concurrency": option({
    takes: "<n>",
    says: "calls to the provider under way at once",
    env: "USHER_PAYMENTS_CONCURRENCY",
    initial: String(usualLimits.concurrency),
    read: wholeNumber(1_000, 1),
  }),
  "payments-per-second": option({
    takes: "<n>",
    says: "calls a second at one endpoint of Stripe or Toss, of this process",
    env: "USHER_PAYMENTS_PER_SECOND",
    initial: String(usualLimits.perSec),
    read: wholeNumber(10_000, 1),
  }),
  "payments-api": option({
    takes: "<origin>",
    says: "where stripe or toss answers instead: a sandbox provider, for tests",
    env: "USHER_PAYMENTS_API",
    read: originText,
  }),
  "stripe-secret-key": key("Stripe", "USHER_STRIPE_SECRET_KEY", /^[rs]k_\w+$/, "sk_live_…"),
  "stripe-webhook-secret": key(
    "of the endpoint that Stripe's webhooks go to",
    "USHER_STRIPE_WEBHOOK_SECRET",
    /^whsec_[\w-]+$/,
    "whsec_…",
  ),
  "toss-secret-key": key("Toss Payments", "USHER_TOSS_SECRET_KEY", /^\w+$/, "live_sk_…"),
  "toss-client-key": key(
    "opens its window; public, but one of a pair",
    "USHER_TOSS_CLIENT_KEY",
    /^\w+$/,
    "live_ck_…",
  ),
} as const;

export type PaymentValues = Values<typeof paymentOptions>;

/** Undefined: the sandbox provider, which is described elsewhere. Throws `setting-missing`. */
export function paymentsConfig(values: PaymentValues): PaymentsConfig | undefined {
  const api = values["payments-api"];
  const limits = {
    concurrency: values["payments-concurrency"],
    perSec: values["payments-per-second"],
  };
  switch (values.payments) {
    case "sandbox":
      return undefined;
    case "stripe":
      return {
        kind: "stripe",
        secretKey: needed(values, "stripe-secret-key"),
        webhookSecret: needed(values, "stripe-webhook-secret"),
        api,
        limits,
      };
    case "toss":
      return {
        kind: "toss",
        secretKey: needed(values, "toss-secret-key"),
        clientKey: needed(values, "toss-client-key"),
        api,
        limits,
      };
  }
}

/** What the pages need; no secret is among it. Undefined: the sandbox provider. */
export function paymentPages(values: PaymentValues): PaymentPages | undefined {
  switch (values.payments) {
    case "sandbox":
      return undefined;
    case "stripe":
      return { provider: "stripe" };
    case "toss":
      return tossPages(needed(values, "toss-client-key"), values["payments-api"]);
  }
}

export function tossPages(clientKey: string, api: string | undefined): PaymentPages {
  const script = api === undefined ? tossScript : `${api}/toss/v2/standard`;
  return { provider: "toss", clientKey, script };
}

const tossScript = "https://js.tosspayments.com/v2/standard";

type KeyName =
  | "stripe-secret-key"
  | "stripe-webhook-secret"
  | "toss-secret-key"
  | "toss-client-key";

function needed(values: PaymentValues, name: KeyName): string {
  const value = values[name];
  if (value !== undefined) return value;
  const { env, says } = paymentOptions[name];
  throw new Fault(
    "setting-missing",
    `${env} is needed: --payments ${values.payments} pays with it (${says}).\n  mend: put it into the environment, or its file's name into ${env}_FILE`,
  );
}
