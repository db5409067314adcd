// The draft of an on-sale while it is being written: texts and numbers as the form has them, what is
// wrong with them in words, and the body that goes to the server. The server checks everything again.

import { checkAccent } from "../../../wire/accent-shades.ts";
import type { DeskPlan, JoinProof, NewOnSale } from "../../../wire/desk-contract.ts";
import { words } from "../page.ts";

export type Draft = {
  nameKo: string;
  nameEn: string;
  venueKo: string;
  venueEn: string;
  startsAt: string;
  timeZone: string;
  currency: string;
  /** In major units, as people write prices. */
  prices: Record<string, string>;
  preQueueAt: string;
  opensAt: string;
  closesAt: string;
  ratePerSec: string;
  maxCapacity: string;
  holdMin: string;
  maxHoldMin: string;
  shopMin: string;
  claimSec: string;
  seatsPerHold: string;
  seatsPerFan: string;
  joinWork: string;
  joinProof: "" | JoinProof;
  showSeatsLeft: boolean;
  ticketTransfers: boolean;
  /** Until how many hours before the performance a fan may give tickets back; empty: not at all. */
  fanCancelHours: string;
  /** Kept of each, in major units; empty: nothing. */
  fanCancelFee: string;
  accent: string;
  /** Of a shop of one's own; empty: the box office is the shop. */
  shopUrl: string;
};
export type Wrongs = Record<string, string>;

const minute = 60_000;
const day = 1_440 * minute;

export function freshDraft(now: number): Draft {
  return {
    nameKo: "",
    nameEn: "",
    venueKo: "",
    venueEn: "",
    startsAt: localTime(now + 30 * day),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    currency: "KRW",
    prices: {},
    preQueueAt: localTime(now + 30 * minute),
    opensAt: localTime(now + 60 * minute),
    closesAt: localTime(now + 7 * day),
    ratePerSec: "50",
    maxCapacity: "3000",
    holdMin: "5",
    maxHoldMin: "15",
    shopMin: "10",
    claimSec: "120",
    seatsPerHold: "4",
    seatsPerFan: "4",
    joinWork: "0",
    joinProof: "",
    showSeatsLeft: true,
    ticketTransfers: true,
    fanCancelHours: "",
    fanCancelFee: "",
    accent: "#4338ca",
    shopUrl: "",
  };
}

/** What `<input type="datetime-local">` takes, in this device's time zone. */
function localTime(at: number): string {
  const zone = new Date(at).getTimezoneOffset() * minute;
  return new Date(Math.ceil((at - zone) / (5 * minute)) * 5 * minute).toISOString().slice(0, 16);
}

const instantOf = (text: string) => (text === "" ? Number.NaN : new Date(text).getTime());

/** Minor units by the currency's own digits: 13.2 USD = 1320. */
export function minorUnits(text: string, currency: string): number {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions()
    .maximumFractionDigits;
  return text.trim() === "" ? Number.NaN : Math.round(Number(text) * 10 ** (digits ?? 0));
}

const numberFields = {
  ratePerSec: [1, 10_000],
  maxCapacity: [1, 1_000_000],
  holdMin: [1, 60],
  maxHoldMin: [1, 120],
  shopMin: [1, 120],
  claimSec: [15, 1_800],
  seatsPerHold: [1, 50],
  seatsPerFan: [1, 100],
  joinWork: [0, 20],
} as const satisfies Partial<Record<keyof Draft, readonly [number, number]>>;

const within = (value: number, low: number, high: number) =>
  Number.isInteger(value) && value >= low && value <= high;

