-- A batch of claims in one call (docs/adr/0004-durable-holds.md): one way to the database and back where
-- there were six, and one transaction without a word of its own for its beginning and its end.
--
-- A claim is one element of each array; `wanted` has its seats, as the text of an array. Answers a row for
-- each seat taken. Or none, and then nothing was written: somebody would have more than the limit. Or it
-- fails like a collision, and all is rolled back: a seat has another owner, or a request was done before.
create function claim_seats(
  performances text[], owners text[], holds text[], held_ats bigint[], deadlines bigint[],
  wanted text[], limits integer[], keys text[], body_hashes text[])
returns table (performance_id text, seat integer, fence bigint, deadline bigint)
language plpgsql as $$
#variable_conflict use_column
declare
  seats_asked bigint := (select sum(cardinality(w::integer[])) from unnest(wanted) as w);
  written bigint;
begin
  -- Sorted before locking: like the seats, so that no two batches wait in a circle (S14). The number of
  -- an owner is the one that everybody locks who counts seats (seats/seat-statements.ts).
  perform pg_advisory_xact_lock(key) from (
    select distinct hashtextextended(r.performance_id || ' ' || r.owner, 0) as key
    from unnest(performances, owners) as r (performance_id, owner)
    order by key) as locks;

  -- Each statement of a function looks anew: what others committed before they gave up a lock is seen.
  if exists (
    select from unnest(performances, owners, wanted, limits) as r (performance_id, owner, seats, most)
    where r.most < cardinality(r.seats::integer[]) + (
      select count(*) from seat_claims c
      where c.owner = r.owner and c.performance_id = r.performance_id
        and c.seat <> all (r.seats::integer[])
        and (c.state in ('paying', 'sold') or (c.state = 'held' and c.deadline > now_ms()))))
  then
    return;
  end if;

  insert into hold_requests (owner, idempotency_key, body_hash, hold)
  select r.owner, r.key, r.body_hash, jsonb_build_object('holdId', r.hold_id, 'owner', r.owner,
    'seats', to_jsonb(r.seats::integer[]), 'heldAt', r.held_at, 'deadline', r.deadline)
  from unnest(owners, holds, held_ats, deadlines, wanted, keys, body_hashes)
    as r (owner, hold_id, held_at, deadline, seats, key, body_hash)
  on conflict do nothing;
  get diagnostics written = row_count;
  if written < cardinality(owners) then
    raise exception 'a request was done before' using errcode = 'serialization_failure';
  end if;

  -- The shape that every writer of a seat has (seats/seat-rows.ts): one order, guarded row by row.
  return query
  insert into seat_claims as c
    (performance_id, seat, state, fence, owner, hold_id, order_id, held_at, deadline)
  select r.performance_id, s.seat, 'held', 1, r.owner, r.hold_id, null, r.held_at, r.deadline
  from unnest(performances, owners, holds, held_ats, deadlines, wanted)
      as r (performance_id, owner, hold_id, held_at, deadline, seats)
    cross join lateral unnest(r.seats::integer[]) as s (seat)
  order by r.performance_id, s.seat
  on conflict (performance_id, seat) do update set
    state = excluded.state, fence = c.fence + 1, owner = excluded.owner, hold_id = excluded.hold_id,
    order_id = excluded.order_id, held_at = excluded.held_at,
    deadline = case when c.hold_id = excluded.hold_id then greatest(c.deadline, excluded.deadline)
      else excluded.deadline end
  where c.state = 'free' or (c.state = 'held' and c.deadline <= now_ms())
    or (c.state = 'held' and c.owner = excluded.owner)
  returning c.performance_id, c.seat, c.fence, c.deadline;
  get diagnostics written = row_count;
  if written < seats_asked then
    raise exception 'a seat has another owner' using errcode = 'serialization_failure';
  end if;
end $$;
