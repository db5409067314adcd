// The seats of one performance with everything around them: holds, replies to repeat, and the expired
// holds that the sweeper has yet to collect.
//
// Every call lapses what is due first: a seat is free for everybody at its hold's deadline, not when
// somebody tidies up (S12: and never before).

import type { EntryId, HoldId, SeatNumber } from "../../../foundation/ids.ts";
import type { HoldReply, SeatCounts } from "../../../ports/seat-store.ts";
import { limits } from "../../hot/limits.ts";
import { Holds } from "./holds.ts";
import { RecentReplies } from "./recent-replies.ts";
import { SeatTable, stateCode } from "./seat-table.ts";

export type ExpiredHold = { holdId: HoldId; owner: EntryId; seats: SeatNumber[] };

export type PerformanceSeats = {
  readonly table: SeatTable;
  readonly holds: Holds;
  readonly replies: RecentReplies<HoldReply>;
  /** Expired and freed, not yet collected by the sweeper. */
  readonly expired: ExpiredHold[];
};

export function performanceSeats(
  seatCount: number,
  epoch: number,
  onChange: (seat: SeatNumber, look: number, version: number) => void,
): PerformanceSeats {
  const table = new SeatTable(seatCount, epoch, onChange);
  return { table, holds: new Holds(table), replies: new RecentReplies(), expired: [] };
}

export function lapseHolds(seats: PerformanceSeats, now: number): void {
  while (seats.holds.leastDeadline <= now) {
    const ended = seats.holds.endFirst();
    if (ended === undefined) return;
    if (seats.expired.length >= limits.uncollectedHolds) seats.expired.shift();
    seats.expired.push(ended);
  }
}

export function countsOf({ table, holds }: PerformanceSeats, now: number): SeatCounts {
  let holdsNearDeadline = 0;
  for (const hold of holds.all()) {
    const near = (hold.deadline - now) * 5 < hold.deadline - hold.heldAt;
    if (near && hold.paying === 0) holdsNearDeadline++;
  }
  return {
    free: table.count(stateCode.free),
    held: table.count(stateCode.held),
    paying: table.count(stateCode.paying),
    sold: table.count(stateCode.sold),
    withheld: table.count(stateCode.withheld),
    holds: holds.size,
    holdsNearDeadline,
  };
}
