// One pool of connections to one PostgreSQL server, and the only place that runs SQL. Keeps: every wait
// is bounded (a connection, a statement, an idle transaction), every failure is a Fault (../faults.ts),
// bigint columns arrive as numbers that are exact, a dead idle connection is never a crash, no answer is
// longer than a page, and a pool for writing never holds a connection to a server that cannot write.
// Read next: ../database.ts (the primary and its replicas as one), pages.ts.

import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { assert } from "../../../foundation/assert.ts";
import { Fault, isFault } from "../../../foundation/fault.ts";
import { toFault } from "../faults.ts";
import type { Schema } from "../schema.ts";
import { asParameter } from "./array-literal.ts";
import { checkPage, inPages } from "./pages.ts";

export type PoolOptions = {
  /** Connections at most; a pod's share of the server's max_connections. */
  poolSize?: number;
  statementTimeoutMs?: number;
  /** How long a caller waits for a connection. */
  connectTimeoutMs?: number;
  /** The server ends a connection that says nothing for so long in the middle of a transaction. */
  idleInTransactionMs?: number;
  applicationName?: string;
  /** A caller is not kept longer by a server that says nothing at all; undefined: the network decides. */
  silenceMs?: number;
  /** Only for reading: a server in recovery will do. */
  readOnly?: boolean;
};

/** For the health point. `waiting`: callers that wait for a connection. */
export type PoolGauge = { inUse: number; max: number; waiting: number };

/** `rowsAtMost` where an answer may be longer than a page. */
export type Statement = {
  readonly name: string;
  readonly text: string;
  readonly rowsAtMost?: number;
};
export type Values = readonly unknown[];

/** Runs statements: the pool itself (each on its own) or one transaction. */
export type Runner = {
  rows<Row>(statement: Statement, values: Values): Promise<Row[]>;
};

export type Reader = Runner & {
  /** Typed queries for what is not hot. Wrap them in `run`. */
  readonly typed: Kysely<Schema>;
  /** Turns whatever a typed query throws into a Fault. */
  run<T>(query: Promise<T>): Promise<T>;
};

export type Pool = Reader & {
  withClient<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T>;
  gauge(): PoolGauge;
  close(): Promise<void>;
};

const maxWaiting = 2_000;

export const usualIdleInTransactionMs = 15_000;

/**
 * Every statement of a sale reaches its rows by key. A sale begins on empty tables, whose statistics
 * lie until the first analyze, and a hash join over all seats then costs a hundred times the lookup.
 * And so a statement has one plan, made once a connection: left to itself the server makes a new one for
 * each array that is shorter than the ten rows it believes in, which costs more than a small batch does.
 */
export const planByKey = [
  ...["seqscan", "hashjoin", "mergejoin", "material"].map((way) => `enable_${way}=off`),
  "plan_cache_mode=force_generic_plan",
]
  .map((setting) => `-c ${setting}`)
  .join(" ");

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

export function openPool(connectionString: string, options: PoolOptions = {}): Pool {
  const max = options.poolSize ?? 16;
  assert(max >= 1 && max <= 500, `pool size ${max} is not between 1 and 500`);
  const pool = connectionsOf(connectionString, max, options);
  const typed = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool }),
    plugins: [inPages],
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
      if (isFault(fault, "database-away") || isFault(fault, "database-read-only")) broken = true;
      throw fault;
    } finally {
      client?.off("error", onError);
      client?.release(broken);
    }
  }

  return {
    typed,
    gauge: () => ({ inUse: pool.totalCount - pool.idleCount, max, waiting: pool.waitingCount }),
    rows: (asked, values) => withClient((client) => runRows(client, asked, values)),
    async run(query) {
      try {
        return await query;
      } catch (error) {
        throw error instanceof Error && error.name === "Bug" ? error : toFault(error);
      }
    },
    withClient,
    close: () => pool.end(),
  };
}

/** Typed queries on one connection that somebody else has taken and will give back. */
export function typedOn(client: pg.PoolClient): Kysely<Schema> {
  const taken = { query: client.query.bind(client), release() {} };
  const pool = { connect: () => Promise.resolve(taken), end: () => Promise.resolve() };
  return new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: pool as unknown as pg.Pool }),
    plugins: [inPages],
  });
}

function connectionsOf(connectionString: string, max: number, options: PoolOptions): pg.Pool {
  const { silenceMs, readOnly = false } = options;
  const pool = new pg.Pool({
    connectionString,
    max,
    types,
    options: planByKey,
    application_name: options.applicationName ?? "usher",
    connectionTimeoutMillis: options.connectTimeoutMs ?? 5_000,
    statement_timeout: options.statementTimeoutMs ?? 10_000,
    idle_in_transaction_session_timeout: options.idleInTransactionMs ?? usualIdleInTransactionMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    ...(silenceMs === undefined ? {} : { query_timeout: silenceMs }),
    ...(readOnly ? {} : forWriting),
  });
  // A connection that dies is replaced at its next use, and the statement that it hits rejects. Without
  // listeners it would be a crash: the pool's own are off while a connection is handed out or thrown away.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  return pool;
}

/**
 * What `target_session_attrs=read-write` is to libpq; pg knows neither it nor several hosts. Asked once a
 * connection: a server that is demoted restarts, and with that ends its connections.
 */
async function refuseRecovery(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ inRecovery: boolean }>(
    'select pg_is_in_recovery() as "inRecovery"',
  );
  if (rows[0]?.inRecovery !== false) throw readOnlyServer(client);
}

/** The pool waits for it, though its types do not say so. */
const forWriting: object = { onConnect: refuseRecovery };

function readOnlyServer(client: pg.ClientBase): Fault {
  const { host, port } = client as unknown as { host: string; port: number };
  return new Fault(
    "database-read-only",
    [
      `the PostgreSQL at ${host}:${port} is in recovery: a replica, or a primary that was demoted. Nothing can be sold on it.`,
      "  mend: let --database name the primary; a replica that shall take over has to be promoted first (pg_promote).",
    ].join("\n"),
    { retryable: true },
  );
}

export async function runRows<Row>(
  client: pg.PoolClient,
  asked: Statement,
  values: Values,
): Promise<Row[]> {
  const { name, text } = asked;
  const { rows } = await client.query({ name, text, values: values.map(asParameter) });
  checkPage(rows.length, name, asked.rowsAtMost);
  return rows as Row[];
}
