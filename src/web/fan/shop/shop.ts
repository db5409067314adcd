// Everything the shop page knows, as signals, and everything a fan can do in it. Keeps: what the
// server says wins (a hold is what it answered, own seats are that hold's seats); losing one seat
// never loses another choice; every write carries an Idempotency-Key, so a second press or a lost
// answer has one effect. Pages draw it: shop-page.tsx. Read next: seat-feed.ts, holding.ts.

import { signal } from "@preact/signals";
import type {
  Category,
  HeldSeat,
  HoldView,
  OnSaleView,
  PlanOverview,
  SectionSeats,
} from "../../../wire/contract.ts";
import type { Problem } from "../../../wire/problems.ts";
import { formatMoney, formatNumber } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { EndKind, ShopWords } from "../../i18n/ko/shop.ts";
import { apiAddress } from "../../site-config.ts";
import {
  type Availability,
  availability,
  isFree,
  setChosen,
  setOwn,
} from "../seat-map/availability.ts";
import { type PlanSection, placeOf, sectionOf, seatPlan } from "../seat-map/seat-plan.ts";
import { call } from "../calls/http.ts";

export type Notice =
  | { kind: "lost"; seats: number[]; names: string; offer: number | undefined }
  | { kind: "full" }
  | { kind: "hold-ended" }
  | { kind: "told"; words: string };

export type View = "map" | "list" | "pay";

export type Shop = ReturnType<typeof openShop>;

export function openShop(parts: {
  onSale: OnSaleView;
  overview: PlanOverview;
  locale: Locale;
  words: ShopWords;
}) {
  const { locale, words } = parts;
  const plan = seatPlan(parts.overview);
  const seats: Availability = availability(plan);
  const onSale = signal(parts.onSale);
  const shop = {
    locale,
    words,
    plan,
    seats,
    onSaleId: parts.onSale.onSaleId,
    onSale,
    /** Grows with every change of `seats`, which is too large to copy. */
    seatsTick: signal(0),
    /** Grows when a section's geometry arrives. */
    planTick: signal(0),
    chosen: signal<readonly number[]>([]),
    /** Standing areas by section number: places wished for. */
    standing: signal<ReadonlyMap<number, number>>(new Map()),
    hold: signal<HoldView | undefined>(undefined),
    notice: signal<Notice | undefined>(undefined),
    busy: signal<"holding" | "releasing" | "extending" | "leaving" | undefined>(undefined),
    view: signal<View>("map"),
    /** Categories that the legend has switched off. */
    hidden: signal<ReadonlySet<number>>(new Set()),
    live: signal(false),
    end: signal<EndKind | undefined>(undefined),
    shopUntil: signal<number | undefined>(undefined),
    /** The standing area whose stepper is open. */
    standingOpen: signal<PlanSection | undefined>(undefined),
  };
  return shop;
}

// ── words and prices ───────────────────────────────────────────────────────────────────────────

export function categoryAt(shop: Shop, position: number): Category | undefined {
  const key = shop.plan.overview.categories[position]?.key;
  return shop.onSale.value.categories.find((category) => category.key === key);
}

export function categoryOfSeat(shop: Shop, seat: number): Category | undefined {
  if (seat < shop.plan.overview.seatCount) return categoryAt(shop, shop.plan.category[seat] ?? 0);
  const section = sectionOf(shop.plan, seat);
  return section ? categoryAt(shop, section.categories[0] ?? 0) : undefined;
}

export function nameOfSeat(shop: Shop, seat: number): string {
  const place = placeOf(shop.plan, seat);
  if (place) {
    const { section, row, label } = place;
    return shop.words.seat(section.name[shop.locale], row.label, label);
  }
  return sectionOf(shop.plan, seat)?.name[shop.locale] ?? String(seat);
}

/** A held seat in the page's language: its section by number, its row and label as printed. */
export function nameOfHeld(shop: Shop, held: HeldSeat): string {
  const section = sectionOf(shop.plan, held.seat)?.name[shop.locale] ?? held.section;
  return shop.words.seat(section, held.row, held.label);
}

export function money(shop: Shop, amount: number): string {
  return formatMoney({ amount, currency: shop.onSale.value.currency }, shop.locale);
}

export function count(shop: Shop, value: number): string {
  return formatNumber(value, shop.locale);
}

/** Seats and standing places wished for, with their price: shown before anything is held. */
export function wishOf(shop: Shop): { count: number; amount: number } {
  let [places, amount] = [0, 0];
  for (const seat of shop.chosen.value) {
    places++;
    amount += categoryOfSeat(shop, seat)?.price.amount ?? 0;
  }
  for (const [section, wished] of shop.standing.value) {
    const first = shop.plan.sections[section]?.first ?? 0;
    places += wished;
    amount += (categoryOfSeat(shop, first)?.price.amount ?? 0) * wished;
  }
  return { count: places, amount };
}

