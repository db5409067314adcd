// One process at a time, among all that share the database: whoever works under a name holds its
// advisory lock in a transaction, so a killed worker lets go by itself. Within a process the callers
// stand in line first: each has a connection while the work needs others, so only a few go at once.

import { type Database, statement } from "./database.ts";

const lock = statement(
  "alone-lock",
  "select pg_advisory_xact_lock(hashtextextended('alone ' || $1::text, 0))",
);

export type Alone = <T>(name: string, work: () => Promise<T>) => Promise<T>;

const shareOfPool = 1 / 4;
const mostAtOnce = 4;

export function openAlone(database: Database): Alone {
  const atOnce = Math.max(1, Math.min(mostAtOnce, database.gauge().max * shareOfPool));
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (name, work) => {
    if (underWay + 1 > atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay++;
    try {
      return await database.transaction(async (tx) => {
        await tx.rows(lock, [name]);
        return await work();
      });
    } finally {
      // Whoever is next takes the place over.
      const next = waiting.shift();
      if (next === undefined) underWay--;
      else next();
    }
  };
}
