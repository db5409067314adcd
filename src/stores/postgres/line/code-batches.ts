// Batches of presale codes in PostgreSQL. Keeps: numbers count up per on-sale and none is used twice, so
// that no two batches have a code in common (the primary key decides between two desks).

import { maxBatches } from "../../../domain/waiting-room/presale-code.ts";
import type { CodeBatch, CodeBatches } from "../../../ports/keys.ts";
import { type Database, statement } from "../database.ts";

const columns = `batch, kid, name, codes, places_per_code as "placesPerCode", made_at as "madeAt"`;
const sql = {
  make: statement(
    "code-batch-make",
    `insert into code_batches (on_sale_id, batch, kid, name, codes, places_per_code)
     select $1, next, $2, $3, $4, $5
     from (select coalesce(max(batch), 0) + 1 as next from code_batches where on_sale_id = $1) counted
     where next <= $6::integer
     on conflict do nothing
     returning ${columns}`,
  ),
  list: statement(
    "code-batch-list",
    `select ${columns} from code_batches where on_sale_id = $1 order by batch desc limit $2`,
  ),
};

export function openCodeBatches(database: Database): CodeBatches {
  const list: CodeBatches["list"] = (onSaleId) =>
    database.rows<CodeBatch>(sql.list, [onSaleId, maxBatches]);
  return {
    list,
    async make(onSaleId, { kid, name, codes, placesPerCode }) {
      for (;;) {
        const asked = [onSaleId, kid, name, codes, placesPerCode, maxBatches];
        const [made] = await database.rows<CodeBatch>(sql.make, asked);
        if (made !== undefined) return made;
        // Nothing was written: another desk took the number, or there is none left.
        const [newest] = await list(onSaleId);
        if ((newest?.batch ?? 0) >= maxBatches) return undefined;
      }
    },
  };
}
