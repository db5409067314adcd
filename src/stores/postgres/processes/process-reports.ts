// Process reports in PostgreSQL: one row a process, written over every two seconds. Rows of processes
// that have been silent for ten minutes are removed by whoever starts next.

import type { HeardReport, ProcessReports } from "../../../ports/processes/process-reports.ts";
import { type Database, statement } from "../database.ts";

const forgetMs = 600_000;

const write = statement(
  "process-report",
  `insert into process_reports (instance, roles, host, pid, started_at, at, measures)
   values ($1, $2, $3, $4, $5, now_ms(), $6)
   on conflict (instance) do update set at = excluded.at, measures = excluded.measures`,
);
const end = statement("process-end", "delete from process_reports where instance = $1");
const forget = statement(
  "process-forget",
  "delete from process_reports where at < now_ms() - $1::bigint",
);
const heard = statement(
  "process-heard",
  `select instance, roles, host, pid, started_at as "startedAt", measures,
     greatest(0, now_ms() - at) as "silentMs"
   from process_reports where at >= now_ms() - $1::bigint order by started_at, instance`,
);

export function openProcessReports(database: Database): ProcessReports {
  let forgotten = false;
  return {
    async write({ instance, roles, host, pid, startedAt, measures }) {
      const values = [instance, roles, host, pid, startedAt, JSON.stringify(measures)];
      await database.rows(write, values);
      if (forgotten) return;
      await database.rows(forget, [forgetMs]);
      forgotten = true;
    },
    end: async (instance) => void (await database.rows(end, [instance])),
    heard: () => database.rows<HeardReport>(heard, [forgetMs]),
  };
}
