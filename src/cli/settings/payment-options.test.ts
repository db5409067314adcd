// The provider's settings: keys from the environment or a file alone, told to nobody, and needed where
// the provider is.

import { expect, test } from "bun:test";
import { isFault } from "../../foundation/fault.ts";
import { optionLines, readOptions } from "./options.ts";
import { paymentOptions, paymentPages, paymentsConfig } from "./payment-options.ts";

const read = (args: string[], environment = {}) => readOptions(paymentOptions, args, environment);
const stripe = {
  USHER_PAYMENTS: "stripe",
  USHER_STRIPE_SECRET_KEY: "sk_test_1",
  USHER_STRIPE_WEBHOOK_SECRET: "whsec_1",
};
const toss = {
  USHER_PAYMENTS: "toss",
  USHER_TOSS_SECRET_KEY: "test_sk_1",
  USHER_TOSS_CLIENT_KEY: "test_ck_1",
};

function fault(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (isFault(error)) return error;
  }
  throw new Error("nothing was thrown");
}

test("each provider from the environment; the sandbox where nothing is said", () => {
  expect(paymentsConfig(read([]))).toBeUndefined();
  expect(paymentsConfig(read([], stripe))).toMatchObject({
    kind: "stripe",
    secretKey: "sk_test_1",
    webhookSecret: "whsec_1",
    limits: { concurrency: 25, perSec: 25 },
  });
  expect(paymentsConfig(read(["--payments-per-second", "50"], toss))).toMatchObject({
    kind: "toss",
    clientKey: "test_ck_1",
    limits: { perSec: 50 },
  });
  expect(fault(() => read(["--payments", "paypal"])).message).toContain("sandbox, stripe, toss");
});

test("a key on the command line is refused, and the help says where it belongs", () => {
  for (const name of ["stripe-secret-key", "stripe-webhook-secret", "toss-secret-key"])
    expect(fault(() => read([`--${name}`, "sk_live_secret"]))).toMatchObject({
      code: "bad-arguments",
    });
  const help = optionLines(paymentOptions);
  expect(help).not.toContain("--stripe-secret-key");
  expect(help).toContain("USHER_STRIPE_SECRET_KEY");
});

test("a key that is missing is asked for by its variable; a wrong one is not repeated", () => {
  const { USHER_STRIPE_WEBHOOK_SECRET: _, ...without } = stripe;
  const missing = fault(() => paymentsConfig(read([], without)));
  expect(missing.code).toBe("setting-missing");
  expect(missing.message).toContain("USHER_STRIPE_WEBHOOK_SECRET_FILE");
  const wrong = fault(() => read([], { ...stripe, USHER_STRIPE_SECRET_KEY: "pk live secret" }));
  expect(wrong.message).toContain("USHER_STRIPE_SECRET_KEY");
  expect(wrong.message).not.toContain("secret\n");
  expect(wrong.message).not.toContain("pk live");
});

test("pages are told no secret, and a gateway without keys can be asked for them", () => {
  const { USHER_TOSS_SECRET_KEY: _, ...gateway } = toss;
  const pages = paymentPages(read([], gateway));
  expect(pages).toEqual({
    provider: "toss",
    clientKey: "test_ck_1",
    script: "https://js.tosspayments.com/v2/standard",
  });
  expect(paymentPages(read([], { USHER_PAYMENTS: "stripe" }))).toEqual({ provider: "stripe" });
});
