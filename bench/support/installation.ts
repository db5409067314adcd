// What is measured stands on what production stands on: a PostgreSQL that writes to disk before it
// answers, a Redis, and roles in processes of their own, started as a person would start them. All of it
// on free ports of the loopback, in a scratch folder, gone when the benchmark ends.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../src/foundation/free-port.ts";
import { type RoleProcess, startRoleProcess } from "../../src/cli/cluster/role-process.ts";
import { openClosing } from "../../src/cli/platform/closing.ts";
import { defaultSettings } from "../../src/cli/platform/demo.ts";
import { startProviderProcess } from "../../src/cli/platform/provider-process.ts";
import type { RoleName } from "../../src/cli/roles/role.ts";
import { demoArena } from "../../src/domain/seating/demo-arena.ts";
import { newId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import type { OnSale, OnSaleSettings } from "../../src/ports/catalog.ts";
import { openRecords, type PostgresStores } from "../../src/stores/open.ts";
import { startEmbeddedPostgres } from "../../src/stores/postgres/embedded.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { type RedisUnderLoad, startRedis } from "./redis.ts";

export type Installation = {
  postgres: PostgresStores;
  /** For what is written past the stores. */
  connectionString: string;
  redis: RedisUnderLoad;
  createOnSale(opensInMs: number, settings?: Partial<OnSaleSettings>): Promise<OnSale>;
  /** The address of a role that runs now; of box offices, one at a time. */
  start(role: RoleName): Promise<{ url: string; process: RoleProcess }>;
  /** The sandbox provider's token for a card that it approves. */
  paymentMethod(): Promise<string>;
  close(): Promise<void>;
};

export async function openInstallation(): Promise<Installation> {
  const closing = openClosing();
  const folder = mkdtempSync(join(tmpdir(), "usher-bench-"));
  closing.later("folder", async () => rmSync(folder, { recursive: true, force: true }));
  try {
    const server = await startEmbeddedPostgres({
      dataDir: join(folder, "postgres"),
      log: () => undefined,
    });
    closing.later("database", () => server.stop());
    const postgres = await openRecords(server.connectionString, { poolSize: 24 });
    closing.later("pool", () => postgres.close());
    const redis = await startRedis();
    closing.later("redis", () => redis.close());
    // The provider tells whoever is the box office then: told in vain, it would try again and again, and
    // the longer an installation stands the more of the machine that would take.
    const shopPort = await freePort();
    let provider: Promise<Record<string, string>> | undefined;
    const providerFor = () => (provider ??= startProvider(folder, shopPort, closing));
    return {
      postgres,
      connectionString: server.connectionString,
      redis,
      createOnSale: (opensInMs, settings) => createOnSale(postgres, opensInMs, settings),
      async start(role) {
        const environment = {
          USHER_DATABASE: server.connectionString,
          USHER_REDIS: redis.server.url,
          USHER_NETWORK_JOINS: "0",
          USHER_ENTRY_ASKS: "65535",
          USHER_NETWORK_STREAMS: "0",
          USHER_DRAIN_SECONDS: "0",
          USHER_LOG_LEVEL: "warn",
          ...(await providerFor()),
        };
        const port = role === "box-office" ? shopPort : await freePort();
        const url = `http://127.0.0.1:${port}`;
        const process = await startRoleProcess({
          role,
          name: role,
          args: ["--host", "127.0.0.1", "--port", String(port), "--log-level", "info"],
          environment: { ...environment, USHER_GATEWAY_ORIGIN: url, USHER_SHOP_ORIGIN: url },
          logFile: join(folder, `${role}.log`),
          say: (line) => console.error(line),
        });
        closing.later(role, () => process.stop());
        return { url, process };
      },
      async paymentMethod() {
        const address = (await providerFor())["USHER_SANDBOX_ADDRESS"] ?? "";
        return await approvedCard(address);
      },
      close: () => closing.run(silentLog),
    };
  } catch (error) {
    await closing.run(silentLog);
    throw error;
  }
}

async function startProvider(
  folder: string,
  shopPort: number,
  closing: ReturnType<typeof openClosing>,
): Promise<Record<string, string>> {
  const keysFolder = join(folder, "provider");
  const provider = await startProviderProcess({
    dataDir: keysFolder,
    host: "127.0.0.1",
    port: 0,
    publicUrl: undefined,
    webhookUrl: `http://127.0.0.1:${shopPort}${pathTo("webhook", { provider: "sandbox" })}`,
    log: silentLog,
  });
  closing.later("provider", () => provider.stop());
  return { USHER_SANDBOX_ADDRESS: provider.address, USHER_SANDBOX_KEYS: keysFolder };
}

export async function approvedCard(address: string): Promise<string> {
  const card = await fetch(`${address}/v1/payment-methods`, {
    method: "POST",
    body: JSON.stringify({ number: "4242 4242 4242 4242" }),
  });
  const { id } = (await card.json()) as { id: string };
  return id;
}

async function createOnSale(
  { catalog }: PostgresStores,
  opensInMs: number,
  settings: Partial<OnSaleSettings> = {},
): Promise<OnSale> {
  const plan = demoArena();
  const { hash } = await catalog.savePlan(plan);
  const now = Date.now();
  const { performanceId } = await catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "측정", en: "A measurement" },
    venue: plan.name,
    planHash: hash,
    startsAt: now + 30 * 86_400_000,
    timeZone: "Asia/Seoul",
  });
  return await catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId,
    preQueueAt: now - 1_000,
    opensAt: now + opensInMs,
    closesAt: now + 7 * 86_400_000,
    currency: "KRW",
    prices: Object.fromEntries(plan.categories.map(({ key }) => [key, 99_000])),
    settings: { ...defaultSettings, ...settings },
  });
}
