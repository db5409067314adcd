-- Half of what an order costs the database is entries in indexes (docs/adr/0045-fewer-writes.md).

-- A seat's fence and an order's version grow by one with every change: they are the key of its history.
-- A write without a new fence, or with a version that was there, is refused here (S10, S11).
alter table seat_history drop constraint seat_history_pkey;
drop index seat_history_by_seat;
alter table seat_history add primary key (performance_id, seat, fence);
alter table order_history drop constraint order_history_pkey;
drop index order_history_by_order;
alter table order_history add primary key (order_id, version);

-- Whoever asks for a hold names its owner too, and an owner has a handful of seats.
drop index seat_claims_by_hold;

-- An admission is entered, extended and ended: with room on its page no index hears of it.
alter table admissions set (fillfactor = 70);

-- Thousandths of a second fit into a double for millennia; a numeric costs several times as much, and an
-- order asks for the time some thirty times.
create or replace function now_ms() returns bigint language sql volatile parallel safe
  as $$ select floor(date_part('epoch', clock_timestamp()) * 1000)::bigint $$;
