// What is on sale, as the box office reads it: kept for a few seconds with one filler at a time, so
// that ten thousand pages cost one query. Plans are immutable by their hash and stay as long as there
// is room.

import { indexPlan, type PlanIndex } from "../domain/seating/plan-index.ts";
import { planOverview, sectionSeats } from "../domain/seating/plan-view.ts";
import { assert } from "../foundation/assert.ts";
import type { Clock } from "../foundation/clock.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import type { Catalog, OnSale, Performance } from "../ports/catalog.ts";
import type { Category, Money, OnSaleView } from "../wire/contract.ts";

const keepMs = 2_000;
const maxPlans = 20;

export type Sale = { onSale: OnSale; performance: Performance; index: PlanIndex };

export type Sales = {
  get(onSaleId: OnSaleId): Promise<Sale | undefined>;
  all(): Promise<Sale[]>;
  index(planHash: string): Promise<PlanIndex | undefined>;
  /** Prepared JSON of the plan's overview, or of one section; undefined: no such plan or section. */
  overview(planHash: string): Promise<string | undefined>;
  section(planHash: string, section: number): Promise<string | undefined>;
};

export function openSales(catalog: Catalog, clock: Clock): Sales {
  const kept = new Map<string, { at: number; value: Promise<unknown> }>();
  const plans = new Map<string, Promise<PlanIndex | undefined>>();
  const texts = new Map<string, string>();

  /** One filler at a time; a failure is forgotten at once. */
  const fresh = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const found = kept.get(key);
    if (found !== undefined && clock.now() - found.at < keepMs) return found.value as Promise<T>;
    if (kept.size > 1_000) kept.clear();
    const value = read();
    kept.set(key, { at: clock.now(), value });
    value.catch(() => kept.delete(key));
    return value;
  };

  const index = (hash: string): Promise<PlanIndex | undefined> => {
    const found = plans.get(hash);
    if (found !== undefined) return found;
    if (plans.size >= maxPlans) {
      plans.clear();
      texts.clear();
    }
    const loading = catalog.plan(hash).then((plan) => plan && indexPlan(plan));
    plans.set(hash, loading);
    loading.then(
      (loaded) => loaded ?? plans.delete(hash),
      () => plans.delete(hash),
    );
    return loading;
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
    texts.set(key, made);
    return made;
  };

  const saleOf = async (onSale: OnSale): Promise<Sale | undefined> => {
    const { performanceId } = onSale;
    const performance = await fresh(performanceId, () => catalog.performance(performanceId));
    const loaded = performance && (await index(performance.planHash));
    return performance && loaded && { onSale, performance, index: loaded };
  };

  return {
    async get(onSaleId) {
      const onSale = await fresh(onSaleId, () => catalog.onSale(onSaleId));
      return onSale && saleOf(onSale);
    },
    async all() {
      const sales = await Promise.all((await fresh("all", () => catalog.onSales())).map(saleOf));
      return sales.filter((sale) => sale !== undefined);
    },
    index,
    overview: (hash) => text(hash, hash, planOverview),
    section: (hash, section) =>
      text(`${hash} ${section}`, hash, (loaded) => {
        const sections = loaded.plan.sections.length + loaded.plan.standingAreas.length;
        return section < sections ? sectionSeats(loaded, section) : undefined;
      }),
  };
}

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
    accent: onSale.settings.accent,
    seatsPerHold: onSale.settings.seatsPerHold,
    seatsPerFan: onSale.settings.seatsPerFan,
    currency: onSale.currency,
  };
}
