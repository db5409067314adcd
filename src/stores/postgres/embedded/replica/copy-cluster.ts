// A copy of a running cluster, by PostgreSQL's own low-level backup: between pg_backup_start and
// pg_backup_stop the files may be copied while they are written; the label that the stop answers tells
// recovery from where to replay, and replaying mends whatever was copied half-written. The embedded
// binaries have no pg_basebackup, which does the same over the network.
// KEEPS: `backup_label` is in the copy before anybody starts it. Without it the copy would believe its
// own control file and be silently corrupt.

import { chown, copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { assert } from "../../../../foundation/assert.ts";
import type { Account } from "../account.ts";

export type CopyRequest = {
  /** Of a superuser of the running server. */
  connectionString: string;
  from: string;
  /** Must not be there yet. */
  to: string;
  /** Who shall own the copy. */
  account: Account;
};

/** Kept as empty folders: what is in them belongs to the running server alone. */
const leftEmpty = new Set([
  "pg_wal",
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
]);
const leftOut = /^(postmaster\.(pid|opts)|pg_internal\.init.*|pgsql_tmp.*|.*\.tmp)$/;

export async function copyCluster(request: CopyRequest): Promise<void> {
  const { connectionString, from, to, account } = request;
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {}); // The statement that it hits rejects.
  await client.connect();
  try {
    // `fast`: a checkpoint at once, not spread over minutes.
    await client.query("select pg_backup_start('usher replica', fast => true)");
    await copyFolder(from, to, account);
    const { rows } = await client.query<{ labelfile: string }>(
      "select labelfile from pg_backup_stop(wait_for_archive => false)",
    );
    const [row] = rows;
    assert(row !== undefined, "pg_backup_stop answers the label");
    await writeOwned(join(to, "backup_label"), row.labelfile, account);
  } finally {
    await client.end().catch(() => {});
  }
}

export async function writeOwned(path: string, text: string, account: Account): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await handOver(path, account);
}

async function copyFolder(from: string, to: string, account: Account): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  await handOver(to, account);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && leftEmpty.has(entry.name)) {
      await mkdir(target, { mode: 0o700 });
      await handOver(target, account);
    } else if (entry.isDirectory()) {
      await copyFolder(source, target, account);
    } else if (entry.isFile() && !leftOut.test(entry.name)) {
      await copyOne(source, target, account);
    }
  }
}

async function copyOne(source: string, target: string, account: Account): Promise<void> {
  try {
    await copyFile(source, target);
  } catch (error) {
    // A table dropped in the meantime: the replay drops it in the copy too.
    if ((error as { code?: string }).code === "ENOENT") return;
    throw error;
  }
  await handOver(target, account);
}

async function handOver(path: string, { ids }: Account): Promise<void> {
  if (ids !== undefined) await chown(path, ids.uid, ids.gid);
}
