// A sandbox payment provider: a process of its own with its own ledger on its own disk, so that the
// shop's money questions are asked of somebody else, as in the world. Started by src/cli/sandbox-provider.ts.
// Read next: merchant-calls.ts, operations.ts, then ../sandbox-gateway.ts for the shop's side.

import { Fault } from "../../../foundation/fault.ts";
import { ensureSandboxKeys } from "../keys.ts";
import { sandboxApi } from "./api.ts";
import { Weather } from "./behaviour.ts";
import { openJournal } from "./journal.ts";
import { Ledger, type LedgerEntry } from "./ledger.ts";
import { WebhookSender } from "./webhooks.ts";

export type SandboxConfig = {
  dataDir: string;
  port: number;
  host: string;
  /** Where the fan's browser finds us; undefined: at host and port. */
  publicUrl: string | undefined;
  webhookUrl: string | undefined;
  /** How long the slow card takes. */
  slowMs: number;
  webhookRetryMs: number;
};

export type SandboxProvider = { address: string; stop(): Promise<void> };

export async function startSandboxProvider(
  config: SandboxConfig,
  onBroken: (cause: unknown) => void,
): Promise<SandboxProvider> {
  const keys = await ensureSandboxKeys(config.dataDir);
  const ledger = new Ledger();
  const journal = await openJournal(config.dataDir, (entry) => ledger.apply(entry as LedgerEntry));
  ledger.writeTo(journal);
  const weather = new Weather();
  const webhooks = new WebhookSender(ledger, weather, {
    url: config.webhookUrl,
    secret: keys.webhookSecret,
    firstRetryMs: config.webhookRetryMs,
    tries: 10,
  });
  let address = "";
  const desk = {
    ledger,
    journal,
    weather,
    webhooks,
    running: new Set<string>(),
    slowMs: config.slowMs,
    now: () => Date.now(),
    publicUrl: () => config.publicUrl ?? address,
  };
  const start = () =>
    Bun.serve({
      hostname: config.host,
      port: config.port,
      // The longest Bun allows: calls that are never answered must not be cut short by us.
      idleTimeout: 255,
      maxRequestBodySize: 65_536,
      fetch: sandboxApi({ desk, secretKey: keys.secretKey, onBroken }),
    });
  const server = await listening(config, start).catch(async (error: unknown) => {
    await journal.close();
    throw error;
  });
  address = `http://${config.host}:${server.port}`;
  webhooks.resume();
  return {
    address,
    async stop() {
      webhooks.stop();
      await server.stop(true);
      await journal.close();
    },
  };
}

async function listening<Server>(
  { host, port }: SandboxConfig,
  start: () => Server,
): Promise<Server> {
  try {
    return start();
  } catch (cause) {
    if ((cause as { code?: string }).code !== "EADDRINUSE") throw cause;
    throw new Fault(
      "port-taken",
      `The sandbox provider cannot listen on ${host}:${port}: the port is taken. Stop the other program, or choose another port (npm start: --payments-port).`,
      { cause },
    );
  }
}
