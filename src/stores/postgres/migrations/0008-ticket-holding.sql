-- Tickets in other hands: handed over to another person, and the list of those that no longer count.

-- By which transfer it came to whom holds it; null: the order's buyer holds it.
alter table tickets add column transfer_id text;

create table ticket_transfers (
  transfer_id   text primary key,
  ticket_id     text not null references tickets,
  state         text not null default 'offered' check (state in ('offered', 'accepted', 'withdrawn')),
  offered_to    text not null,
  locale        text not null check (locale in ('ko', 'en')),
  offered_at    bigint not null default now_ms(),
  expires_at    bigint not null,
  receiver      jsonb,
  new_ticket_id text references tickets,
  accepted_at   bigint,
  check ((state = 'accepted') = (receiver is not null and new_ticket_id is not null))
);
create unique index ticket_transfers_open on ticket_transfers (ticket_id) where state = 'offered';
create index ticket_transfers_by_ticket on ticket_transfers (ticket_id);

-- Written by a trigger, so that no way of ending a ticket can forget the doors (ADR 0008, 0027).
create table ticket_revocations (
  id             bigint generated always as identity primary key,
  performance_id text not null,
  ticket_id      text not null unique,
  at             bigint not null default now_ms()
);
create index ticket_revocations_by_performance on ticket_revocations (performance_id, id);

create function keep_ticket_revocations() returns trigger language plpgsql as $$
begin
  insert into ticket_revocations (performance_id, ticket_id)
  select n.performance_id, n.ticket_id
  from now_rows n join was_rows w on w.ticket_id = n.ticket_id
  where n.state = 'revoked' and w.state <> 'revoked'
  on conflict (ticket_id) do nothing;
  return null;
end $$;
create trigger tickets_updated after update on tickets
  referencing old table as was_rows new table as now_rows
  for each statement execute function keep_ticket_revocations();

insert into ticket_revocations (performance_id, ticket_id)
select performance_id, ticket_id from tickets where state = 'revoked';
