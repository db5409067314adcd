// Brings a database to the schema of this code: numbered, forward-only files of plain SQL, each in a
// transaction of its own, under an advisory lock so that a hundred pods may start at once.
// KEEPS: a file that was applied never changes (its SHA-256 is recorded), numbers have no gaps, and
// code older than the database refuses to run rather than write what it does not understand.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { Fault } from "../../foundation/fault.ts";
import { toFault } from "./faults.ts";

export type Migration = { number: number; name: string; checksum: string; sql: string };

const ours = fileURLToPath(new URL("./migrations", import.meta.url));
/** Any constant will do, as long as every version of Usher takes the same one. */
const lockKey = 7_411_001;
const lockTimeoutMs = 60_000;

export function readMigrations(dir: string = ours): Migration[] {
  const files = readdirSync(dir)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  return files.map((file, at) => {
    const number = Number(/^(\d{4})-[a-z0-9-]+\.sql$/.exec(file)?.[1]);
    if (number !== at + 1) {
      throw new Fault(
        "migration-misnamed",
        `migration ${file}: expected a name like ${String(at + 1).padStart(4, "0")}-what-it-does.sql`,
      );
    }
    const sql = readFileSync(`${dir}/${file}`, "utf8");
    return { number, name: file, checksum: createHash("sha256").update(sql).digest("hex"), sql };
  });
}

/** @returns the names of the files that were applied now. */
export async function migrate(connectionString: string, dir: string = ours): Promise<string[]> {
  const migrations = readMigrations(dir);
  const client = new pg.Client({ connectionString, application_name: "usher-migrate" });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(`set lock_timeout = ${lockTimeoutMs}`);
    await client.query(`select pg_advisory_lock(${lockKey})`);
    await client.query(`set client_min_messages = warning`);
    await client.query(
      `create table if not exists schema_migrations (
         number     integer primary key,
         name       text not null,
         checksum   text not null,
         applied_at timestamptz not null default now()
       )`,
    );
    const applied = await client.query("select number, name, checksum from schema_migrations");
    checkApplied(applied.rows as Applied[], migrations);
    const missing = migrations.slice(applied.rows.length);
    for (const migration of missing) await apply(client, migration);
    return missing.map(({ name }) => name);
  } catch (error) {
    throw toFault(error);
  } finally {
    await client.end().catch(() => {});
  }
}

type Applied = { number: number; name: string; checksum: string };

function checkApplied(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const newest = Math.max(0, ...applied.map(({ number }) => number));
  if (newest > migrations.length) {
    throw new Fault(
      "database-newer",
      [
        `the database has migration ${newest}, this version of Usher knows ${migrations.length}.`,
        "  mend: run the newer version again; migrations go forward only.",
      ].join("\n"),
      { detail: { newest, known: migrations.length } },
    );
  }
  for (const row of applied) {
    const migration = migrations[row.number - 1];
    if (migration?.checksum === row.checksum) continue;
    throw new Fault(
      "migration-changed",
      [
        `migration ${row.name} was applied to this database and has changed since.`,
        "  mend: restore the file as it was and put the change into a new migration;",
        "  a scratch database may simply be dropped and made again.",
      ].join("\n"),
      { detail: { name: row.name, applied: row.checksum, found: migration?.checksum } },
    );
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await client.query(migration.sql);
    await client.query(
      "insert into schema_migrations (number, name, checksum) values ($1, $2, $3)",
      [migration.number, migration.name, migration.checksum],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    const why = error instanceof Error ? error.message : String(error);
    throw new Fault("migration-failed", `migration ${migration.name} failed: ${why}`, {
      cause: error,
      detail: { name: migration.name },
    });
  }
}
