// One process at a time, among all that share the database: whoever works under a name holds its
// advisory lock in a transaction, so a killed worker lets go by itself. Within a process the callers
// stand in line first, so that at most one connection waits here while the work needs others.

import { type Database, statement } from "./database.ts";

const lock = statement(
  "alone-lock",
  "select pg_advisory_xact_lock(hashtextextended('alone ' || $1::text, 0))",
);

export type Alone = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function openAlone(database: Database): Alone {
  let last: Promise<unknown> = Promise.resolve();
  return (name, work) => {
    const mine = last.then(() =>
      database.transaction(async (tx) => {
        await tx.rows(lock, [name]);
        return await work();
      }),
    );
    last = mine.catch(() => undefined);
    return mine;
  };
}
