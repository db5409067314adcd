-- The door: gates, the phones signed in for them, and every scan.

create table gates (
  gate_id        text primary key,
  performance_id text not null references performances,
  name           text not null check (length(name) between 1 and 40),
  created_at     bigint not null default now_ms(),
  unique (performance_id, name)
);

-- Signed in with a code made at the desk: once, within minutes. Only hashes are kept of either secret.
create table gate_devices (
  device_id   text primary key,
  gate_id     text not null references gates,
  code_hash   text unique,
  code_until  bigint not null,
  token_hash  text unique,
  signed_in_at bigint,
  seen_at     bigint,
  revoked_at  bigint,
  created_at  bigint not null default now_ms()
);
create index gate_devices_by_gate on gate_devices (gate_id);

-- Every scan of a ticket of ours, only ever added to. `let_in` is what happened at the gate, `result`
-- what we say of it: a scan merged later cannot be undone at the door, so let in without `let-in` is a
-- conflict that people must hear of.
create table check_ins (
  tx             xid8 not null default pg_current_xact_id(),
  id             bigint generated always as identity primary key,
  performance_id text not null references performances,
  gate_id        text not null references gates,
  device_id      text not null references gate_devices,
  nonce          text not null,
  ticket_id      text not null,
  result         text not null check (result in ('let-in', 'already-in', 'revoked', 'other-performance')),
  let_in         boolean not null,
  offline        boolean not null,
  scanned_at     bigint not null,
  received_at    bigint not null default now_ms(),
  check (result <> 'let-in' or let_in),
  unique (device_id, nonce)
);
-- Exactly one scan of a ticket is the one that let its holder in.
create unique index check_ins_one on check_ins (ticket_id) where result = 'let-in';
create index check_ins_by_ticket on check_ins (ticket_id) where let_in;
create index check_ins_by_performance on check_ins (performance_id, id);
create index check_ins_conflicts on check_ins (performance_id, id) where let_in and result <> 'let-in';

create function refuse_check_in_change() returns trigger language plpgsql as $$
begin
  raise exception 'check_ins is only ever added to';
end $$;
create trigger check_ins_kept before update or delete on check_ins
  for each row execute function refuse_check_in_change();
