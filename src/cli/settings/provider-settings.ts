// Which payment provider a role uses, from its settings.

import { readSandboxKeys } from "../../payments/sandbox/keys.ts";
import type { PaymentsConfig } from "../roles/paying.ts";
import type { RoleName } from "../roles/role.ts";
import { missing, type RoleSettings } from "./role-options.ts";

export type PaymentSettings = {
  config: PaymentsConfig;
  /** Where browsers tell the card to. */
  origin: string;
};

export async function readPaymentSettings(
  role: RoleName,
  settings: RoleSettings,
): Promise<PaymentSettings> {
  const address = settings["sandbox-address"];
  if (address === undefined) {
    throw missing(role, "sandbox-address", "is the payment provider", "http://127.0.0.1:8081");
  }
  const folder = settings["sandbox-keys"];
  if (folder === undefined) {
    throw missing(role, "sandbox-keys", "holds the provider's keys", "var/sandbox-provider");
  }
  return {
    config: { kind: "sandbox", address, keys: await readSandboxKeys(folder) },
    origin: settings["sandbox-origin"] ?? address,
  };
}
