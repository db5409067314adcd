// A whole platform that is set up for Stripe or Toss Payments, with the sandbox provider speaking their
// protocol as a process of its own beside it.

import { freePort } from "../../src/foundation/free-port.ts";
import type { PaymentsConfig } from "../../src/payments/payments-config.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { opened, type TestPlatform, testPlatform } from "./platform.ts";
import { type Dialect, type Sandbox, startSandbox } from "./sandbox.ts";

export type ProviderPlatform = {
  platform: TestPlatform;
  sandbox: Sandbox;
  close(): Promise<void>;
};

export async function providerPlatform(
  dialect: Exclude<Dialect, "sandbox">,
): Promise<ProviderPlatform> {
  // The provider must know where its webhooks go before there is anybody.
  const port = await freePort();
  const webhook = `http://127.0.0.1:${port}${pathTo("webhook", { provider: dialect })}`;
  const sandbox = await startSandbox({
    args: ["--webhook-url", webhook, "--webhook-retry-ms", "50"],
  });
  try {
    const platform = await testPlatform({ port, payments: configFor(dialect, sandbox) });
    await opened(platform.origin, platform.onSale.onSaleId);
    return {
      platform,
      sandbox,
      async close() {
        await platform.close();
        await sandbox.stop();
      },
    };
  } catch (error) {
    await sandbox.stop();
    throw error;
  }
}

function configFor(kind: Exclude<Dialect, "sandbox">, { keys, address }: Sandbox): PaymentsConfig {
  return kind === "stripe"
    ? { kind, ...keys, api: address }
    : { kind, secretKey: keys.secretKey, clientKey: "test_ck_1", api: address };
}
