// Creating performances and on-sales: everything is checked before anything is written, and whatever
// is refused is told by its place, so that the form can put the words beside the field. A colour on
// which no ink can be read is refused with the nearest one that works.

import { maxWork } from "../../domain/waiting-room/join-challenge.ts";
import { z } from "zod";
import { summarizePlan } from "../../domain/seating/plan-summary.ts";
import { scheduleProblem } from "../../domain/waiting-room/on-sale.ts";
import { newId, parseId } from "../../foundation/ids.ts";
import { Refusal } from "../../http/respond.ts";
import type { Catalog, OnSale, Performance } from "../../ports/catalog.ts";
import { checkAccent } from "../../wire/accent-shades.ts";
import type { NewOnSale, NewPerformance } from "../../wire/desk-contract.ts";

const minute = 60_000;
const hour = 60 * minute;
const words = z.object({
  ko: z.string().trim().min(1).max(80),
  en: z.string().trim().min(1).max(80),
});
const instant = z.number().int().min(0).max(4_102_444_800_000); // until 2100
const span = (least: number, most: number) => z.number().int().min(least).max(most);

export const performanceBody = z.object({
  name: words,
  venue: words,
  planHash: z.string().min(8).max(128),
  startsAt: instant,
  timeZone: z.string().min(1).max(64).refine(isTimeZone, "is no time zone"),
});

export const settingsBounds = {
  ratePerSec: z.number().int().min(1).max(10_000),
  maxCapacity: z.number().int().min(1).max(1_000_000),
};

const settingsBody = z.object({
  ...settingsBounds,
  claimWindowMs: span(15_000, 30 * minute),
  admissionTokenMs: span(30_000, hour),
  shopMs: span(minute, 2 * hour),
  holdMs: span(30_000, hour),
  maxHoldMs: span(30_000, 2 * hour),
  seatsPerHold: span(1, 50),
  seatsPerFan: span(1, 100),
  joinWork: span(0, maxWork).default(0),
  joinProof: z.enum(["presale-code", "shop-identity"]).optional(),
  accent: z.string().max(7),
  showSeatsLeft: z.boolean(),
  shopUrl: z.string().max(500).refine(isShopAddress, "is no https address").optional(),
  ticketTransfers: z.boolean().default(true),
  fanCancelBeforeMs: span(0, 366 * 24 * hour).optional(),
  fanCancelFee: z.number().int().min(0).max(1_000_000_000_00).optional(),
});

export const onSaleBody = z.object({
  performance: z.union([
    z.object({
      performanceId: z.string().transform((text, context) => {
        const id = parseId("performance", text);
        if (id !== undefined) return id;
        context.addIssue({ code: "custom", message: "is no performance id" });
        return z.NEVER;
      }),
    }),
    performanceBody,
  ]),
  preQueueAt: instant,
  opensAt: instant,
  closesAt: instant,
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, "three capital letters, as KRW")
    .refine(isCurrency, "is no currency"),
  prices: z.record(z.string().max(64), z.number().int().min(0).max(1_000_000_000_00)),
  settings: settingsBody,
});

type Place = { where: string; what: string };

export async function createPerformance(
  catalog: Catalog,
  wanted: NewPerformance,
): Promise<Performance> {
  if ((await catalog.plan(wanted.planHash)) === undefined) {
    refuse([{ where: "planHash", what: "there is no such plan" }]);
  }
  return await catalog.createPerformance({ performanceId: newId("performance"), ...wanted });
}

