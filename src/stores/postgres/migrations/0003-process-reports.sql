-- What each process says of itself every two seconds (ports/processes/process-reports.ts). Unlogged: a hint that is
-- written again at once needs no write-ahead log and no way to the replicas. So it is read from the
-- primary only, and is empty after a crash or a failover until everybody has spoken again.
create unlogged table process_reports (
  instance   text primary key,
  roles      text[] not null,
  host       text not null,
  pid        integer not null,
  started_at bigint not null,
  at         bigint not null default now_ms(),
  measures   jsonb not null
) with (fillfactor = 50);