/** How many more this fan may choose now. */
export function roomLeft(shop: Shop): number {
  const { seatsPerHold, seatsPerFan } = shop.onSale.value;
  const held = shop.hold.value?.seats.length ?? 0;
  return Math.max(0, Math.min(seatsPerHold, seatsPerFan) - held - wishOf(shop).count);
}

/** While nothing may be held, nothing that holds can be pressed. */
export function mayHold(shop: Shop): boolean {
  const { phase, paused } = shop.onSale.value;
  return phase === "open" && !paused;
}

export function limitOf(shop: Shop): number {
  return Math.min(shop.onSale.value.seatsPerHold, shop.onSale.value.seatsPerFan);
}

// ── choosing ───────────────────────────────────────────────────────────────────────────────────

export function toggleSeat(shop: Shop, seat: number): void {
  const chosen = shop.chosen.value;
  if (chosen.includes(seat))
    return choose(
      shop,
      chosen.filter((n) => n !== seat),
    );
  if (!isFree(shop.seats, seat)) {
    // A finger on a taken seat deserves a word; without one the map would seem broken.
    shop.notice.value = {
      kind: "told",
      words: `${nameOfSeat(shop, seat)} · ${stateOf(shop, seat)}`,
    };
    return;
  }
  if (roomLeft(shop) === 0) {
    shop.notice.value = { kind: "full" };
    return;
  }
  choose(shop, [...chosen, seat]);
}

function stateOf(shop: Shop, seat: number): string {
  const { states } = shop.words;
  if (shop.seats.own.has(seat)) return states.own;
  const state = shop.seats.states[seat] ?? 0;
  return [states.free, states.held, states.sold, states.withheld][state] ?? states.withheld;
}

export function choose(shop: Shop, chosen: readonly number[]): void {
  shop.chosen.value = chosen;
  const told = shop.notice.value?.kind;
  if (told === "full" || told === "told") shop.notice.value = undefined;
  setChosen(shop.seats, new Set(chosen));
  shop.seatsTick.value++;
}

export function setStanding(shop: Shop, section: number, wished: number): void {
  const next = new Map(shop.standing.value);
  if (wished > 0) next.set(section, wished);
  else next.delete(section);
  shop.standing.value = next;
}

export function ownHold(shop: Shop, hold: HoldView | undefined): void {
  shop.hold.value = hold;
  setOwn(shop.seats, new Set(hold?.seats.map(({ seat }) => seat) ?? []));
  shop.seatsTick.value++;
}

export function toggleCategory(shop: Shop, position: number): void {
  const all = shop.plan.overview.categories.length;
  const hidden = new Set(shop.hidden.value);
  // The first press means "only this one": that is what people look for in a legend.
  if (hidden.size === 0) {
    for (let c = 0; c < all; c++) if (c !== position) hidden.add(c);
  } else if (hidden.has(position)) hidden.delete(position);
  else hidden.add(position);
  shop.hidden.value = hidden.size >= all ? new Set() : hidden;
}

export function shownCategories(shop: Shop): Uint8Array {
  return Uint8Array.from(shop.plan.overview.categories, (_, c) =>
    shop.hidden.value.has(c) ? 0 : 1,
  );
}

// ── problems ───────────────────────────────────────────────────────────────────────────────────

const endings = new Set<string>([
  "not-admitted",
  "admission-expired",
  "admission-used",
  "admission-invalid",
  "shop-session-ended",
] satisfies EndKind[]);

/** The designed page that a problem leads to, where it ends the visit. */
export function endOf(problem: Problem): EndKind | undefined {
  if (endings.has(problem.code)) return problem.code as EndKind;
  if (problem.code === "queue-closed") return "closed";
  if (problem.status === 401 || problem.status === 403) return "not-admitted";
  return undefined;
}

/** Shows what a problem says, as the one table of problems words it. */
export function tell(shop: Shop, problem: Problem): void {
  const end = endOf(problem);
  if (end) shop.end.value = end;
  else shop.notice.value = { kind: "told", words: problem.title || shop.words.failed };
}

export async function fetchSection(shop: Shop, section: number): Promise<SectionSeats> {
  const { planHash } = shop.onSale.value;
  const reply = await call<SectionSeats>("GET", apiAddress("planSection", { planHash, section }), {
    tries: 1,
  });
  if (reply.kind !== "ok") throw new Error(`section ${section} did not arrive: ${reply.kind}`);
  return reply.value;
}

/** Makes the component (or effect) that calls it run again when the signal changes. */
export function follow(tick: { readonly value: number }): number {
  return tick.value;
}
