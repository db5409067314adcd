// The hot statements about seats, prepared by statements.test.ts against the migrated schema.
// Their common shape, and why it is that shape: seat-rows.ts.

import { statement } from "../database.ts";
import {
  asProposed,
  isOpen,
  keepsPromise,
  lookUp,
  proposeSeats,
  seatColumns,
  takeProposed,
} from "./seat-rows.ts";

/** One number per owner and performance, for advisory locks: who counts seats, counts alone (S14). */
export const ownerLock = (performance: string, owner: string) =>
  `hashtextextended(${performance} || ' ' || ${owner}, 0)`;

export const seatStatements = {
  // Sorted before locking: like the seats, so that no two batches wait in a circle.
  lockOwners: statement(
    "claim-lock-owners",
    `select pg_advisory_xact_lock(key) from (
       select distinct ${ownerLock("r.performance_id", "r.owner")} as key
       from unnest($1::text[], $2::text[]) as r (performance_id, owner)
       order by key) as keys`,
  ),
  /** The seats asked for ($1, $2) and everything the askers ($3, $4) have. */
  readForClaim: statement(
    "claim-read",
    `with clock as materialized (select now_ms() as now)
     select ${seatColumns}, c.state = 'held' and c.deadline <= clock.now as lapsed
     from clock, unnest($1::text[], $2::integer[]) as r (performance_id, seat)
     ${lookUp("c", "x.performance_id = r.performance_id and x.seat = r.seat")}
     union
     select ${seatColumns}, c.state = 'held' and c.deadline <= clock.now as lapsed
     from clock, unnest($3::text[], $4::text[]) as r (performance_id, owner)
     ${lookUp("c", "x.owner = r.owner")}
     where c.performance_id = r.performance_id and c.state in ('held', 'paying', 'sold')`,
  ),
  /** The seats ($1–$6), and what the requests for them are answered ($7–$10). */
  claim: statement(
    "claim-write",
    `with answered as (
       insert into hold_requests (owner, idempotency_key, body_hash, hold)
       select * from unnest($7::text[], $8::text[], $9::text[], $10::jsonb[]))
     ${proposeSeats}
     select r.performance_id, r.seat, 'held', 1, r.owner, r.hold_id, null, r.held_at, r.deadline
     from unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
          as r (performance_id, seat, owner, hold_id, held_at, deadline)
     order by r.performance_id, r.seat
     ${takeProposed}, ${keepsPromise}
     where ${isOpen} or (c.state = 'held' and c.owner = excluded.owner)
     returning ${seatColumns}`,
  ),
  hold: statement(
    "claim-hold",
    `select ${seatColumns}, c.state = 'held' and c.deadline <= now_ms() as lapsed
     from seat_claims c
     where c.performance_id = $1 and c.hold_id = $2 and c.owner = $3
       and c.state in ('held', 'paying')`,
  ),
  // Before the seats, as everybody locks orders before seats.
  extendDraft: statement(
    "claim-extend-draft",
    `update orders set deadline = greatest(deadline, $3::bigint), due_at = greatest(due_at, $3::bigint)
     where living_hold = $1 and entry_id = $2 and state = 'draft'`,
  ),
  extend: statement(
    "claim-extend",
    `${proposeSeats}
     select s.performance_id, s.seat, 'held', 1, s.owner, s.hold_id, null, s.held_at,
       greatest(s.deadline, $4::bigint)
     from seat_claims s
     where s.performance_id = $1 and s.hold_id = $2 and s.owner = $3 and s.state = 'held'
     order by s.performance_id, s.seat
     ${takeProposed}, ${asProposed}
     where c.state = 'held' and c.owner = $3 and c.hold_id = $2 and c.deadline > now_ms()
     returning ${seatColumns}`,
  ),
  release: statement(
    "claim-release",
    `${proposeSeats}
     select s.performance_id, s.seat, 'free', 1, null, null, null, null, null
     from seat_claims s
     where s.performance_id = $1 and s.hold_id = $2 and s.owner = $3 and s.state = 'held'
       and ($4::integer[] is null or s.seat = any ($4::integer[]))
     order by s.performance_id, s.seat
     ${takeProposed}, ${asProposed}
     where c.state = 'held' and c.owner = $3 and c.hold_id = $2
     returning ${seatColumns}`,
  ),
  sweep: statement(
    "claim-sweep",
    `${proposeSeats}
     select due.performance_id, due.seat, 'free', 1, null, null, null, null, null
     from (select s.performance_id, s.seat from seat_claims s
           where s.performance_id = $1 and s.state = 'held'
             and s.deadline <= coalesce($3::bigint, now_ms())
           order by s.deadline limit $2) as due
     order by due.performance_id, due.seat
     ${takeProposed}, ${asProposed}
     where c.state = 'held' and c.deadline <= coalesce($3::bigint, now_ms())
     returning ${seatColumns}`,
  ),
  withhold: statement(
    "claim-withhold",
    `${proposeSeats}
     select $1, r.seat, 'withheld', 1, null, null, null, null, null
     from unnest($2::integer[]) as r (seat)
     order by r.seat
     ${takeProposed}, ${asProposed}
     where ${isOpen}
     returning ${seatColumns}`,
  ),
  seats: statement(
    "claim-seats",
    `select ${seatColumns} from seat_claims c
     where c.performance_id = $1 and c.seat = any ($2::integer[])`,
  ),
  page: statement(
    "claim-page",
    `select ${seatColumns} from seat_claims c
     where c.performance_id = $1 and c.seat > $2 order by c.seat limit $3`,
  ),
  seatCount: statement(
    "claim-seat-count",
    `select seat_count as "seatCount" from performances where performance_id = $1`,
  ),
};
