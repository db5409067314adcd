// One process at a time, among all that share the database: whoever works under a name holds its
// advisory lock in a transaction of its own, and says every few seconds that it still lives. The server
// ends a transaction that falls silent (pools/pool.ts), so a worker that was killed, frozen, or whose
// machine is gone lets go within that time; one that only takes long keeps the name.
//
// Keeps: who has lost the name is told so in the end, for another one may have worked meanwhile; what it
// did has to be fenced by itself (stores/epochs.ts). Within a process the callers stand in line first:
// each has a connection while the work needs others, so only a few go at once.

import { type Database, type Runner, statement } from "./database.ts";
import { usualIdleInTransactionMs } from "./pools/pool.ts";

const bePatient = statement(
  "alone-be-patient",
  "select set_config('statement_timeout', $1::text, true)",
);
const lock = statement(
  "alone-lock",
  "select pg_advisory_xact_lock(hashtextextended('alone ' || $1::text, 0))",
);
const stillHere = statement("alone-still-here", "select 1");

export type Alone = <T>(name: string, work: () => Promise<T>) => Promise<T>;

const shareOfPool = 1 / 4;
const mostAtOnce = 4;
/** Another one's work takes as long as it takes; beyond this something else is wrong. */
const mostWaitMs = 300_000;
/** Twice may be missed: by a process that was busy for a while, or a slow network. */
const usualSignEveryMs = usualIdleInTransactionMs / 3;

export function openAlone(database: Database, signEveryMs = usualSignEveryMs): Alone {
  const atOnce = Math.max(1, Math.min(mostAtOnce, database.gauge().max * shareOfPool));
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (name, work) => {
    if (underWay + 1 > atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay++;
    try {
      return await database.transaction(async (tx) => {
        await tx.rows(bePatient, [mostWaitMs]);
        await tx.rows(lock, [name]);
        return await withSigns(tx, signEveryMs, work);
      });
    } finally {
      // Whoever is next takes the place over.
      const next = waiting.shift();
      if (next === undefined) underWay--;
      else next();
    }
  };
}

/** A sign that fails is a lost connection: the commit fails as well, and says it. */
async function withSigns<T>(tx: Runner, signEveryMs: number, work: () => Promise<T>): Promise<T> {
  let sign: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    sign = sign.then(() => tx.rows(stillHere, [])).catch(() => {});
  }, signEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await sign;
  }
}