export async function createOnSale(
  catalog: Catalog,
  wanted: NewOnSale,
  now: number,
): Promise<{ onSale: OnSale; performance: Performance }> {
  const existing =
    "performanceId" in wanted.performance
      ? await catalog.performance(wanted.performance.performanceId)
      : undefined;
  const planHash =
    "planHash" in wanted.performance ? wanted.performance.planHash : existing?.planHash;
  const plan = planHash === undefined ? undefined : await catalog.plan(planHash);
  if (plan === undefined) refuse([{ where: "performance", what: "there is no such plan" }]);
  const keys = summarizePlan(plan).categories.map(({ key }) => key);
  const startsAt = "startsAt" in wanted.performance ? wanted.performance.startsAt : undefined;
  const places = [
    ...schedulePlaces(wanted, now, existing?.startsAt ?? startsAt ?? 0),
    ...pricePlaces(wanted.prices, keys),
    ...settingsPlaces(wanted.settings),
  ];
  if (places.length > 0) refuse(places);
  const performance =
    existing ?? (await createPerformance(catalog, performanceBody.parse(wanted.performance)));
  const { preQueueAt, opensAt, closesAt, currency, prices, settings } = wanted;
  const onSale = await catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId: performance.performanceId,
    preQueueAt,
    opensAt,
    closesAt,
    currency,
    prices: Object.fromEntries(keys.map((key) => [key, prices[key] ?? 0])),
    settings,
  });
  return { onSale, performance };
}

function schedulePlaces(wanted: NewOnSale, now: number, startsAt: number): Place[] {
  const problem = scheduleProblem(wanted);
  if (problem === "pre-queue-after-opening") {
    return [{ where: "preQueueAt", what: "is after the opening" }];
  }
  if (problem !== undefined) return [{ where: "closesAt", what: "is not after the opening" }];
  if (wanted.closesAt <= now) return [{ where: "closesAt", what: "has passed already" }];
  if (wanted.opensAt > startsAt) {
    return [{ where: "opensAt", what: "is after the performance begins" }];
  }
  return [];
}

/** Every category needs a price, or somebody sells a section for nothing by oversight. */
function pricePlaces(prices: Record<string, number>, keys: readonly string[]): Place[] {
  const missing = keys
    .filter((key) => prices[key] === undefined)
    .map((key) => ({ where: `prices.${key}`, what: "a price is missing" }));
  const unknown = Object.keys(prices)
    .filter((key) => !keys.includes(key))
    .slice(0, 20)
    .map((key) => ({ where: `prices.${key}`, what: "the plan has no such category" }));
  return [...missing, ...unknown];
}

function settingsPlaces(settings: NewOnSale["settings"]): Place[] {
  const places: Place[] = [];
  if (settings.maxHoldMs < settings.holdMs) {
    places.push({ where: "settings.maxHoldMs", what: "is shorter than one hold" });
  }
  if (settings.seatsPerFan < settings.seatsPerHold) {
    places.push({ where: "settings.seatsPerFan", what: "is less than the seats of one hold" });
  }
  if (settings.joinProof === "shop-identity" && settings.shopUrl === undefined) {
    places.push({ where: "settings.shopUrl", what: "is needed where the shop says who comes" });
  }
  const accent = checkAccent(settings.accent);
  if (accent.kind === "not-a-colour") {
    places.push({ where: "settings.accent", what: "is not a colour like #4338ca" });
  } else if (accent.kind === "unreadable") {
    const what = `neither white nor dark words can be read on it (${accent.contrast.toFixed(1)}:1, at least ${accent.needed}:1 is needed); ${accent.nearest} works`;
    places.push({ where: "settings.accent", what });
  }
  return places;
}

function refuse(errors: Place[]): never {
  throw new Refusal("bad-request", { errors });
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).format(0) !== "";
  } catch {
    return false;
  }
}

function isCurrency(text: string): boolean {
  return Intl.supportedValuesOf("currency").includes(text);
}

/** Plain http would show admissions to the network; on this machine, for trying it out, nobody listens. */
function isShopAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, hash } = new URL(text);
  const isHere = hostname === "localhost" || hostname === "127.0.0.1";
  return (
    (protocol === "https:" || (protocol === "http:" && isHere)) && username === "" && hash === ""
  );
}
