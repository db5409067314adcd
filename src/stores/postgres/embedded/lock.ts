// One platform per data folder. The lock is SQLite's file lock (fcntl) on an empty file: the kernel
// drops it the moment the holder dies, however it dies, so there is no stale lock to reason about
// and no reused pid to mistake for an owner. owner.json only tells people who holds it.

import { Database } from "bun:sqlite";
import { readFileSync, writeFileSync } from "node:fs";
import { Fault } from "../../../foundation/fault.ts";
import type { Layout } from "./layout.ts";

export type FolderLock = { release(): void };

/** @throws Fault `postgres-in-use` when another process (or this one) already holds the folder. */
export function lockFolder(layout: Layout): FolderLock {
  const database = new Database(layout.lock, { create: true });
  try {
    database.exec("PRAGMA busy_timeout = 0");
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    database.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw inUse(layout, cause);
  }
  writeFileSync(layout.owner, JSON.stringify({ pid: process.pid }), { mode: 0o600 });
  return {
    release() {
      database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
}

function inUse(layout: Layout, cause: unknown): Fault {
  const pid = ownerPid(layout);
  return new Fault(
    "postgres-in-use",
    [
      `the data folder ${layout.dataDir} is in use by another Usher${pid === undefined ? "" : ` (process ${pid})`}.`,
      `  mend: stop that one first${pid === undefined ? "" : ` (kill ${pid})`}, or give this one another data folder.`,
    ].join("\n"),
    { cause, detail: { dataDir: layout.dataDir, pid } },
  );
}

function ownerPid(layout: Layout): number | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(layout.owner, "utf8"));
    if (typeof owner === "object" && owner !== null && "pid" in owner) {
      return typeof owner.pid === "number" ? owner.pid : undefined;
    }
  } catch {
    // The owner is between taking the lock and writing its name: the lock alone is the truth.
  }
  return undefined;
}
