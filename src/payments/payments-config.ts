// A provider, as configured: which one, its keys, and how many calls it bears. The one place where a
// configuration becomes a PaymentGateway. Keys come here from settings and go nowhere else.

import { assert } from "../foundation/assert.ts";
import type { Clock } from "../foundation/clock.ts";
import type { PaymentGateway } from "../ports/payment-gateway.ts";
import type { SandboxKeys } from "./sandbox/keys.ts";
import { sandboxGateway } from "./sandbox/sandbox-gateway.ts";
import { stripeGateway } from "./stripe/stripe-gateway.ts";
import { tossGateway } from "./toss/toss-gateway.ts";

export type PaymentLimits = {
  /** Calls under way at once. */
  concurrency: number;
  /**
   * Calls started in a second at one endpoint; Stripe's published default is 25, Toss publishes none and
   * is treated alike. The sandbox provider has no such limit.
   */
  perSec: number;
};

export type PaymentsConfig = { limits?: PaymentLimits } & (
  | { kind: "sandbox"; address: string; keys: SandboxKeys }
  | { kind: "stripe"; secretKey: string; webhookSecret: string; api: string | undefined }
  /** The client key is public: the page that opens the window has it. */
  | { kind: "toss"; secretKey: string; clientKey: string; api: string | undefined }
);

export const usualLimits: PaymentLimits = { concurrency: 25, perSec: 25 };
const callMs = 8_000;

export function openPayments(
  config: PaymentsConfig,
  { clock, windowPage }: { clock: Clock; windowPage?: string },
): PaymentGateway {
  const { concurrency, perSec } = config.limits ?? usualLimits;
  const common = { callMs, concurrency, now: clock.now };
  switch (config.kind) {
    case "sandbox":
      return sandboxGateway({ ...common, ...config.keys, address: config.address });
    case "stripe": {
      const { secretKey, webhookSecret, api } = config;
      return stripeGateway({ ...common, secretKey, webhookSecret, apiOrigin: api, perSec });
    }
    case "toss": {
      const { secretKey, api } = config;
      assert(windowPage !== undefined, "a page opens the window of Toss Payments");
      const apiAddress = api === undefined ? undefined : `${api}/toss`;
      return tossGateway({ ...common, secretKey, apiAddress, windowPage, perSec });
    }
  }
}
