import { afterAll, describe, expect, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync, writeFileSync, appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testPostgres } from "../../../test/support/postgres.ts";
import { isFault } from "../../foundation/fault.ts";
import { openDatabase, statement } from "./database.ts";
import { migrate, readMigrations } from "./migrate.ts";

const scratch = mkdtempSync(join(tmpdir(), "usher-migrate-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function copyOfMigrations(name: string): string {
  const dir = join(scratch, name);
  cpSync(fileURLToPath(new URL("./migrations", import.meta.url)), dir, { recursive: true });
  return dir;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return isFault(error) ? error.code : String(error);
  }
  return "nothing was thrown";
}

describe("migrate", () => {
  test("applies every file once, also when several processes start together", async () => {
    const { connectionString } = await testPostgres();
    const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(connectionString)));
    expect(runs.flat()).toEqual(readMigrations().map(({ name }) => name));
    expect(await migrate(connectionString)).toEqual([]);
  });

  test("goes forward by new files, and older code then refuses", async () => {
    const { connectionString } = await testPostgres();
    await migrate(connectionString);
    const dir = copyOfMigrations("newer");
    const next = `${String(readMigrations().length + 1).padStart(4, "0")}-more.sql`;
    writeFileSync(join(dir, next), "create table more (id integer primary key);");
    expect(await migrate(connectionString, dir)).toEqual([next]);
    expect(await codeOf(migrate(connectionString))).toBe("database-newer");
  });

  test("refuses a file that changed after it was applied", async () => {
    const { connectionString } = await testPostgres();
    await migrate(connectionString);
    const dir = copyOfMigrations("changed");
    appendFileSync(join(dir, "0001-first.sql"), "\n-- an afterthought\n");
    expect(await codeOf(migrate(connectionString, dir))).toBe("migration-changed");
  });

  test("a failing file leaves nothing behind and names itself", async () => {
    const { connectionString } = await testPostgres();
    const dir = copyOfMigrations("failing");
    const next = `${String(readMigrations().length + 1).padStart(4, "0")}-broken.sql`;
    writeFileSync(join(dir, next), "create table half (id integer); select nonsense;");
    expect(await codeOf(migrate(connectionString, dir))).toBe("migration-failed");
    const database = openDatabase(connectionString, { poolSize: 1 });
    const found = statement("test-half", "select to_regclass('half') as half");
    expect(await database.rows<{ half: string | null }>(found, [])).toEqual([{ half: null }]);
    await database.close();
  });

  test("refuses a gap in the numbers", () => {
    const dir = copyOfMigrations("gap");
    writeFileSync(join(dir, "0099-far.sql"), "select 1;");
    expect(() => readMigrations(dir)).toThrow(/0099-far/);
  });
});
