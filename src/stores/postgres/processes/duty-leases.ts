// Leases of duties, one row each, by the database's clock.

import type { DutyLeases } from "../../../ports/processes/duty-leases.ts";
import { type Database, statement } from "../database.ts";

const hold = statement(
  "duty-hold",
  `insert into duty_leases as d (duty, holder, held_until) values ($1, $2, now_ms() + $3::bigint)
   on conflict (duty) do update set holder = excluded.holder, held_until = excluded.held_until
   where d.holder = excluded.holder or d.held_until <= now_ms()
   returning duty`,
);
const release = statement(
  "duty-release",
  "update duty_leases set held_until = 0 where holder = $1 and held_until > 0",
);

export function openDutyLeases(database: Database): DutyLeases {
  return {
    // Pauses are drawn by lot and have fractions; the database's instants are whole.
    hold: async (duty, holder, leaseMs) =>
      (await database.rows(hold, [duty, holder, Math.ceil(leaseMs)])).length > 0,
    release: async (holder) => void (await database.rows(release, [holder])),
  };
}
