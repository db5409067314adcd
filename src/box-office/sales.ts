// What is on sale, as the box office reads it: kept for a few seconds with one filler at a time, so
// that ten thousand pages cost one query. Read twice over: to be shown, which a replica may do, and to
// sell by (phase, pause, limits, prices), which only the primary does. Plans are immutable by their hash,
// wherever they are read.

import { indexPlan, type PlanIndex } from "../domain/seating/plan-index.ts";
import { planOverview, sectionSeats } from "../domain/seating/plan-view.ts";
import { assert } from "../foundation/assert.ts";
import type { OnSaleId, PerformanceId } from "../foundation/ids.ts";
import { longestKeptMs, openKept } from "../foundation/kept/kept.ts";
import type { Catalog, OnSale, Performance } from "../ports/catalog.ts";
import { type Freshness, mayLag, now } from "../ports/reads/freshness.ts";
import { accentShades } from "../wire/accent-shades.ts";
import type { AccentShades, Category, Money, OnSaleView } from "../wire/contract.ts";

/** A pause reaches whoever sells within this. */
const sellingMs = 2_000;
const shownFreshMs = 2_000;
const maxKept = 1_000;
const usualAccent = "#4338ca";
const maxPlans = 20;
/** Of a plan: its overview and its sections. */
const maxTexts = 2_000;

export type Sale = { onSale: OnSale; performance: Performance; index: PlanIndex };

export type Sales = {
  /** To sell by. */
  get(onSaleId: OnSaleId): Promise<Sale | undefined>;
  /** To show. */
  shown(onSaleId: OnSaleId): Promise<Sale | undefined>;
  allShown(): Promise<Sale[]>;
  index(planHash: string): Promise<PlanIndex | undefined>;
  /** Prepared JSON of the plan's overview, or of one section; undefined: no such plan or section. */
  overview(planHash: string): Promise<string | undefined>;
  section(planHash: string, section: number): Promise<string | undefined>;
};

export function openSales(catalog: Catalog): Sales {
  const plans = openPlans(catalog);
  const ages = {
    sold: { freshMs: sellingMs, atMostMs: sellingMs, max: maxKept },
    shown: { freshMs: shownFreshMs, atMostMs: longestKeptMs, max: maxKept },
  };
  const readers = (freshness: Freshness, age: (typeof ages)["sold"]) => ({
    onSales: openKept({ ...age, read: (id: OnSaleId) => catalog.onSale(id, freshness) }),
    performances: openKept({
      ...age,
      read: (id: PerformanceId) => catalog.performance(id, freshness),
    }),
  });
  const sold = readers(now, ages.sold);
  const shown = readers(mayLag, ages.shown);
  const all = openKept({ ...ages.shown, read: (_: "all") => catalog.onSales(mayLag) });

  const saleOf = async (
    { performances }: typeof sold,
    onSale: OnSale | undefined,
  ): Promise<Sale | undefined> => {
    const performance = onSale && (await performances.get(onSale.performanceId));
    const index = performance && (await plans.index(performance.planHash));
    return onSale && performance && index && { onSale, performance, index };
  };

  return {
    get: async (onSaleId) => await saleOf(sold, await sold.onSales.get(onSaleId)),
    shown: async (onSaleId) => await saleOf(shown, await shown.onSales.get(onSaleId)),
    async allShown() {
      const listed = await all.get("all");
      const sales = await Promise.all(listed.map((onSale) => saleOf(shown, onSale)));
      return sales.filter((sale) => sale !== undefined);
    },
    ...plans,
  };
}

/** For ever: a plan's hash is its name, so nothing that is kept can grow old. One that is not there is. */
function openPlans(catalog: Catalog): Pick<Sales, "index" | "overview" | "section"> {
  const forEver = { freshMs: Number.POSITIVE_INFINITY, atMostMs: Number.POSITIVE_INFINITY };
  const indexes = openKept({
    ...forEver,
    max: maxPlans,
    read: async (hash: string) => {
      const plan = await catalog.plan(hash, mayLag);
      if (plan === undefined) throw new NoSuchPlan();
      return indexPlan(plan);
    },
  });
  const texts = new Map<string, string>();

  const index = async (hash: string): Promise<PlanIndex | undefined> => {
    try {
      return await indexes.get(hash);
    } catch (error) {
      if (error instanceof NoSuchPlan) return undefined;
      throw error;
    }
  };
  const text = async (
    key: string,
    hash: string,
    make: (index: PlanIndex) => unknown,
  ): Promise<string | undefined> => {
    const found = texts.get(key);
    if (found !== undefined) return found;
    const loaded = await index(hash);
    const value = loaded && make(loaded);
    if (value === undefined) return undefined;
    const made = JSON.stringify(value);
    if (texts.size >= maxTexts) texts.clear();
    texts.set(key, made);
    return made;
  };

  return {
    index,
    overview: (hash) => text(hash, hash, planOverview),
    section: (hash, section) =>
      text(`${hash} ${section}`, hash, (loaded) => {
        const sections = loaded.plan.sections.length + loaded.plan.standingAreas.length;
        return section < sections ? sectionSeats(loaded, section) : undefined;
      }),
  };
}

/** Inside only: a cache keeps what it read and forgets what failed. */
class NoSuchPlan extends Error {}

/** The price of a category; without one nothing of it may be shown or sold, least of all for nothing. */
export function priceOf({ prices, currency, onSaleId }: OnSale, category: string): Money {
  const amount = prices[category];
  assert(amount !== undefined, `on-sale ${onSaleId} has no price for category ${category}`);
  return { amount, currency };
}

export function categoriesOf({ onSale, index }: Sale): Category[] {
  return index.plan.categories.map(({ key, name, color }) => ({
    key,
    name,
    color,
    price: priceOf(onSale, key),
  }));
}

export function saleView(sale: Sale): OnSaleView {
  const { onSale, performance } = sale;
  return {
    onSaleId: onSale.onSaleId,
    performance: {
      performanceId: performance.performanceId,
      name: performance.name,
      venue: performance.venue,
      startsAt: performance.startsAt,
      timeZone: performance.timeZone,
    },
    phase: onSale.phase,
    paused: onSale.paused,
    preQueueAt: onSale.preQueueAt,
    opensAt: onSale.opensAt,
    closesAt: onSale.closesAt,
    planHash: performance.planHash,
    seatCount: performance.seatCount,
    categories: categoriesOf(sale),
    accent: shadesOf(onSale.settings.accent),
    seatsPerHold: onSale.settings.seatsPerHold,
    seatsPerFan: onSale.settings.seatsPerFan,
    currency: onSale.currency,
  };
}

/** The desk refuses what is no colour; a row that was written by hand has the usual one. */
function shadesOf(accent: string): AccentShades {
  const shades = accentShades(accent) ?? accentShades(usualAccent);
  assert(shades !== undefined, "the usual accent is a colour");
  return shades;
}
