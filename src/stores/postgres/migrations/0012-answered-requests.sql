-- What a request that makes something was answered, kept with the effect in one transaction (M1). Of the
-- key only a hash is here, and the answer is sealed with the key itself: whoever has a copy of the
-- database and not the key reads no origin key and no device code in it.
create table answered_requests (
  caller    text not null,
  key_hash  text not null,
  body_hash text not null,
  answer    text not null,
  at        bigint not null default now_ms(),
  primary key (caller, key_hash)
);
create index answered_requests_at on answered_requests (at);
