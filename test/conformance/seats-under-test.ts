// The seats of a performance of its own for one case, with the calls that most cases make.

import { expect } from "bun:test";
import { type EntryId, type HoldId, newId, type SeatNumber } from "../../src/foundation/ids.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import type {
  HoldChangeReply,
  HoldReply,
  HoldRequest,
  SeatCounts,
  SeatScope,
  SeatTruth,
} from "../../src/ports/seat-store.ts";
import { only, start } from "./suite.ts";

export const holdMs = 300_000;
export const maxHoldMs = 900_000;

export type Fan = { owner: EntryId; holdId: HoldId };
export const newFan = (): Fan => ({ owner: newId("entry"), holdId: newId("hold") });

export type SeatsUnderTest = {
  scope: SeatScope;
  hold(
    fan: Fan,
    seats: readonly SeatNumber[],
    at?: number,
    change?: Partial<HoldRequest>,
  ): Promise<HoldReply>;
  release(fan: Fan, seats?: readonly SeatNumber[], at?: number): Promise<HoldChangeReply>;
  extend(fan: Fan, at: number): Promise<HoldChangeReply>;
  apply(...truths: SeatTruth[]): Promise<void>;
  /** One digit a seat: 0 free, 1 held or paying, 2 sold, 3 withheld. */
  map(at?: number): Promise<string>;
  counts(at?: number): Promise<SeatCounts>;
};

let requests = 0;
export const wish = () => ({ requestId: `rq_${++requests}`, holdMs, maxHoldMs, limit: 4 });

export async function newSeats(
  store: HotStore,
  seatCount = 10,
  claims: readonly SeatTruth[] = [],
): Promise<SeatsUnderTest> {
  const scope: SeatScope = { performanceId: newId("performance"), epoch: 1 };
  await store.seats.restore(scope, { seatCount, claims });
  return seatsAt(store, scope);
}

export function seatsAt(store: HotStore, scope: SeatScope): SeatsUnderTest {
  const { seats: port } = store;
  return {
    scope,
    hold: (fan, seats, at = start, change = {}) =>
      port.hold(scope, { ...wish(), ...fan, seats, ...change }, { now: at }),
    release: (fan, seats, at = start) =>
      port.release(scope, { ...fan, ...(seats === undefined ? {} : { seats }) }, { now: at }),
    extend: (fan, at) => port.extend(scope, { ...fan, holdMs, maxHoldMs }, { now: at }),
    async apply(...truths) {
      expect(await port.apply(scope, truths)).toEqual({ kind: "applied" });
    },
    async map(at = start) {
      const { bits, seatCount } = only(await port.availability(scope, { now: at }), "ok");
      let map = "";
      for (let seat = 0; seat < seatCount; seat++) map += lookOf(bits, seat);
      return map;
    },
    async counts(at = start) {
      const { kind: _, ...counts } = only(await port.counts(scope, { now: at }), "ok");
      return counts;
    },
  };
}

export function lookOf(bits: Uint8Array, seat: SeatNumber): number {
  return ((bits[seat >> 2] ?? 0) >> ((seat & 3) * 2)) & 3;
}

/** PostgreSQL's word that the fan holds the seat. */
export function heldTruth(
  fan: Fan,
  seat: SeatNumber,
  fence: number,
  deadline = start + holdMs,
): SeatTruth {
  return { seat, state: "held", fence, ...fan, heldAt: start, deadline };
}
