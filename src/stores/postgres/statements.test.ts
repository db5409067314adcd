// Every hot statement is valid against the migrated schema, before anybody needs it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import { migratedPostgres } from "../../../test/support/records.ts";
import "../open.ts";
import { allStatements } from "./database.ts";

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await migratedPostgres() });
  await client.connect();
});
afterAll(() => client.end());

test("all hot statements can be prepared", async () => {
  const statements = allStatements().filter(({ name }) => !name.startsWith("test-"));
  expect(statements.length).toBeGreaterThanOrEqual(18);
  for (const { name, text } of statements) {
    await client.query(`prepare "${name}" as ${text}`).catch((error: unknown) => {
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
    });
  }
});

test("and one that names a missing column is caught", async () => {
  const prepare = client.query("prepare planted as select no_such_column from seat_claims");
  await expect(prepare).rejects.toThrow(/no_such_column/);
});
