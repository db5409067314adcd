// The sandbox provider's process with a folder of its own, and a card that it approves.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProviderProcess } from "../../src/cli/platform/provider-process.ts";
import { systemClock } from "../../src/foundation/clock.ts";
import { silentLog } from "../../src/foundation/log.ts";
import { approvedCard } from "../support/installation.ts";
import { openPayments } from "../../src/payments/payments-config.ts";

export async function openProvider() {
  const folder = mkdtempSync(join(tmpdir(), "usher-bench-provider-"));
  const process = await startProviderProcess({
    dataDir: folder,
    host: "127.0.0.1",
    port: 0,
    publicUrl: undefined,
    // Told in vain, it would try again and again beside what is measured.
    webhookUrl: undefined,
    log: silentLog,
  });
  const { address, keys } = process;
  const limits = { concurrency: 64, perSec: 100_000 };
  const gateway = openPayments({ kind: "sandbox", address, keys, limits }, { clock: systemClock });
  return {
    gateway,
    method: await approvedCard(address),
    async close() {
      await process.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
