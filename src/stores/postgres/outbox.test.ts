import { afterAll, beforeAll, expect, test } from "bun:test";
import { migratedPostgres } from "../../../test/support/records.ts";
import type { Outbox } from "../../ports/outbox.ts";
import { type Database, openDatabase, statement } from "./database.ts";
import { openOutbox } from "./outbox.ts";

const owe = statement(
  "test-owe",
  `insert into outbox (key, topic, payload)
   select 'order:' || n || ':order-confirmed', 'order-confirmed', jsonb_build_object('orderId', n)
   from generate_series(1, $1::integer) n`,
);
const lastError = statement("test-last-error", "select last_error from outbox where id = $1");

let database: Database;
let outbox: Outbox;
beforeAll(async () => {
  database = openDatabase(await migratedPostgres(), { poolSize: 8 });
  outbox = openOutbox(database);
  await database.rows(owe, [40]);
});
afterAll(() => database.close());

test("relays share the rows out, each row once, oldest first", async () => {
  const takes = await Promise.all([1, 2, 3, 4, 5].map(() => outbox.take(8, 60_000)));
  const keys = takes.flat().map(({ key }) => key);
  expect(keys).toHaveLength(40);
  expect(new Set(keys).size).toBe(40);
  for (const rows of takes) {
    expect(rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id).sort((a, b) => a - b));
  }
  expect(await outbox.take(8, 60_000)).toEqual([]);
  for (const { id } of takes.flat().slice(2)) await outbox.sent(id);
  for (const { id } of takes.flat().slice(0, 2)) await outbox.failed(id, "mailbox full", 0);
});

test("a failed row comes back, until it has failed too often; then it stays with its error", async () => {
  for (let tries = 2; tries <= 20; tries++) {
    const rows = await outbox.take(10, 0);
    expect(rows.map((row) => row.tries)).toEqual([tries, tries]);
    for (const { id } of rows) await outbox.failed(id, "mailbox full", 0);
  }
  expect(await outbox.take(10, 0)).toEqual([]);
  expect(await database.rows<object>(lastError, [1])).toEqual([{ last_error: "mailbox full" }]);
});
