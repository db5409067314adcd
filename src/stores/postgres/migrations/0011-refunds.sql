-- Giving money back for tickets of a confirmed order: whole or single tickets, each at most once. The
-- row is the intent, written before the provider is called; amounts are those of the order's own lines.

create table refunds (
  refund_id       text primary key,
  order_id        text not null references orders,
  attempt         integer not null,
  state           text not null default 'requested'
                  check (state in ('requested', 'refunding', 'refunded', 'stuck')),
  version         integer not null default 1,
  asked_by        text not null check (asked_by in ('operator', 'fan')),
  operator_id     text references operators,
  reason          text not null check (length(reason) between 1 and 300),
  amount          bigint not null check (amount >= 0),
  fee             bigint not null check (fee >= 0),
  seats_go        text not null check (seats_go in ('to-sale', 'withheld')),
  -- why it needs a person, while it does
  stuck_because   text,
  -- where the money went back: by the provider's ledger, or elsewhere by the word of a person
  settled_where   text check (settled_where in ('provider', 'elsewhere')),
  -- what a person said of it, where one settled it
  settled_reason  text,
  lease_token     text,
  lease_until     bigint not null default 0,
  due_at          bigint,
  idempotency_key text not null,
  body_hash       text not null,
  requested_at    bigint not null default now_ms(),
  updated_at      bigint not null default now_ms(),
  unique (order_id, idempotency_key),    -- M1
  foreign key (order_id, attempt) references payments,
  check ((state = 'refunded') = (settled_where is not null)),
  check (state <> 'stuck' or stuck_because is not null)
);
create index refunds_due on refunds (due_at) where due_at is not null;
create index refunds_unfinished on refunds (updated_at) where state <> 'refunded';

-- A seat of an order is given back at most once, so that together it is never more than was taken (S8).
create table refund_lines (
  refund_id text not null references refunds,
  order_id  text not null,
  seat      integer not null,
  ticket_id text not null references tickets,
  amount    bigint not null check (amount >= 0),
  fee       bigint not null check (fee >= 0),
  primary key (order_id, seat),
  foreign key (order_id, seat) references order_lines
);
create index refund_lines_by_refund on refund_lines (refund_id);

create table refund_history (
  id        bigint generated always as identity primary key,
  refund_id text not null,
  at        bigint not null default now_ms(),
  was       text,
  state     text not null,
  version   integer not null,
  because   text
);
create index refund_history_by_refund on refund_history (refund_id, id);

create function keep_refund_history() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into refund_history (refund_id, was, state, version, because)
    select refund_id, null, state, version, reason from now_rows;
  else
    insert into refund_history (refund_id, was, state, version, because)
    select n.refund_id, w.state, n.state, n.version, coalesce(n.settled_reason, n.stuck_because)
    from now_rows n join was_rows w on w.refund_id = n.refund_id
    where n.state <> w.state or n.version <> w.version;
  end if;
  return null;
end $$;
create trigger refunds_inserted after insert on refunds
  referencing new table as now_rows
  for each statement execute function keep_refund_history();
create trigger refunds_updated after update on refunds
  referencing old table as was_rows new table as now_rows
  for each statement execute function keep_refund_history();

-- The desk finds orders by the buyer's address.
create index orders_by_email on orders (lower(buyer ->> 'email'));
