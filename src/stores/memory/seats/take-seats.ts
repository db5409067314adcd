// Taking seats: look at all of them, then write all of them or none.
//
// Keeps: nobody gets a seat that another has; the limit per owner counts what is held, being paid for
// and bought (S14); a deadline never moves back and never goes beyond maxHoldMs from the first seat.
// The rules in words: src/domain/seating/hold.ts. Standing areas take their least free numbers.

import type { SeatNumber } from "../../../foundation/ids.ts";
import type { AreaRequest, HoldReply, HoldRequest } from "../../../ports/seat-store.ts";
import { ascendingUnique } from "../../hot/requests.ts";
import { type HoldRecord, holdView } from "./holds.ts";
import type { PerformanceSeats } from "./performance-seats.ts";
import { type SeatTable, stateCode } from "./seat-table.ts";

/** The caller has lapsed what was due. */
export function takeSeats(
  { table, holds }: PerformanceSeats,
  request: HoldRequest,
  now: number,
): HoldReply {
  const running = holds.running(request.owner);
  if (running !== undefined && running.paying > 0) return { kind: "paying" };

  const wanted = ascendingUnique(request.seats).filter((seat) => !isOwnHeld(table, seat, request));
  const areas = request.areas ?? [];
  const places = areas.reduce((sum, area) => sum + area.count, 0);
  const has = holds.owner(request.owner)?.has ?? 0;
  if (has + wanted.length + places > request.limit) {
    return { kind: "over-limit", limit: request.limit, has };
  }

  const takenSeats = wanted.filter((seat) => table.code(seat) !== stateCode.free);
  const { picked, short } = pickPlaces(table, areas, wanted);
  if (takenSeats.length > 0 || short.length > 0) {
    return { kind: "taken", seats: takenSeats, areas: short, has };
  }

  const added = picked.length === 0 ? wanted : ascendingUnique([...wanted, ...picked]);
  const promised = running ?? { heldAt: now, deadline: now };
  const deadline = extended(promised, now, request);
  const hold = running ?? holds.open(request.holdId, request.owner, { heldAt: now, deadline });
  for (const seat of added) holds.keep(seat, hold, stateCode.held);
  holds.setDeadline(hold, deadline);
  return { kind: "held", hold: holdView(hold), added };
}

/** The deadline that the owner may have now: never earlier than promised, never beyond the bound. */
export function extended(
  hold: Pick<HoldRecord, "heldAt" | "deadline">,
  now: number,
  wish: { holdMs: number; maxHoldMs: number },
): number {
  return Math.max(hold.deadline, Math.min(now + wish.holdMs, hold.heldAt + wish.maxHoldMs));
}

function isOwnHeld(table: SeatTable, seat: SeatNumber, request: HoldRequest): boolean {
  return table.holds[seat]?.owner.id === request.owner;
}

function pickPlaces(
  table: SeatTable,
  areas: readonly AreaRequest[],
  wanted: readonly SeatNumber[],
): { picked: SeatNumber[]; short: SeatNumber[] } {
  const picked: SeatNumber[] = [];
  const short: SeatNumber[] = [];
  if (areas.length === 0) return { picked, short };
  const spoken = new Set(wanted);
  for (const { first, last, count } of areas) {
    let left = count;
    for (let from = first; left > 0; left--) {
      let seat = table.nextFree(from, last);
      while (seat !== -1 && spoken.has(seat)) seat = table.nextFree(seat + 1, last);
      if (seat === -1) break;
      spoken.add(seat);
      picked.push(seat);
      from = seat + 1;
    }
    if (left > 0) short.push(first);
  }
  return { picked, short };
}
