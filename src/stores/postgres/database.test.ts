import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { testPostgres } from "../../../test/support/postgres.ts";
import { Fault } from "../../foundation/fault.ts";
import { type Database, openDatabase, statement } from "./database.ts";

const sleep = statement("test-sleep", "select pg_sleep($1)");
const big = statement("test-big", "select $1::bigint as one, array[1, 2]::bigint[] as many");
const add = statement("test-add", "update counters set n = n + 1 where id = $1 returning n");
const endOthers = statement(
  "test-end-others",
  `select pg_terminate_backend(pid) from pg_stat_activity
   where datname = current_database() and pid <> pg_backend_pid()`,
);
const secret = statement("test-secret", "insert into emails (email) values ($1)");

let connectionString: string;
let database: Database;
/** Its statements may take a moment only. */
let hasty: Database;
beforeAll(async () => {
  const made = await testPostgres({
    name: "database-test",
    async fill(url) {
      const filling = openDatabase(url, { poolSize: 1 });
      for (const [at, text] of [
        "create table counters (id integer primary key, n integer not null)",
        "insert into counters values (1, 0), (2, 0)",
        "create table emails (email text primary key)",
      ].entries()) {
        await filling.rows({ name: `fill-${at}`, text }, []);
      }
      await filling.close();
    },
  });
  connectionString = made.connectionString;
  database = openDatabase(connectionString, { poolSize: 4 });
  hasty = openDatabase(connectionString, { poolSize: 1, statementTimeoutMs: 300 });
});
afterAll(async () => {
  await database.close();
  await hasty.close();
});

async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Fault);
  return error as Fault;
}

describe("database", () => {
  test("bigints are exact numbers, and one that cannot be exact is a bug", async () => {
    const limit = Number.MAX_SAFE_INTEGER;
    expect(await database.rows<object>(big, [limit])).toEqual([{ one: limit, many: [1, 2] }]);
    await expect(database.rows(big, ["9007199254740993"])).rejects.toThrow(/not exact/);
  });

  test("a statement that takes too long is a retryable fault", async () => {
    const fault = await faultOf(hasty.rows(sleep, [5]));
    expect([fault.code, fault.retryable]).toEqual(["database-slow", true]);
  });

  test("a server that is not there is a retryable fault", async () => {
    const url = new URL(connectionString);
    url.port = "1";
    const nowhere = openDatabase(url.toString(), { poolSize: 1 });
    const fault = await faultOf(nowhere.rows(big, [1]));
    expect([fault.code, fault.retryable]).toEqual(["database-away", true]);
    await nowhere.close();
  });

  test("connections that are cut are replaced", async () => {
    const other = openDatabase(connectionString, { poolSize: 2 });
    const asleep = faultOf(other.rows(sleep, [5]));
    const isAsleep = statement(
      "test-is-asleep",
      `select count(*) as n from pg_stat_activity
       where datname = current_database() and query = 'select pg_sleep($1)' and state = 'active'`,
    );
    while ((await database.rows<{ n: number }>(isAsleep, []))[0]?.n === 0) await Bun.sleep(5);
    await database.rows(endOthers, []);
    expect((await asleep).code).toBe("database-away");
    expect(await other.rows<object>(big, [7])).toEqual([{ one: 7, many: [1, 2] }]);
    await other.close();
  });

  test("waiting too long for a connection is busy, not away", async () => {
    // Long enough to open the one connection on a machine that has other things to do.
    const small = openDatabase(connectionString, { poolSize: 1, connectTimeoutMs: 2_000 });
    const long = small.rows(sleep, [5]);
    await Bun.sleep(0);
    expect((await faultOf(small.rows(big, [1]))).code).toBe("database-busy");
    expect(small.gauge()).toMatchObject({ inUse: 1, max: 1 });
    await long;
    await small.close();
  });

  test("two transactions that lock each other's rows both end, by trying again", async () => {
    const patient = openDatabase(connectionString, { poolSize: 4 });
    let runs = 0;
    const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const cross = (
      [first, second]: [number, number],
      mine: PromiseWithResolvers<void>,
      its: PromiseWithResolvers<void>,
    ) =>
      patient.transaction(async (tx) => {
        runs++;
        await tx.rows(add, [first]);
        mine.resolve();
        await its.promise;
        await tx.rows(add, [second]);
      });
    await Promise.all([cross([1, 2], one, other), cross([2, 1], other, one)]);
    // Both hold their first row before either asks for the second: one of them at least began anew.
    expect(runs).toBeGreaterThanOrEqual(3);
    expect((await patient.rows<{ n: number }>(add, [1]))[0]?.n).toBe(3);
    await patient.close();
  });

  test("a broken constraint is not retryable, and its values reach no log", async () => {
    await database.rows(secret, ["fan@example.com"]);
    const fault = await faultOf(database.rows(secret, ["fan@example.com"]));
    expect([fault.code, fault.retryable]).toEqual(["database-refused", false]);
    expect(Bun.inspect(fault)).not.toContain("fan@example.com");
    expect(fault.detail.constraint).toBe("emails_pkey");
  });
});
