-- The durable truth of Usher. Instants are bigint ms since 1970, written by the database's own clock
-- (now_ms()) unless a caller passes one; amounts are bigint minor units.
-- Histories (seat_history, order_history) are written by triggers, so that no code path can forget
-- them: the invariants S2, S3, S10, S11 and S12 are checked from there.

create function now_ms() returns bigint language sql volatile parallel safe
  as $$ select floor(extract(epoch from clock_timestamp()) * 1000)::bigint $$;

-- ── catalog ───────────────────────────────────────────────────────────────────────────────────────

create table venue_plans (
  hash        text primary key check (hash ~ '^[0-9a-f]{64}$'),
  name        text not null,
  seat_count  integer not null check (seat_count between 1 and 200000),
  plan        jsonb not null,
  created_at  bigint not null default now_ms()
);

create table performances (
  performance_id text primary key,
  name           jsonb not null,
  venue          jsonb not null,
  plan_hash      text not null references venue_plans,
  seat_count     integer not null,
  starts_at      bigint not null,
  time_zone      text not null,
  epoch          bigint not null default 0,
  created_at     bigint not null default now_ms()
);

create table on_sales (
  on_sale_id      text primary key,
  performance_id  text not null references performances,
  pre_queue_at    bigint not null,
  opens_at        bigint not null check (opens_at >= pre_queue_at),
  closes_at       bigint not null check (closes_at > opens_at),
  phase           text not null default 'scheduled'
                  check (phase in ('scheduled', 'pre-queue', 'open', 'sold-out', 'closed')),
  paused          boolean not null default false,
  commitment      text not null check (commitment ~ '^[0-9a-f]{64}$'),
  seed            text not null check (seed ~ '^[0-9a-f]{64}$'),
  currency        text not null check (currency ~ '^[A-Z]{3}$'),
  prices          jsonb not null,
  settings        jsonb not null,
  version         integer not null default 1,
  created_at      bigint not null default now_ms(),
  -- the line, see ports/line-records.ts
  epoch           bigint not null default 0,
  serving         integer not null default 0 check (serving >= 0),
  high_water_mark integer not null default 0,
  leader          text,
  leader_until    bigint not null default 0,
  leader_fence    bigint not null default 0,
  admission_epoch integer not null default 1,
  cohort          integer,
  opened_at       bigint,
  -- opened, cohort fixed and seed revealed are one step
  check ((cohort is null) = (opened_at is null)),
  check (phase not in ('open', 'sold-out') or cohort is not null)
);

create table admissions (
  admission_id text primary key,
  on_sale_id   text not null references on_sales,
  entry_id     text not null,
  index        integer not null,
  position     integer not null,
  claimed_at   bigint not null default now_ms(),
  deadline     bigint not null,
  entered_at   bigint,
  nonce_hash   text,
  ended_at     bigint,
  unique (on_sale_id, entry_id)          -- Q6
);

-- ── seats ─────────────────────────────────────────────────────────────────────────────────────────

-- One row per seat that was ever claimed, never deleted. Small, hot, updated in place: leave room on
-- the page. No foreign key: every claim of a sale would lock the same performance row; the store
-- checks performance and seat number against a copy of it instead.
create table seat_claims (
  performance_id text not null,
  seat           integer not null check (seat >= 0),
  state          text not null check (state in ('free', 'held', 'paying', 'sold', 'withheld')),
  fence          bigint not null default 1,
  owner          text,
  hold_id        text,
  order_id       text,
  held_at        bigint,
  deadline       bigint,
  primary key (performance_id, seat),
  check (state in ('free', 'withheld') or (owner is not null and hold_id is not null)),
  check (state <> 'held' or deadline is not null),
  check (state not in ('paying', 'sold') or order_id is not null)
) with (fillfactor = 60);
-- Only the primary key begins with the performance: on a fresh table without statistics the planner
-- would else read a whole performance where two seats were asked for; and no index is of one state,
-- or it would be read as a list of all seats in that state.
create index seat_claims_by_hold on seat_claims (hold_id) where hold_id is not null;
create index seat_claims_by_owner on seat_claims (owner) where owner is not null;
create index seat_claims_due on seat_claims (deadline) where deadline is not null;

create table seat_history (
  id             bigint generated always as identity primary key,
  performance_id text not null,
  seat           integer not null,
  at             bigint not null default now_ms(),
  was            text,
  state          text not null,
  fence          bigint not null,
  owner          text,
  hold_id        text,
  order_id       text,
  deadline       bigint
);
create index seat_history_by_seat on seat_history (performance_id, seat, id);

-- Once per statement, not per row: claims are committed in groups of hundreds.
create function keep_seat_history() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into seat_history (performance_id, seat, was, state, fence, owner, hold_id, order_id, deadline)
    select performance_id, seat, null, state, fence, owner, hold_id, order_id, deadline from now_rows;
  else
    insert into seat_history (performance_id, seat, was, state, fence, owner, hold_id, order_id, deadline)
    select n.performance_id, n.seat, w.state, n.state, n.fence, n.owner, n.hold_id, n.order_id, n.deadline
    from now_rows n join was_rows w on w.performance_id = n.performance_id and w.seat = n.seat;
  end if;
  return null;
end $$;
create trigger seat_claims_inserted after insert on seat_claims
  referencing new table as now_rows
  for each statement execute function keep_seat_history();
create trigger seat_claims_updated after update on seat_claims
  referencing old table as was_rows new table as now_rows
  for each statement execute function keep_seat_history();

-- ── orders ────────────────────────────────────────────────────────────────────────────────────────

