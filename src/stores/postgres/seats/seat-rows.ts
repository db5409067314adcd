// A row of seat_claims and what every writer of it shares. Keeps S11: a write raises the fence by one.
// Keeps order: every write is one `insert … select … order by performance_id, seat on conflict do
// update … where <it may be taken>`. Rows are then locked in one order by everybody, so that two
// writers never wait for each other in a circle, and the guard sees the row as it is once locked;
// that is why no statement here is an UPDATE and none is SELECT … FOR UPDATE.

import type {
  EntryId,
  HoldId,
  OrderId,
  PerformanceId,
  SeatNumber,
} from "../../../foundation/ids.ts";
import type { SeatState, SeatTruth } from "../../../ports/seat-store.ts";

export type SeatRow = {
  performanceId: PerformanceId;
  seat: SeatNumber;
  state: SeatState;
  fence: number;
  owner: EntryId | null;
  holdId: HoldId | null;
  orderId: OrderId | null;
  heldAt: number | null;
  deadline: number | null;
};

/** A seat's name among the seats of several performances. */
export const seatKey = (performanceId: PerformanceId, seat: SeatNumber) =>
  `${performanceId} ${seat}`;

export const seatColumns = `c.performance_id as "performanceId", c.seat, c.state, c.fence, c.owner,
  c.hold_id as "holdId", c.order_id as "orderId", c.held_at as "heldAt", c.deadline`;

/**
 * The claim of a seat, or the claims of an owner, looked up once for each row before it. `offset 0`
 * keeps the planner from turning the lookup into a join, whose cached plan may date from an empty table.
 */
export const lookUp = (as: string, where: string) =>
  `cross join lateral (select * from seat_claims x where ${where} offset 0) as ${as}`;

/** Before a `select` that gives these columns in this order, sorted by performance and seat. */
export const proposeSeats = `insert into seat_claims as c
  (performance_id, seat, state, fence, owner, hold_id, order_id, held_at, deadline)`;

/** After that `select`, and before `where <guard on c>` and `returning`. */
export const takeProposed = `on conflict (performance_id, seat) do update set
  state = excluded.state, fence = c.fence + 1, owner = excluded.owner, hold_id = excluded.hold_id,
  order_id = excluded.order_id, held_at = excluded.held_at`;

/** The deadline, as proposed … */
export const asProposed = "deadline = excluded.deadline";
/** … or never earlier than the same hold already has: an old call that is repeated must not shorten it. */
export const keepsPromise = `deadline = case
  when c.hold_id = excluded.hold_id then greatest(c.deadline, excluded.deadline)
  else excluded.deadline end`;

/** What anybody may take: a seat that is free or whose hold has ended, by the database's clock. */
export const isOpen = `(c.state = 'free' or (c.state = 'held' and c.deadline <= now_ms()))`;

export function toTruth(row: SeatRow): SeatTruth {
  const truth: SeatTruth = { seat: row.seat, state: row.state, fence: row.fence };
  if (row.owner !== null) truth.owner = row.owner;
  if (row.holdId !== null) truth.holdId = row.holdId;
  if (row.orderId !== null) truth.orderId = row.orderId;
  if (row.heldAt !== null) truth.heldAt = row.heldAt;
  if (row.deadline !== null) truth.deadline = row.deadline;
  return truth;
}

export function bySeat(rows: readonly SeatRow[]): SeatRow[] {
  return [...rows].sort((a, b) => a.seat - b.seat);
}
