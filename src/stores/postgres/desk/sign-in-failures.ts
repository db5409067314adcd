// Failed sign-ins, counted for all box offices together: who is slowed at one is slowed at every other.
// Keeps: an attempt that may go counts as failed from its beginning, in the transaction that let it go, so
// that a hundred at once are a hundred; rows are locked in one order; what is old is forgotten, and of too
// many the oldest.

import type { SignInFailures } from "../../../ports/catalog.ts";
import { type Database, statement } from "../database.ts";

const forgetMs = 30 * 60_000;
const cleanEveryMs = 60_000;
const maxKept = 20_000;

/** An update that changes nothing locks the row and tells what is in it. */
const take = statement(
  "sign-in-take",
  `insert into sign_in_failures as f (key, count, last_at)
   select r.key, 0, 0 from unnest($1::text[]) as r (key) order by r.key
   on conflict (key) do update set key = excluded.key
   returning key, case when f.last_at < $2::bigint then 0 else f.count end as count,
     f.last_at as "lastAt"`,
);
const count = statement(
  "sign-in-count",
  `update sign_in_failures
   set count = case when last_at < $2::bigint then 1 else count + 1 end, last_at = $3
   where key = any ($1::text[])`,
);
const forget = statement(
  "sign-in-forget",
  "delete from sign_in_failures where key = any ($1::text[])",
);
const clean = statement(
  "sign-in-clean",
  `delete from sign_in_failures where last_at < $1::bigint or key in (
     select key from sign_in_failures order by last_at desc offset $2)`,
);

type Row = { key: string; count: number; lastAt: number };

export function openSignInFailures(database: Database): SignInFailures {
  let cleanedAt = 0;
  return {
    async begin(keys, now, waitOf) {
      if (now - cleanedAt > cleanEveryMs) {
        cleanedAt = now;
        await database.rows(clean, [now - forgetMs, maxKept]);
      }
      return await database.transaction(async (tx) => {
        const rows = await tx.rows<Row>(take, [keys, now - forgetMs]);
        const byKey = new Map(rows.map((row) => [row.key, row]));
        const waitMs = Math.max(
          0,
          ...keys.map((key) => waitOf(key, byKey.get(key) ?? { count: 0, lastAt: 0 })),
        );
        if (waitMs === 0) await tx.rows(count, [keys, now - forgetMs, now]);
        return waitMs;
      });
    },
    forget: async (keys) => void (await database.rows(forget, [keys])),
  };
}
