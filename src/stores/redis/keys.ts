// Where everything lives in Redis. Every key and channel of one on-sale's line carries the on-sale's id
// as hash tag, every one of a performance's seats the performance's id: so each script finds all of
// its keys in one slot, and a cluster spreads on-sales over its shards.
//
// The ceiling that follows: one line, and the seats of one performance, live on one shard each. One
// shard runs one script at a time (docs/adr/0020-redis-key-layout.md has the figures); more shards
// serve more on-sales, never a faster one.
//
// Names here are the names in the scripts' headers. Read next: script.ts, scripts/line/join-line.lua.

import type { OnSaleId, PerformanceId } from "../../foundation/ids.ts";
import type { Topic } from "../../ports/notice-bus.ts";

/** What each key of a line is; the entry is the member or field. */
export const lineKeyTypes = {
  /** epoch, history, former, building, coming, nextIndex, serving, leaderFence, networksSince,
   * asksSince, tickId, tickReply */
  meta: "hash",
  /** entry → index: everyone that the store knows, in the order of arrival */
  line: "zset",
  /** identity → entry; identity*places, where it has more than one → how many were given */
  identities: "hash",
  /** network → new places in this span */
  networks: "hash",
  /** entry → repeated joins and claims in this span */
  asks: "hash",
  /** entry → position, once it is known */
  positions: "hash",
  /** entry → present until, ms */
  presence: "hash",
  /** entry → position: served while absent, and now back */
  returned: "zset",
  /** entry → claim by, ms */
  turns: "zset",
  /** entry → deadline in the shop, ms */
  shoppers: "zset",
  /** entry → admission id; in here and not among the shoppers: ended */
  admissions: "hash",
} as const;

export const seatKeyTypes = {
  /** epoch, history, former, building, coming, seatCount, version, one count per state, youngSince */
  meta: "hash",
  /** seat → state digit, then the hold (held, paying) or the owner (sold); no field: free */
  seats: "hash",
  /** seat → fence of the last truth */
  fences: "hash",
  /** two bits a seat as seat-store.ts says: the snapshot, ready to send */
  looks: "string",
  /** hold → packed { owner, heldAt, deadline, paying, seats } */
  holds: "hash",
  /** owner → packed { has, holds } */
  owners: "hash",
  /** hold → deadline, ms; only those that can expire */
  deadlines: "zset",
  /** hold → the instant from which less than a fifth of its time is left */
  near: "zset",
  /** packed { hold, owner, seats… }, waiting for the sweeper */
  expired: "list",
  /** request → packed { owner, reply }: the last replies, and those before them */
  young: "hash",
  elder: "hash",
  /** where changed seats are told */
  notices: "channel",
} as const;

export type LineKey = keyof typeof lineKeyTypes;
export type SeatKey = keyof typeof seatKeyTypes;
export type KeysOf<Name extends string> = (name: Name) => string;

export function lineKeys(prefix: string, onSaleId: OnSaleId): KeysOf<LineKey> {
  return (name) => `${prefix}:{${onSaleId}}:${name}`;
}

export function seatKeys(prefix: string, performanceId: PerformanceId): KeysOf<SeatKey> {
  return (name) =>
    name === "notices"
      ? channelOf(prefix, `seats:${performanceId}`)
      : `${prefix}:{${performanceId}}:${name}`;
}

/** A topic's channel: its id is the hash tag, so that seats are told from the slot they are in. */
export function channelOf(prefix: string, topic: Topic): string {
  const at = topic.indexOf(":");
  return `${prefix}:{${topic.slice(at + 1)}}:${topic.slice(0, at)}-notices`;
}
