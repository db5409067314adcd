-- What an order costs at the peak (docs/adr/0036-batched-orders.md).

-- Never seen from outside: `confirming` began and ended in one transaction.
alter table orders drop constraint orders_state_check;
alter table orders add constraint orders_state_check check (state in (
  'draft', 'authorizing', 'requires-action', 'payment-unknown', 'capturing',
  'issuing', 'confirmed', 'cancelled', 'refunding', 'refunded', 'stuck'));

-- An order moves several times, and a move that changes nothing an index knows (its predicate included)
-- is one row on the same page; any other is an entry in every index. So no index here knows the state:
-- what is due is what is unfinished, but for the few that wait for a person, who have one of their own.
drop index orders_unfinished;
alter table orders add column stuck_since bigint generated always as
  (case when state = 'stuck' then updated_at end) stored;
create index orders_stuck on orders (stuck_since) where stuck_since is not null;
-- A fan's orders are found by the key of M1, which begins with the fan.
drop index orders_by_entry;
-- A hold is behind at most one living order.
drop index orders_by_hold;
alter table orders add column living_hold text generated always as
  (case when state in ('cancelled', 'refunded') then null else hold_id end) stored;
create unique index orders_by_hold on orders (living_hold);

-- As with seat_claims, no foreign keys where orders are written by the thousand: each is a look for every
-- row, and those to the on-sale and the performance are a lock on one row that all of a sale's orders
-- share. Lines, payments and tickets are written in a transaction that has just written or locked their
-- order, orders are never deleted, and both other names are copied from the on-sale that was read.
alter table orders drop constraint orders_on_sale_id_fkey;
alter table orders drop constraint orders_performance_id_fkey;
alter table order_lines drop constraint order_lines_order_id_fkey;
alter table payments drop constraint payments_order_id_fkey;
alter table tickets drop constraint tickets_order_id_fkey;
alter table tickets drop constraint tickets_performance_id_fkey;
-- A code is made of its ticket's id, which is unique, and nobody looks for a ticket by its whole code.
alter table tickets drop constraint tickets_code_key;

-- The rows before and after a statement of hundreds are matched by hash: pair by pair, as the pool's
-- settings would have it (pools/pool.ts), costs the square of the batch.
alter function keep_seat_history() set enable_hashjoin = on;
alter function keep_seat_history() set enable_nestloop = off;
alter function keep_order_history() set enable_hashjoin = on;
alter function keep_order_history() set enable_nestloop = off;
