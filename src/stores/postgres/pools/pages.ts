// No answer of the database is longer than a page. A venue has tens of thousands of seats and an on-sale
// a million entries; whoever needs all of them reads on by key, so that no request, and no process's
// memory, ever holds a whole venue's rows. A longer answer is a bug of the statement, and says so at
// once, in tests as in production.

import type { KyselyPlugin } from "kysely";
import { assert } from "../../../foundation/assert.ts";

/** The largest page that any store reads: the rebuilder's. */
export const pageRows = 5_000;

export function checkPage(rows: number, name: string, atMost = pageRows): void {
  assert(rows <= atMost, `${name} answered ${rows} rows; a page is at most ${atMost}`);
}

/** The same for typed queries. */
export const inPages: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  async transformResult({ result }) {
    checkPage(result.rows.length, "a typed query");
    return result;
  },
};
