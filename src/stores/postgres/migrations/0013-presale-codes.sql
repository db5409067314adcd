-- Presales and identities (docs/adr/0031-presale-codes.md, 0032-identity.md).

-- An admission says whose it is, where the on-sale asks for it: at most `identity_places` of one identity.
alter table admissions
  add column identity        text,
  add column identity_places integer not null default 0,
  add column identity_use    integer not null default 0;
alter table admissions add constraint admissions_identity_use
  check (identity is null or identity_use between 1 and identity_places);
create unique index admissions_by_identity on admissions (on_sale_id, identity, identity_use)
  where identity is not null;

-- Batches of codes. The codes themselves are nowhere: they follow from the batch and the key `kid` of the
-- queue tokens, and can be written out again.
create table code_batches (
  on_sale_id      text not null references on_sales,
  batch           integer not null check (batch between 1 and 1023),
  kid             integer not null,
  name            text not null,
  codes           integer not null check (codes between 1 and 100000),
  places_per_code integer not null check (places_per_code between 1 and 8191),
  made_at         bigint not null default now_ms(),
  primary key (on_sale_id, batch)
);
