// One whole platform for a test file: what `npm start` starts, on free ports and a scratch folder, with
// an on-sale in a small hall. Durability is off unless the test is about it. `close` leaves nothing
// behind; a test run that is killed leaves no process either, because database and provider end with
// the process that started them.

import { rm } from "node:fs/promises";
import { type Platform, startPlatform } from "../../src/cli/platform/platform.ts";
import type { VenuePlan } from "../../src/domain/seating/venue-plan.ts";
import type { Clock } from "../../src/foundation/clock.ts";
import { newId, type OnSaleId, type PerformanceId } from "../../src/foundation/ids.ts";
import { type Log, silentLog } from "../../src/foundation/log.ts";
import type { GatewayLimits } from "../../src/gateway/limits.ts";
import type { PaymentsConfig } from "../../src/payments/payments-config.ts";
import type { OnSale, OnSaleSettings } from "../../src/ports/catalog.ts";
import type { PostgresStores } from "../../src/stores/open.ts";
import { frontierOf } from "./fan-client.ts";
import { testSettings } from "./records.ts";
import { smallHall, smallHallPrices } from "./small-hall.ts";
import { scratchFolder } from "./scratch.ts";
import { until } from "./until.ts";

export type TestPlatform = Platform & {
  paymentsOrigin: string;
  onSale: OnSale;
  close(): Promise<void>;
};

export type TestPlatformOptions = {
  /** From the moment that everything runs; 0: open at once. */
  opensInMs?: number;
  settings?: Partial<OnSaleSettings>;
  /** What one gateway, one network and one entry may have, where it is not the usual. */
  limits?: Partial<GatewayLimits>;
  plan?: VenuePlan;
  prices?: Record<string, number>;
  /** Where it matters on which shard they lie. */
  ids?: { onSaleId: OnSaleId; performanceId: PerformanceId };
  clock?: Clock;
  log?: Log;
  publicOrigin?: string;
  /** Of the embedded PostgreSQL; fast and forgetful unless the test is about what it keeps. */
  postgresSettings?: Record<string, string>;
  /** Instead of the embedded PostgreSQL, with replicas of it. */
  databaseUrl?: string;
  replicaUrls?: readonly string[];
  replicaLagMs?: number;
  /** Instead of the in-process hot store. */
  redisUrls?: readonly string[];
  /** Only where it must be known beforehand. */
  port?: number;
  /** Instead of a sandbox provider of its own. */
  payments?: PaymentsConfig;
};

export const fastAndForgetful = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
};

export async function testPlatform(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  const dataDir = scratchFolder("trial");
  const remove = () => rm(dataDir, { recursive: true, force: true });
  let platform: Platform | undefined;
  try {
    platform = await startPlatform({
      dataDir,
      port: options.port ?? 0,
      paymentsPort: 0,
      mailboxPort: 0,
      postgresSettings: options.postgresSettings ?? fastAndForgetful,
      publicOrigin: options.publicOrigin,
      redisUrls: options.redisUrls,
      payments: options.payments,
      databaseUrl: options.databaseUrl,
      ...(options.replicaUrls === undefined ? {} : { replicaUrls: options.replicaUrls }),
      ...(options.replicaLagMs === undefined ? {} : { replicaLagMs: options.replicaLagMs }),
      log: options.log ?? silentLog,
      ...(options.clock === undefined ? {} : { clock: options.clock }),
      limits: options.limits ?? {},
    });
    const onSale = await createOnSale(platform.stores.postgres, options);
    const { stop } = platform;
    return {
      ...platform,
      // With another provider there is nobody to tell a card to; who tries, fails.
      paymentsOrigin: platform.paymentsOrigin ?? "http://no-sandbox.invalid",
      onSale,
      async close() {
        await stop();
        await remove();
      },
    };
  } catch (error) {
    await platform?.stop();
    await remove();
    throw error;
  }
}

/** An on-sale more on the same platform. */
export async function createOnSale(
  { catalog }: PostgresStores,
  options: Pick<TestPlatformOptions, "opensInMs" | "settings" | "plan" | "prices" | "ids"> = {},
): Promise<OnSale> {
  const { hash } = await catalog.savePlan(options.plan ?? smallHall);
  const now = Date.now();
  const { performanceId } = await catalog.createPerformance({
    performanceId: options.ids?.performanceId ?? newId("performance"),
    name: { ko: "바람이 머무는 밤", en: "Where the Wind Stays" },
    venue: { ko: "작은 홀", en: "Small Hall" },
    planHash: hash,
    startsAt: now + 30 * 86_400_000,
    timeZone: "Asia/Seoul",
  });
  return await catalog.createOnSale({
    onSaleId: options.ids?.onSaleId ?? newId("on-sale"),
    performanceId,
    preQueueAt: now - 1_000,
    opensAt: now + (options.opensInMs ?? 0),
    closesAt: now + 7 * 86_400_000,
    currency: "KRW",
    prices: options.prices ?? smallHallPrices,
    settings: { ...testSettings, ...options.settings },
  });
}

/** Waits for the pacer to have opened the on-sale. */
export async function opened(origin: string, onSaleId: OnSaleId): Promise<void> {
  await until("the on-sale to open", async () => {
    const { phase } = await frontierOf(origin, onSaleId);
    return phase === "open";
  });
}
