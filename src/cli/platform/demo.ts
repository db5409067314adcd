// Something to try: a demo on-sale in the generated arena, in its pre-queue, opening a minute later.
// Made when no on-sale runs; an earlier one that still runs is kept, because places and orders in it
// belong to somebody.

import { demoArena } from "../../domain/seating/demo-arena.ts";
import { newId } from "../../foundation/ids.ts";
import type { Catalog, OnSale } from "../../ports/catalog.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** ₩, dearest first; the arena has four categories. */
const pricesByRank = [187_000, 154_000, 132_000, 99_000];

export async function ensureDemo(
  catalog: Catalog,
  now: number,
  opensInMs = minuteMs,
): Promise<OnSale> {
  const running = (await catalog.onSales()).find(
    ({ phase, closesAt }) => phase !== "sold-out" && phase !== "closed" && closesAt > now,
  );
  if (running !== undefined) return running;
  const plan = demoArena();
  const { hash } = await catalog.savePlan(plan);
  const performance = await catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "한여름 밤의 관현악", en: "Orchestra for a Summer Night" },
    venue: plan.name,
    planHash: hash,
    startsAt: eveningInSeoul(now + 45 * dayMs),
    timeZone: "Asia/Seoul",
  });
  return catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId: performance.performanceId,
    preQueueAt: now,
    opensAt: now + opensInMs,
    closesAt: now + 7 * dayMs,
    currency: "KRW",
    prices: Object.fromEntries(
      plan.categories.map(({ key }, rank) => [key, pricesByRank[rank] ?? 77_000]),
    ),
    settings: defaultSettings,
  });
}

export const defaultSettings: OnSale["settings"] = {
  ratePerSec: 400,
  maxCapacity: 5_000,
  claimWindowMs: 60_000,
  admissionTokenMs: 5 * minuteMs,
  shopMs: 10 * minuteMs,
  holdMs: 5 * minuteMs,
  maxHoldMs: 15 * minuteMs,
  seatsPerHold: 4,
  seatsPerFan: 4,
  joinWork: 0,
  accent: "#3b5bdb",
  showSeatsLeft: true,
};

/** 19:00 in Seoul (UTC+9, no daylight saving) of the day of `at`. */
function eveningInSeoul(at: number): number {
  const offsetMs = 9 * 3_600_000;
  return Math.floor((at + offsetMs) / dayMs) * dayMs + 19 * 3_600_000 - offsetMs;
}
