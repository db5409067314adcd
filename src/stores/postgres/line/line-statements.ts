// The hot statements of the line, prepared by statements.test.ts against the migrated schema.

import type { Admission } from "../../../ports/line-records.ts";
import { statement } from "../database.ts";

export type AdmissionRow = Omit<Admission, "enteredAt" | "endedAt" | "identity"> & {
  enteredAt: number | null;
  endedAt: number | null;
  identityKey: string | null;
  identityPlaces: number;
  identityUse: number;
};

const admissionColumns = `a.admission_id as "admissionId", a.on_sale_id as "onSaleId",
  a.entry_id as "entryId", a.index, a.position, a.claimed_at as "claimedAt", a.deadline,
  a.entered_at as "enteredAt", a.ended_at as "endedAt", a.identity as "identityKey",
  a.identity_places as "identityPlaces", a.identity_use as "identityUse"`;

export const lineStatements = {
  checkpoint: statement(
    "line-checkpoint",
    `select epoch, serving, high_water_mark as "highWaterMark", leader_fence as "leaderFence",
       admission_epoch as "admissionEpoch", cohort
     from on_sales where on_sale_id = $1`,
  ),
  raiseMark: statement(
    "line-raise-mark",
    `update on_sales set high_water_mark = greatest(high_water_mark, $2::integer)
     where on_sale_id = $1 and epoch = $3::bigint returning high_water_mark as mark`,
  ),
  lead: statement(
    "line-lead",
    `update on_sales
     set leader = $2, leader_until = now_ms() + $3::bigint,
         leader_fence = leader_fence + case when leader is distinct from $2 then 1 else 0 end
     where on_sale_id = $1 and (leader = $2 or leader_until <= now_ms())
     returning leader_fence as fence`,
  ),
  // The fence stays: whoever leads next raises it, as after any other end of a lead.
  resign: statement(
    "line-resign",
    "update on_sales set leader_until = 0 where on_sale_id = $1 and leader = $2",
  ),
  serve: statement(
    "line-serve",
    `update on_sales set serving = greatest(serving, $2::integer)
     where on_sale_id = $1 and leader_fence <= $3::bigint
     returning serving`,
  ),
  open: statement(
    "line-open",
    `update on_sales
     set cohort = $2::integer, opened_at = now_ms(), phase = 'open', version = version + 1,
         admission_epoch = admission_epoch + 1
     where on_sale_id = $1 and cohort is null and phase in ('scheduled', 'pre-queue')
       and leader_fence <= coalesce($3::bigint, leader_fence)`,
  ),
  opened: statement(
    "line-opened",
    `select cohort, seed, admission_epoch as "admissionEpoch", phase
     from on_sales where on_sale_id = $1`,
  ),
  nextEpoch: statement(
    "line-next-epoch",
    `update on_sales set epoch = epoch + 1 where on_sale_id = $1 returning epoch`,
  ),
  // Ordered, so that two groups never wait for each other in a circle. The update that changes nothing
  // makes a repeat answer the first row, also one that another process commits at this moment.
  admit: statement(
    "admission-admit",
    `insert into admissions as a
       (admission_id, on_sale_id, entry_id, index, position, claimed_at, deadline)
     select r.* from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[],
                            $6::bigint[], $7::bigint[])
            as r (admission_id, on_sale_id, entry_id, index, position, claimed_at, deadline)
     order by r.on_sale_id, r.entry_id
     on conflict (on_sale_id, entry_id) do update set entry_id = excluded.entry_id
     returning ${admissionColumns}`,
  ),
  // The same for admissions of an identity: each takes the identity's next place, if there is one. Two that
  // take the same one at the same moment: the unique key lets one through, the other asks again.
  // Ordered by identity first, which every entry keeps for ever, so that nobody waits in a circle.
  admitIdentified: statement(
    "admission-admit-identified",
    `insert into admissions
       (admission_id, on_sale_id, entry_id, index, position, claimed_at, deadline,
        identity, identity_places, identity_use)
     select * from (
       select r.*, row_number() over (partition by r.on_sale_id, r.identity order by r.entry_id) +
              (select count(*) from admissions used
               where used.on_sale_id = r.on_sale_id and used.identity = r.identity) as use
       from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::integer[], $6::bigint[],
                   $7::bigint[], $8::text[], $9::integer[])
            as r (admission_id, on_sale_id, entry_id, index, position, claimed_at, deadline,
                  identity, identity_places)
       where not exists (select from admissions known
                         where known.on_sale_id = r.on_sale_id and known.entry_id = r.entry_id)
     ) wanted
     where use <= identity_places
     order by on_sale_id, identity, entry_id
     on conflict do nothing`,
  ),
  /** What the statement before left, and how often each identity was let in. */
  identified: statement(
    "admission-identified",
    `select ${admissionColumns}, r.nth, (select count(*)::integer from admissions used
       where used.on_sale_id = r.on_sale_id and used.identity = r.identity) as used
     from unnest($1::text[], $2::text[], $3::text[])
          with ordinality as r (on_sale_id, entry_id, identity, nth)
     left join admissions a on a.on_sale_id = r.on_sale_id and a.entry_id = r.entry_id
     order by r.nth`,
  ),
  enter: statement(
    "admission-enter",
    `update admissions a
     set entered_at = coalesce(entered_at, now_ms()), nonce_hash = $2,
         deadline = case when nonce_hash is null then greatest(deadline, $3::bigint) else deadline end
     where admission_id = $1 and ended_at is null and (nonce_hash is null or nonce_hash = $2)
     returning ${admissionColumns}`,
  ),
  admission: statement(
    "admission-find",
    `select ${admissionColumns} from admissions a where admission_id = $1`,
  ),
  extend: statement(
    "admission-extend",
    `update admissions a set deadline = greatest(a.deadline, r.deadline)
     from (select * from unnest($1::text[], $2::text[], $3::bigint[]) as u (on_sale_id, entry_id, deadline)
           order by on_sale_id, entry_id) as r
     where a.on_sale_id = r.on_sale_id and a.entry_id = r.entry_id and a.ended_at is null`,
  ),
  end: statement(
    "admission-end",
    `update admissions a set ended_at = now_ms()
     from (select * from unnest($1::text[], $2::text[]) as u (on_sale_id, entry_id)
           order by on_sale_id, entry_id) as r
     where a.on_sale_id = r.on_sale_id and a.entry_id = r.entry_id and a.ended_at is null`,
  ),
  admissions: statement(
    "admission-page",
    `select ${admissionColumns} from admissions a
     where on_sale_id = $1 and entry_id > $2 order by entry_id limit $3`,
  ),
};
