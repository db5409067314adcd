// Seats are never locked by SELECT … FOR UPDATE: a peak of buyers would queue on row locks, and one
// slow client would hold a section. A claim is one conditional write (ports/seat-claims.ts).

import { type Check, type Project } from "../project.ts";

const forUpdate = /\bfor\s+(no\s+key\s+)?update\b/gi;

function statementAround(text: string, at: number): string {
  const start = Math.max(text.lastIndexOf("`", at), text.lastIndexOf(";", at), at - 1200, 0);
  return text.slice(start, at);
}

export const sql: Check = {
  name: "sql",
  find: (project: Project) =>
    [...project]
      .filter(([path]) => /\.(ts|sql)$/.test(path) && /^(src|test|bench)\//.test(path))
      .flatMap(([file, text]) =>
        [...text.matchAll(forUpdate)]
          .filter((match) => /\bseat_claims\b/i.test(statementAround(text, match.index)))
          .map((match) => ({
            file,
            line: text.slice(0, match.index).split("\n").length,
            says: "seats are never locked by FOR UPDATE: claim with one conditional write",
          })),
      ),
  bad: [
    { "src/stores/a.ts": "const s = `select * from seat_claims where seat = $1 for update`;" },
    { "src/stores/a.sql": "SELECT 1 FROM seat_claims\nFOR NO KEY UPDATE;" },
  ],
  good: {
    "src/stores/a.ts":
      "const a = `update seat_claims set x = 1`; const b = `select 1 from sagas for update skip locked`;",
  },
};