export function wrongsOf(draft: Draft, plan: DeskPlan | undefined, now: number): Wrongs {
  const t = words.value.create;
  const wrongs: Wrongs = {};
  if (plan === undefined) wrongs["plan"] = t.wrong.needed;
  for (const key of ["nameKo", "nameEn", "venueKo", "venueEn", "startsAt", "timeZone"] as const) {
    if (draft[key].trim() === "") wrongs[key] = t.wrong.needed;
  }
  for (const { key } of plan?.categories ?? []) {
    const price = minorUnits(draft.prices[key] ?? "", draft.currency);
    if (!Number.isSafeInteger(price) || price < 0) wrongs[`prices.${key}`] = t.wrong.needed;
  }
  const [starts, pre, opens, closes] = (
    ["startsAt", "preQueueAt", "opensAt", "closesAt"] as const
  ).map((key) => instantOf(draft[key])) as [number, number, number, number];
  if (Number.isNaN(pre)) wrongs["preQueueAt"] = t.wrong.needed;
  if (!(opens >= pre)) wrongs["opensAt"] = t.wrong.order;
  if (opens > starts) wrongs["opensAt"] = t.wrong.show;
  if (!(closes > opens)) wrongs["closesAt"] = t.wrong.order;
  if (closes <= now) wrongs["closesAt"] = t.wrong.past;
  for (const [key, [low, high]] of Object.entries(numberFields)) {
    const value = Number(draft[key as keyof typeof numberFields]);
    if (!Number.isInteger(value) || value < low || value > high) {
      wrongs[key] = t.wrong.number(low, high);
    }
  }
  if (Number(draft.maxHoldMin) < Number(draft.holdMin)) {
    wrongs["maxHoldMin"] = t.wrong.number(Number(draft.holdMin), 120);
  }
  if (Number(draft.seatsPerFan) < Number(draft.seatsPerHold)) {
    wrongs["seatsPerFan"] = t.wrong.number(Number(draft.seatsPerHold), 100);
  }
  if (draft.fanCancelHours.trim() !== "" && !within(Number(draft.fanCancelHours), 0, 8_760))
    wrongs["fanCancelHours"] = t.wrong.number(0, 8_760);
  const fee = draft.fanCancelFee.trim() === "" ? 0 : minorUnits(draft.fanCancelFee, draft.currency);
  if (!Number.isSafeInteger(fee) || fee < 0) wrongs["fanCancelFee"] = t.wrong.number(0, 1_000_000);
  if (checkAccent(draft.accent).kind !== "readable") wrongs["accent"] = t.accentNone;
  const shopUrl = draft.shopUrl.trim();
  if (shopUrl !== "" && !URL.canParse(shopUrl)) wrongs["shopUrl"] = t.wrong.address;
  return wrongs;
}

export function bodyOf(draft: Draft, plan: DeskPlan): NewOnSale {
  const prices = plan.categories.map(
    ({ key }) => [key, minorUnits(draft.prices[key] ?? "", draft.currency)] as const,
  );
  return {
    performance: {
      name: { ko: draft.nameKo.trim(), en: draft.nameEn.trim() },
      venue: { ko: draft.venueKo.trim(), en: draft.venueEn.trim() },
      planHash: plan.hash,
      startsAt: instantOf(draft.startsAt),
      timeZone: draft.timeZone.trim(),
    },
    preQueueAt: instantOf(draft.preQueueAt),
    opensAt: instantOf(draft.opensAt),
    closesAt: instantOf(draft.closesAt),
    currency: draft.currency,
    prices: Object.fromEntries(prices),
    settings: {
      ratePerSec: Number(draft.ratePerSec),
      maxCapacity: Number(draft.maxCapacity),
      claimWindowMs: Number(draft.claimSec) * 1_000,
      admissionTokenMs: 5 * minute,
      shopMs: Number(draft.shopMin) * minute,
      holdMs: Number(draft.holdMin) * minute,
      maxHoldMs: Number(draft.maxHoldMin) * minute,
      seatsPerHold: Number(draft.seatsPerHold),
      seatsPerFan: Number(draft.seatsPerFan),
      joinWork: Number(draft.joinWork),
      ...(draft.joinProof === "" ? {} : { joinProof: draft.joinProof }),
      accent: draft.accent,
      showSeatsLeft: draft.showSeatsLeft,
      ...(draft.shopUrl.trim() === "" ? {} : { shopUrl: draft.shopUrl.trim() }),
      ticketTransfers: draft.ticketTransfers,
      ...cancelTermsOf(draft),
    },
  };
}

function cancelTermsOf(draft: Draft) {
  if (draft.fanCancelHours.trim() === "") return {};
  const fee = draft.fanCancelFee.trim() === "" ? 0 : minorUnits(draft.fanCancelFee, draft.currency);
  return { fanCancelBeforeMs: Number(draft.fanCancelHours) * 60 * minute, fanCancelFee: fee };
}

/** The server names places by their path in the body; the form by its fields. */
export function fieldOf(where: string): string {
  const names: Record<string, string> = {
    "performance.name.ko": "nameKo",
    "performance.name.en": "nameEn",
    "performance.venue.ko": "venueKo",
    "performance.venue.en": "venueEn",
    "performance.startsAt": "startsAt",
    "performance.timeZone": "timeZone",
    "settings.holdMs": "holdMin",
    "settings.maxHoldMs": "maxHoldMin",
    "settings.shopMs": "shopMin",
    "settings.claimWindowMs": "claimSec",
    "settings.fanCancelBeforeMs": "fanCancelHours",
    performance: "timeZone",
  };
  return names[where] ?? where.replace(/^settings\./, "");
}
