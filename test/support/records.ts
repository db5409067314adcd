// The PostgreSQL stores on a fresh, migrated database, with a performance and an on-sale in it.

import { demoArena } from "../../src/domain/seating/demo-arena.ts";
import { newId } from "../../src/foundation/ids.ts";
import type { OnSale, OnSaleSettings, Performance } from "../../src/ports/catalog.ts";
import { openRecords, type PostgresStores } from "../../src/stores/open.ts";
import { migrate } from "../../src/stores/postgres/migrate.ts";
import { testPostgres } from "./postgres.ts";

export const testSettings: OnSaleSettings = {
  ratePerSec: 50,
  maxCapacity: 1_000,
  claimWindowMs: 60_000,
  admissionTokenMs: 300_000,
  shopMs: 600_000,
  holdMs: 300_000,
  maxHoldMs: 900_000,
  seatsPerHold: 6,
  seatsPerFan: 6,
  joinWork: 0,
  accent: "#3355ff",
  showSeatsLeft: true,
};

/** One for each category of the demo arena: what has no price is not sold. */
export const arenaPrices = { vip: 187_000, r: 154_000, s: 132_000, a: 99_000 };

export type TestRecords = {
  connectionString: string;
  stores: PostgresStores;
  performance: Performance;
  onSale: OnSale;
};

export async function migratedPostgres(): Promise<string> {
  const { connectionString } = await testPostgres({
    name: "migrated",
    fill: async (url) => void (await migrate(url)),
  });
  return connectionString;
}

/** Close `stores` when done. @param server an empty database of the test's own. */
export async function testRecords(server?: string): Promise<TestRecords> {
  const connectionString = server ?? (await migratedPostgres());
  const stores = await openRecords(connectionString);
  const { hash } = await stores.catalog.savePlan(demoArena());
  const now = Date.now();
  const performance = await stores.catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "시험 공연", en: "A trial" },
    venue: { ko: "시험장", en: "Trial hall" },
    planHash: hash,
    startsAt: now + 86_400_000,
    timeZone: "Asia/Seoul",
  });
  const onSale = await stores.catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId: performance.performanceId,
    preQueueAt: now,
    opensAt: now + 60_000,
    closesAt: now + 3_600_000,
    currency: "KRW",
    prices: arenaPrices,
    settings: testSettings,
  });
  return { connectionString, stores, performance, onSale };
}
