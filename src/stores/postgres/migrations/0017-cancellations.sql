-- A performance that does not take place: the word of an operator that everything sold of it is given
-- back. The row is the intent; the refunds that follow are ordinary ones (0011), one for each order.

create table cancellations (
  performance_id text primary key references performances,
  operator_id    text not null references operators,
  reason         text not null check (length(reason) between 1 and 300),
  keep_fee       boolean not null,
  requested_at   bigint not null default now_ms()
);

-- How far it has come is read from the refunds themselves, by the key that they have in common.
create index refunds_by_key on refunds (idempotency_key);
