-- Money that came after its order had ended: found, and whether the order's own seats were still free.
create table late_payments (
  order_id text primary key references orders,
  attempt  integer not null,
  found_at bigint not null default now_ms(),
  kept     boolean not null
);
create index late_payments_by_time on late_payments (found_at);
