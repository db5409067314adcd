// The one pool of connections to PostgreSQL, and the only place that runs SQL. Keeps: every wait is
// bounded (a connection, a statement, an idle transaction), every failure is a Fault (faults.ts),
// bigint columns arrive as numbers that are exact, and a dead idle connection is never a crash.
//
// Hot statements are made with `statement(name, text)` and prepared once per connection; the test in
// statements.test.ts prepares all of them against the migrated schema. Read next: migrate.ts.

import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { assert } from "../../foundation/assert.ts";
import { Fault, isFault } from "../../foundation/fault.ts";
import { systemRandom } from "../../foundation/random.ts";
import { toFault } from "./faults.ts";
import type { Schema } from "./schema.ts";

export type DatabaseOptions = {
  /** Connections at most; a pod's share of the server's max_connections. */
  poolSize?: number;
  statementTimeoutMs?: number;
  /** How long a caller waits for a connection. */
  connectTimeoutMs?: number;
  applicationName?: string;
};

/** For the health point. `waiting`: callers that wait for a connection. */
export type PoolGauge = { inUse: number; max: number; waiting: number };

export type Statement = { readonly name: string; readonly text: string };
export type Values = readonly unknown[];

/** Runs statements: the pool itself (each on its own) or one transaction. */
export type Runner = {
  rows<Row>(statement: Statement, values: Values): Promise<Row[]>;
};

export type Database = Runner & {
  /** Typed queries for what is not hot. Wrap them in `run`. */
  readonly typed: Kysely<Schema>;
  /** Turns whatever a typed query throws into a Fault. */
  run<T>(query: Promise<T>): Promise<T>;
  /**
   * One transaction, repeated a bounded number of times when it collides with another one: so `work`
   * may run more than once and must have no effect outside the transaction.
   */
  transaction<T>(work: (tx: Runner) => Promise<T>): Promise<T>;
  gauge(): PoolGauge;
  close(): Promise<void>;
};

const maxWaiting = 2_000;
const maxTries = 6;

/**
 * Every statement of a sale reaches its rows by key. A sale begins on empty tables, whose statistics
 * lie until the first analyze, and a hash join over all seats then costs a hundred times the lookup.
 */
const planByKey = ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material"]
  .map((setting) => `-c ${setting}=off`)
  .join(" ");

const registry = new Map<string, Statement>();

/** Declares a hot statement. The name is unique in the whole program: connections prepare by it. */
export function statement(name: string, text: string): Statement {
  assert(!registry.has(name), `two statements are named ${name}`);
  const made = { name, text };
  registry.set(name, made);
  return made;
}

/** Every statement declared so far, for the test that prepares them all. */
export function allStatements(): Statement[] {
  return [...registry.values()];
}

const int8 = 20;
const int8Array = 1016;

export function exactNumber(text: string): number {
  const value = Number(text);
  assert(Number.isSafeInteger(value), `bigint ${text} from the database is not exact as a number`);
  return value;
}

const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (oid === int8) return exactNumber as never;
    if (oid === int8Array) {
      const parse = pg.types.getTypeParser(oid as never, "text") as (
        text: string,
      ) => (string | null)[];
      return ((text: string) =>
        parse(text).map((item) => (item === null ? null : exactNumber(item)))) as never;
    }
    return pg.types.getTypeParser(oid, format as "text");
  },
};

function openPool(connectionString: string, max: number, options: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    types,
    options: planByKey,
    application_name: options.applicationName ?? "usher",
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: 15_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
  });
  // A connection that dies while idle is replaced at its next use; without a listener it would be a crash.
  pool.on("error", () => {});
  return pool;
}

export function openDatabase(connectionString: string, options: DatabaseOptions = {}): Database {
  const max = options.poolSize ?? 16;
  assert(max >= 1 && max <= 500, `pool size ${max} is not between 1 and 500`);
  const pool = openPool(connectionString, max, options);
  const typed = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const gauge = () => ({
    inUse: pool.totalCount - pool.idleCount,
    max,
    waiting: pool.waitingCount,
  });

  async function connect(): Promise<pg.PoolClient> {
    if (pool.waitingCount >= maxWaiting) {
      throw new Fault("database-busy", `${maxWaiting} callers already wait for a connection`, {
        retryable: true,
      });
    }
    return await pool.connect();
  }

  async function withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    let client: pg.PoolClient | undefined;
    let broken: Error | boolean = false;
    const onError = (error: Error) => {
      broken = error;
    };
    try {
      client = await connect();
      client.on("error", onError);
      return await work(client);
    } catch (error) {
      const fault = error instanceof Error && error.name === "Bug" ? error : toFault(error);
      if (isFault(fault, "database-away")) broken = true;
      throw fault;
    } finally {
      client?.off("error", onError);
      client?.release(broken);
    }
  }

  return {
    typed,
    gauge,
    rows: (asked, values) => withClient((client) => runRows(client, asked, values)),
    async run(query) {
      try {
        return await query;
      } catch (error) {
        throw toFault(error);
      }
    },
    transaction: (work) => retryConflicts(() => withClient((client) => transact(client, work))),
    close: () => pool.end(),
  };
}

async function runRows<Row>(
  client: pg.PoolClient,
  { name, text }: Statement,
  values: Values,
): Promise<Row[]> {
  const result = await client.query({ name, text, values: values as unknown[] });
  return result.rows as Row[];
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
