import { expect, test } from "bun:test";
import pg from "pg";
import { testPostgres } from "./postgres.ts";

async function rows(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("every call gets a database of its own, on one server", async () => {
  const [one, two] = await Promise.all([testPostgres(), testPostgres()]);
  await rows(one.connectionString, "create table seat (number int)");
  expect(await rows(two.connectionString, "select to_regclass('seat') as seat")).toEqual([
    { seat: null },
  ]);
  expect(new URL(one.connectionString).port).toBe(new URL(two.connectionString).port);
});

test("a template is filled once and copied", async () => {
  let filled = 0;
  const template = {
    name: "with-a-row",
    async fill(url: string) {
      filled++;
      await rows(url, "create table seat as select 7 as number");
    },
  };
  const databases = await Promise.all([testPostgres(template), testPostgres(template)]);
  for (const { connectionString } of databases) {
    expect(await rows(connectionString, "select number from seat")).toEqual([{ number: 7 }]);
  }
  expect(filled).toBe(1);
});
