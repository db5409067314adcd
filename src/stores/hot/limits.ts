// Every bound of a hot store, in process or on Redis, each with its reason. What goes beyond one is refused with
// a fault that names the bound; nothing is written then.

import { Fault } from "../../foundation/fault.ts";

export const limits = {
  /** Four times the largest on-sale we plan for; about 200 bytes an entry. */
  entries: 4_194_304,
  /** Indexes have gaps: every rebuild skips a block of the high-water mark. 4 bytes each. */
  indexes: 16_777_216,
  seats: 200_000,
  idLength: 64,
  /** Entries in one join or check-in, candidates and turns in one tick. */
  batch: 100_000,
  seatsPerRequest: 1_000,
  areasPerRequest: 100,
  /** On-sales, and performances, at once. */
  scopes: 10_000,
  /** An epoch spans 2^32 versions, and versions stay exact integers. */
  epochs: 2_000_000,
  subscriptions: 1_000_000,
  /** Replies kept per performance so that a repeated hold gets the same answer. */
  recentReplies: 65_536,
  /** A client repeats within seconds; this is generous. */
  recentReplyMs: 120_000,
  /** Expired holds kept for the sweeper to collect; the oldest go first if it never comes. */
  uncollectedHolds: 65_536,
  /** Changes in one notice: a message of about 100 KB as JSON. */
  changesPerNotice: 10_000,
} as const;

export function checkLimit(what: string, value: number, limit: number): void {
  if (value <= limit) return;
  throw new Fault("hot-store-limit", `${what}: ${value} asked for, at most ${limit} are possible`, {
    detail: { what, value, limit },
  });
}

export function checkId(what: string, id: string): void {
  if (id.length >= 1 && id.length <= limits.idLength) return;
  throw new Fault("hot-store-limit", `${what}: an id has 1 to ${limits.idLength} characters`, {
    detail: { what, length: id.length },
  });
}

export function checkCount(what: string, value: number, limit: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= limit) return;
  throw new Fault("hot-store-limit", `${what}: ${value} is not a whole number from 0 to ${limit}`, {
    detail: { what, value, limit },
  });
}

/** Instants and spans: finite, or a deadline would compare as neither passed nor to come. */
export function checkTime(what: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new Fault("hot-store-limit", `${what}: ${value} is not an instant or a span in ms`);
}
