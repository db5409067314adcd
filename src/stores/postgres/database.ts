// PostgreSQL as one database: the primary, which has the last word, and replicas that are only read.
// Whoever reads says how fresh it must be (ports/reads/freshness.ts); everything else goes to the primary.
// Keeps: a read that a replica cannot answer, because it is away, slow or does not know the row yet, is
// answered by the primary in the same call; a write never goes anywhere else.
//
// Hot statements are made with `statement(name, text)` and prepared once per connection; the test in
// statements.test.ts prepares all of them against the migrated schema.
// Read next: pools/pool.ts, pools/replicas.ts, migrate.ts.

import type pg from "pg";
import { assert } from "../../foundation/assert.ts";
import { isFault } from "../../foundation/fault.ts";
import { systemRandom } from "../../foundation/random.ts";
import { type Freshness, type LogPosition } from "../../ports/reads/freshness.ts";
import {
  openPool,
  type Pool,
  type PoolGauge,
  type PoolOptions,
  type Reader,
  type Runner,
  runRows,
  type Statement,
  typedOn,
} from "./pools/pool.ts";
import type { GroupGauges } from "./group-commit.ts";
import { noReplicas, openReplicas, type ReplicaGauge } from "./pools/replicas.ts";
import type { ReplicaOptions } from "./pools/standing.ts";

export type { PoolGauge, Reader, Runner, Statement } from "./pools/pool.ts";
export type { ReplicaGauge } from "./pools/replicas.ts";

export type DatabaseOptions = Pick<
  PoolOptions,
  "poolSize" | "statementTimeoutMs" | "connectTimeoutMs" | "idleInTransactionMs" | "applicationName"
> &
  ReplicaOptions & {
    /** Streaming replicas of the server, one server an address. */
    replicaUrls?: readonly string[];
  };

/** Without more words, a read or a write of the primary. */
export type Database = Reader & {
  /** Reads where `freshness` allows. `undefined` from a replica is asked of the primary again. */
  read<T>(freshness: Freshness, work: (from: Reader) => Promise<T>): Promise<T>;
  /**
   * One transaction, repeated a bounded number of times when it collides with another one: so `work`
   * may run more than once and must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Runner) => Promise<T>): Promise<T>;
  /** The same, as a database of its own: for whole stores that must commit together. */
  together<T>(work: (inside: Database) => Promise<T>): Promise<T>;
  /** Whatever was committed before the call lies below it. undefined: there are no replicas, or none can tell. */
  position(): Promise<LogPosition | undefined>;
  gauge(): PoolGauge;
  replicas(): ReplicaGauge[];
  /** Of everything that is committed in groups here, by name. */
  readonly groups: GroupGauges;
  close(): Promise<void>;
};

const maxTries = 6;

const registry = new Map<string, Statement>();

/**
 * Declares a hot statement. The name is unique in the whole program: connections prepare by it.
 * @param rowsAtMost only where an answer may rightly be longer than a page (pools/pages.ts).
 */
export function statement(name: string, text: string, rowsAtMost?: number): Statement {
  assert(!registry.has(name), `two statements are named ${name}`);
  const made = { name, text, ...(rowsAtMost === undefined ? {} : { rowsAtMost }) };
  registry.set(name, made);
  return made;
}

/** Every statement declared so far, for the test that prepares them all. */
export function allStatements(): Statement[] {
  return [...registry.values()];
}

export function openDatabase(connectionString: string, options: DatabaseOptions = {}): Database {
  const primary = openPool(connectionString, options);
  const { replicaUrls = [] } = options;
  const replicas =
    replicaUrls.length === 0 ? noReplicas : openReplicas(connectionString, replicaUrls, options);
  const { typed, rows, run, withClient, gauge } = primary;

  return {
    typed,
    rows,
    run,
    gauge,
    groups: new Map(),
    async read(freshness, work) {
      const replica = replicas.pick(freshness);
      if (replica === undefined) return await work(primary);
      const found = await replica.ask(work);
      return found.kind === "answered" ? found.value : await work(primary);
    },
    transaction: (work) => retryConflicts(() => withClient((client) => transact(client, work))),
    together(work) {
      return retryConflicts(() =>
        withClient((client) => transact(client, (tx) => work(inside(primary, client, tx)))),
      );
    },
    position: replicas.position,
    replicas: replicas.gauges,
    async close() {
      await replicas.close();
      await primary.close();
    },
  };
}

async function transact<T>(client: pg.PoolClient, work: (tx: Runner) => Promise<T>): Promise<T> {
  await client.query("begin");
  let result: T;
  try {
    result = await work({ rows: (asked, values) => runRows(client, asked, values) });
  } catch (error) {
    // Where the connection is gone too, the server rolls back by itself; the first error matters.
    await client.query("rollback").catch(() => {});
    throw error;
  }
  await client.query("commit");
  return result;
}

/** Everything that is asked of it is asked in the transaction; what fails there fails as a whole. */
function inside({ run }: Pool, client: pg.PoolClient, tx: Runner): Database {
  const reader: Reader = { typed: typedOn(client), run, rows: tx.rows };
  const database: Database = {
    ...reader,
    read: (_freshness, work) => work(reader),
    transaction: (work) => work(tx),
    together: (work) => work(database),
    position: () => Promise.resolve(undefined),
    gauge: () => ({ inUse: 1, max: 1, waiting: 0 }),
    replicas: () => [],
    groups: new Map(),
    close: () => Promise.resolve(),
  };
  return database;
}

async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries >= maxTries || !isFault(error, "database-conflict")) throw error;
      await Bun.sleep(systemRandom.below(2 ** tries * 3));
    }
  }
}
