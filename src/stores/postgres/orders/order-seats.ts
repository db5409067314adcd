// What an order does to its seats, always in the shape of seats/seat-rows.ts: one ordered statement,
// guarded on each row as it is once locked. Keeps: only seats that this order is paying for are sold
// or given back; a late fan gets seats back only if they are free or still the own.

import type { Order } from "../../../ports/order-store.ts";
import { statement } from "../database.ts";
import {
  asProposed,
  isOpen,
  lookUp,
  proposeSeats,
  seatColumns,
  takeProposed,
} from "../seats/seat-rows.ts";
import { ownerLock } from "../seats/seat-statements.ts";

const seatsOfOrder = `from order_lines l
  join orders o on o.order_id = l.order_id
  ${lookUp("s", "x.performance_id = l.performance_id and x.seat = l.seat")}`;
const guardOwn = `(c.state = 'held' and c.owner = excluded.owner and c.hold_id = excluded.hold_id)`;

/** Lines never change, so whoever has read an order knows which seats are its own. */
export function seatColumnsOf(orders: readonly Order[]) {
  const lines = orders.flatMap((order) => order.lines.map(({ seat }) => ({ seat, order })));
  return {
    ofOrders: [
      lines.map(({ order }) => order.performanceId),
      lines.map(({ seat }) => seat),
      lines.map(({ order }) => order.orderId),
    ],
    ofOwners: [lines.map(({ order }) => order.entryId), lines.map(({ order }) => order.holdId)],
  };
}

export const orderSeats = {
  /** How the order's seats stand. */
  look: statement(
    "order-seats-look",
    `select l.order_id as "forOrder", s.performance_id as "performanceId", s.seat, s.state, s.fence, s.owner,
       s.hold_id as "holdId", s.order_id as "orderId", s.held_at as "heldAt", s.deadline
     ${seatsOfOrder} where l.order_id = any ($1::text[])`,
  ),
  confirm: statement(
    "order-seats-confirm",
    `${proposeSeats}
     select s.performance_id, s.seat, 'paying', 1, l.owner, l.hold_id, l.order_id, s.held_at, s.deadline
     from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[])
       as l (performance_id, seat, order_id, owner, hold_id)
     ${lookUp("s", "x.performance_id = l.performance_id and x.seat = l.seat")}
     order by s.performance_id, s.seat
     ${takeProposed}, ${asProposed}
     where ${guardOwn} and c.deadline > now_ms()
     returning ${seatColumns}`,
  ),
  confirmLate: statement(
    "order-seats-confirm-late",
    `${proposeSeats}
     select s.performance_id, s.seat, 'paying', 1, o.entry_id, o.hold_id, o.order_id, o.created_at,
       o.deadline
     ${seatsOfOrder} where l.order_id = $1
     order by s.performance_id, s.seat
     ${takeProposed}, ${asProposed}
     where ${guardOwn} or ${isOpen}
     returning ${seatColumns}`,
  ),
  lockOwner: statement(
    "order-seats-lock-owner",
    `select pg_advisory_xact_lock(${ownerLock("$1::text", "$2::text")})`,
  ),
  /** Seats of the owner that count, and the on-sale's limit (S14). */
  ownerCount: statement(
    "order-seats-owner-count",
    `select count(*) as has, (select (settings ->> 'seatsPerFan')::integer from on_sales
                              where on_sale_id = $3) as "limit"
     from seat_claims c
     where c.performance_id = $1 and c.owner = $2
       and (c.state in ('paying', 'sold') or (c.state = 'held' and c.deadline > now_ms()))`,
  ),
  /** $2: to the hold while it runs, else free. */
  giveBack: statement(
    "order-seats-give-back",
    `${proposeSeats}
     select g.performance_id, g.seat,
       case when runs then 'held' else 'free' end, 1,
       case when runs then g.owner end, case when runs then g.hold_id end, null,
       case when runs then g.held_at end, case when runs then g.deadline end
     from (select s.*, a.to_hold and s.deadline > now_ms() as runs
           from unnest($1::text[], $2::boolean[]) as a (order_id, to_hold)
           join order_lines l on l.order_id = a.order_id
           ${lookUp("s", "x.performance_id = l.performance_id and x.seat = l.seat")}
           where s.order_id = a.order_id and s.state = 'paying') as g
     order by g.performance_id, g.seat
     ${takeProposed}, ${asProposed}
     where c.state = 'paying' and c.order_id = any ($1::text[])
     returning ${seatColumns}`,
  ),
  sell: statement(
    "order-seats-sell",
    `${proposeSeats}
     select s.performance_id, s.seat, 'sold', 1, s.owner, s.hold_id, s.order_id, s.held_at, null
     from unnest($1::text[], $2::integer[], $3::text[]) as l (performance_id, seat, order_id)
     ${lookUp("s", "x.performance_id = l.performance_id and x.seat = l.seat")}
     where s.order_id = l.order_id and s.state = 'paying'
     order by s.performance_id, s.seat
     ${takeProposed}, ${asProposed}
     where c.state = 'paying' and c.order_id = excluded.order_id
     returning ${seatColumns}`,
  ),
};