create table orders (
  order_id        text primary key,
  on_sale_id      text not null references on_sales,
  performance_id  text not null references performances,
  entry_id        text not null,
  hold_id         text not null,
  state           text not null default 'draft' check (state in (
                    'draft', 'confirming', 'authorizing', 'requires-action', 'payment-unknown', 'capturing',
                    'issuing', 'confirmed', 'cancelled', 'refunding', 'refunded', 'stuck')),
  version         integer not null default 1,
  attempt         integer not null default 0,
  amount          bigint not null check (amount >= 0),
  currency        text not null,
  buyer           jsonb not null,
  deadline        bigint not null,
  reason          text,
  -- the saga: who may advance it, and when somebody should look again
  lease_token     text,
  lease_until     bigint not null default 0,
  due_at          bigint,
  -- somebody asked for a look while a worker had the lease: the worker's own due_at must not hide it
  nudged          boolean not null default false,
  idempotency_key text not null,
  body_hash       text not null,
  created_at      bigint not null default now_ms(),
  updated_at      bigint not null default now_ms(),
  unique (entry_id, idempotency_key)     -- M1
) with (fillfactor = 70);
create index orders_due on orders (due_at) where due_at is not null;
create index orders_unfinished on orders (performance_id, state)
  where state not in ('confirmed', 'cancelled', 'refunded');
create index orders_by_entry on orders (on_sale_id, entry_id);
-- a hold is behind at most one living order
create unique index orders_by_hold on orders (hold_id) where state not in ('cancelled', 'refunded');

create table order_lines (
  order_id       text not null references orders,
  -- repeated here so that a line alone names its seat: joins to claims and tickets then use both columns
  performance_id text not null,
  seat           integer not null,
  category       text not null,
  section        text not null,
  "row"          text not null,
  label          text not null,
  amount         bigint not null check (amount >= 0),
  primary key (order_id, seat)
);

create table order_history (
  id       bigint generated always as identity primary key,
  order_id text not null,
  at       bigint not null default now_ms(),
  was      text,
  state    text not null,
  version  integer not null,
  attempt  integer not null,
  reason   text
);
create index order_history_by_order on order_history (order_id, id);

create function keep_order_history() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into order_history (order_id, was, state, version, attempt, reason)
    select order_id, null, state, version, attempt, reason from now_rows;
  else
    insert into order_history (order_id, was, state, version, attempt, reason)
    select n.order_id, w.state, n.state, n.version, n.attempt, n.reason
    from now_rows n join was_rows w on w.order_id = n.order_id
    where n.state <> w.state or n.version <> w.version;
  end if;
  return null;
end $$;
create trigger orders_inserted after insert on orders
  referencing new table as now_rows
  for each statement execute function keep_order_history();
create trigger orders_updated after update on orders
  referencing old table as was_rows new table as now_rows
  for each statement execute function keep_order_history();

-- One row per attempt; it exists (as the intent) before the provider is called.
create table payments (
  order_id     text not null references orders,
  attempt      integer not null check (attempt >= 1),
  provider     text not null,
  state        text not null check (state in (
                 'authorizing', 'requires-action', 'authorized', 'declined', 'capturing', 'captured',
                 'voiding', 'voided', 'refunding', 'refunded', 'unknown')),
  amount       bigint not null,
  currency     text not null,
  method       text not null,
  provider_ref text,
  action_url   text,
  decline_code text,
  refunded     bigint not null default 0 check (refunded >= 0 and refunded <= amount),   -- S8
  updated_at   bigint not null default now_ms(),
  primary key (order_id, attempt)
);
create index payments_by_change on payments (updated_at, order_id, attempt);
-- S7: at most one unrefunded capture per order
create unique index payments_one_capture on payments (order_id) where state in ('capturing', 'captured');

create table tickets (
  ticket_id      text primary key,
  order_id       text not null references orders,
  performance_id text not null references performances,
  seat           integer not null,
  code           text not null unique,
  state          text not null default 'live' check (state in ('live', 'revoked')),
  issued_at      bigint not null default now_ms()
);
create unique index tickets_one_live on tickets (seat, performance_id) where state = 'live';   -- S1
create index tickets_by_order on tickets (order_id);

create table outbox (
  id         bigint generated always as identity primary key,
  key        text not null unique,       -- M4
  topic      text not null,
  payload    jsonb not null,
  created_at bigint not null default now_ms(),
  due_at     bigint not null default now_ms(),
  sent_at    bigint,
  tries      integer not null default 0,
  last_error text
);
create index outbox_due on outbox (due_at) where sent_at is null;

create table webhooks (
  provider    text not null,
  id          text not null,
  received_at bigint not null default now_ms(),
  primary key (provider, id)
);

-- ── desk ──────────────────────────────────────────────────────────────────────────────────────────

create table operators (
  operator_id   text primary key,
  email         text not null unique,
  name          text not null,
  role          text not null check (role in ('viewer', 'operator', 'owner')),
  password_hash text not null,
  created_at    bigint not null default now_ms()
);
create table operator_sessions (
  token_hash  text primary key,
  operator_id text not null references operators,
  expires_at  bigint not null
);
create table audit (
  id          bigint generated always as identity primary key,
  at          bigint not null default now_ms(),
  operator_id text references operators,
  action      text not null,
  subject     text not null,
  detail      jsonb not null default '{}'
);
-- Key material of this installation, so that a restart costs nobody a place. A key verifies from its
-- first moment and for ever, but signs only from signs_at: until then every process has learned it.
create table keys (
  purpose    text not null check (purpose in ('queue-token', 'admission-token', 'shop-session', 'ticket')),
  kid        integer not null check (kid between 1 and 65535),
  secret     text not null,
  public     text,
  created_at bigint not null default now_ms(),
  signs_at   bigint not null,
  primary key (purpose, kid)
);
