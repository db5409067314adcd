// Two processes at one database, and a name that only one of them may work under.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { testPostgres } from "../../../test/support/postgres.ts";
import { until } from "../../../test/support/until.ts";
import { type Alone, openAlone } from "./alone.ts";
import { type Database, openDatabase, statement } from "./database.ts";

// Long enough that a busy machine misses no sign of life.
const idleInTransactionMs = 3_000;
const statementTimeoutMs = 1_000;

/** Backends that hold an advisory lock, and those that wait for one. */
const locks = statement(
  "test-alone-locks",
  `select pid, granted from pg_locks where locktype = 'advisory' and database =
     (select oid from pg_database where datname = current_database())`,
);
const end = statement("test-alone-end", "select pg_terminate_backend($1)");

type Process = { database: Database; alone: Alone };

let watcher: Database;
let here: Process;
let there: Process;

beforeAll(async () => {
  const { connectionString } = await testPostgres();
  const process = (): Process => {
    const options = { poolSize: 4, idleInTransactionMs, statementTimeoutMs };
    const database = openDatabase(connectionString, options);
    return { database, alone: openAlone(database, idleInTransactionMs / 4) };
  };
  watcher = openDatabase(connectionString, { poolSize: 1 });
  here = process();
  there = process();
}, 60_000);
afterAll(async () => {
  for (const { database } of [here, there]) await database.close();
  await watcher.close();
});

const locked = () => watcher.rows<{ pid: number; granted: boolean }>(locks, []);

test("work that takes longer than a transaction may be idle keeps its name to the end", async () => {
  const order: string[] = [];
  const begun = Promise.withResolvers<void>();
  const first = here.alone("long", async () => {
    order.push("first begins");
    begun.resolve();
    await until("a second to wait", async () => (await locked()).some(({ granted }) => !granted));
    // Time itself is what is tested: twice what silence may take, and what a statement may.
    await Bun.sleep(2 * Math.max(idleInTransactionMs, statementTimeoutMs));
    order.push("first ends");
    return 1;
  });
  await begun.promise;
  const second = there.alone("long", () => {
    order.push("second begins");
    return Promise.resolve(2);
  });
  expect(await Promise.all([first, second])).toEqual([1, 2]);
  expect(order).toEqual(["first begins", "first ends", "second begins"]);
  expect(await locked()).toEqual([]);
});

test("who loses the connection loses the name to the next, and is told so", async () => {
  const isCut = Promise.withResolvers<void>();
  const isNext = Promise.withResolvers<void>();
  const first = here.alone("lost", async () => {
    const [holder] = await locked();
    await watcher.rows(end, [holder?.pid]);
    isCut.resolve();
    await isNext.promise;
    return 1;
  });
  const lost = first.then(
    () => undefined,
    (error: unknown) => error,
  );
  await isCut.promise;
  expect(await there.alone("lost", async () => (isNext.resolve(), 2))).toBe(2);
  expect(await lost).toMatchObject({ code: "database-away", retryable: true });
  expect(await here.alone("lost", () => Promise.resolve(3))).toBe(3);
});
