// Which payment provider a role uses, from its settings.

import { readSandboxKeys } from "../../payments/sandbox/keys.ts";
import type { PaymentsConfig } from "../../payments/payments-config.ts";
import type { PaymentPages } from "../../web/payment-pages.ts";
import type { RoleName } from "../roles/role.ts";
import { paymentPages, paymentsConfig } from "./payment-options.ts";
import { missing, type RoleSettings } from "./role-options.ts";

/** What the pages of a role know of it; asked of the gateway too, which has no keys. */
export function readPaymentPages(settings: RoleSettings): PaymentPages {
  const origin = settings["sandbox-origin"] ?? settings["sandbox-address"] ?? "";
  return paymentPages(settings) ?? { provider: "sandbox", origin };
}

export async function readPaymentSettings(
  role: RoleName,
  settings: RoleSettings,
): Promise<PaymentsConfig> {
  const config = paymentsConfig(settings);
  if (config !== undefined) return config;
  const address = settings["sandbox-address"];
  if (address === undefined) {
    throw missing(role, "sandbox-address", "is the payment provider", "http://127.0.0.1:8081");
  }
  const folder = settings["sandbox-keys"];
  if (folder === undefined) {
    throw missing(role, "sandbox-keys", "holds the provider's keys", "var/sandbox-provider");
  }
  return { kind: "sandbox", address, keys: await readSandboxKeys(folder) };
}
