-- What a request for seats was answered, kept with the effect in one transaction (M1): a repeat of the
-- same idempotency key finds it in any process, after any wipe. Only requests that took seats are here:
-- a refusal changes nothing and may be asked again.
create table hold_requests (
  owner           text not null,
  idempotency_key text not null,
  body_hash       text not null,
  hold            jsonb not null,
  at              bigint not null default now_ms(),
  primary key (owner, idempotency_key)
);
