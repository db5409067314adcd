-- Keys with which a shop of one's own tells the gateway what its fans do (docs/adr/0026-connector.md).
-- Only the half that checks commands is kept: nobody can make a shop's session out of this table.

create table origin_keys (
  key_id         text primary key check (key_id ~ '^[0-9A-Za-z]{22}$'),
  name           text not null,
  command_secret text not null,
  created_at     bigint not null default now_ms(),
  revoked_at     bigint
);

-- Nonces of commands that were obeyed, for as long as their timestamp would be believed.
create table origin_nonces (
  key_id text not null references origin_keys,
  nonce  text not null,
  at     bigint not null default now_ms(),
  primary key (key_id, nonce)
);
create index origin_nonces_by_age on origin_nonces (at);
