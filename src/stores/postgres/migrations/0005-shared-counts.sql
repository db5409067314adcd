-- What processes beside one another must count or decide together.

-- Failed sign-ins at the desk, by hashed name of who tried (box-office/desk/sign-in/attempts.ts).
create table sign_in_failures (
  key     text primary key,
  count   integer not null,
  last_at bigint not null
);
create index sign_in_failures_by_age on sign_in_failures (last_at);

-- Which worker does a duty that one of all does (ports/processes/duty-leases.ts).
create table duty_leases (
  duty       text primary key,
  holder     text not null,
  held_until bigint not null
);
