// A streaming replica of the embedded PostgreSQL, beside it on this machine: a copy of its files, then
// everything it writes from there on, replayed as it comes. For the local cluster and for tests; an
// installation brings replicas of its own. The copy is made anew at every start, so a replica has no
// state that could be wrong; after a death it goes on from where it was, on the same port.
// KEEPS: a folder that was promoted to a primary holds the truth and is never made anew.
// Read next: copy-cluster.ts, slot.ts; ../server.ts keeps it up.

import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { Fault } from "../../../../foundation/fault.ts";
import type { EmbeddedPostgres } from "../../embedded.ts";
import { accountFor } from "../account.ts";
import { findBinaries } from "../binaries.ts";
import type { ClusterTools } from "../cluster.ts";
import { type Layout, layoutOf } from "../layout.ts";
import { lockFolder } from "../lock.ts";
import { clearOrphans } from "../occupants.ts";
import { type Server, startServer } from "../server.ts";
import { copyCluster, writeOwned } from "./copy-cluster.ts";
import { dropSlot, makeSlot, settingsOf } from "./slot.ts";

export type EmbeddedReplicaOptions = {
  primary: EmbeddedPostgres;
  /** A folder of its own. */
  dataDir: string;
  /** A line at a time; never a password. */
  log(line: string): void;
  /** PostgreSQL settings by name, over the defaults; what must equal the primary's is taken from it. */
  settings?: Readonly<Record<string, string>>;
};

export type EmbeddedReplica = {
  /** Of the database `usher`, read only. Holds the password: never log it. */
  connectionString: string;
  port: number;
  dataDir: string;
  pid(): number;
  /** Shuts it down, to go on later: the primary keeps for it what it misses meanwhile. */
  suspend(): Promise<void>;
  resume(): Promise<void>;
  /** Leaves for good. Harmless when repeated, and when the primary is gone already. */
  stop(): Promise<void>;
};

const standbySettings = {
  // A vacuum on the primary waits for our reads, rather than cancelling them.
  hot_standby_feedback: "on",
  // Whatever still conflicts with a read may hold the replay back for so long and no longer.
  max_standby_streaming_delay: "2s",
  wal_receiver_status_interval: "1s",
  // How soon it is back after its primary was started again.
  wal_retrieve_retry_interval: "250ms",
};

export async function startEmbeddedReplica(
  options: EmbeddedReplicaOptions,
): Promise<EmbeddedReplica> {
  const { primary, log } = options;
  const layout = layoutOf(resolve(options.dataDir));
  mkdirSync(layout.dataDir, { recursive: true, mode: 0o700 });
  chmodSync(layout.dataDir, 0o700);
  const lock = lockFolder(layout);
  const slot = slotOf(layout);
  const dropOwnSlot = () => dropSlot(primary.connectionString, slot).catch(() => {});
  try {
    const account = accountFor(layoutOf(primary.dataDir).cluster);
    const tools: ClusterTools = { layout, account, binaries: findBinaries(account) };
    await makeCopy(tools, primary, slot, log);
    const settings = {
      ...(await settingsOf(primary.connectionString)),
      ...standbySettings,
      ...options.settings,
    };
    const password = decodeURIComponent(new URL(primary.connectionString).password);
    const start = (port?: number) =>
      startServer({ tools, password, log, settings, ...(port === undefined ? {} : { port }) });
    let server: Server = await start();
    const { port, connectionString } = server;
    return {
      connectionString,
      port,
      dataDir: layout.dataDir,
      pid: () => server.pid(),
      suspend: () => server.stop(),
      async resume() {
        server = await start(port);
      },
      async stop() {
        await server.stop();
        await dropOwnSlot();
        lock.release();
      },
    };
  } catch (error) {
    await dropOwnSlot();
    lock.release();
    throw error;
  }
}

async function makeCopy(
  tools: ClusterTools,
  primary: EmbeddedPostgres,
  slot: string,
  log: (line: string) => void,
): Promise<void> {
  const { layout, account } = tools;
  const { cluster, beingMade } = layout;
  if (existsSync(cluster)) {
    refusePromoted(layout);
    await clearOrphans(cluster, log);
  }
  for (const path of [cluster, beingMade]) rmSync(path, { recursive: true, force: true });
  await makeSlot(primary.connectionString, slot);
  const from = layoutOf(primary.dataDir).cluster;
  const { connectionString } = primary;
  await copyCluster({ connectionString, from, to: beingMade, account });
  // In a file that only the account reads: a command line is shown to everybody by `ps`.
  const follows = `primary_conninfo = '${conninfoOf(connectionString)}'\nprimary_slot_name = '${slot}'\n`;
  await writeOwned(join(beingMade, "postgresql.auto.conf"), follows, account);
  await writeOwned(join(beingMade, "standby.signal"), "", account);
  renameSync(beingMade, cluster);
}

function refusePromoted({ cluster, dataDir }: Layout): void {
  if (existsSync(join(cluster, "standby.signal"))) return;
  throw new Fault(
    "postgres-data-damaged",
    [
      `the folder ${dataDir} was to hold a replica, but what is in it is a database of its own (a replica that was promoted?).`,
      "  mend: nothing was changed there. Keep it if it is the primary now; else remove it and start again.",
    ].join("\n"),
    { detail: { dataDir } },
  );
}

/** Name and password are ours, hexadecimal or plain words: nothing in them needs quoting. */
function conninfoOf(connectionString: string): string {
  const { hostname, port, username, password } = new URL(connectionString);
  return `host=${hostname} port=${port} user=${username} password=${password} application_name=usher-replica`;
}

function slotOf({ dataDir }: Layout): string {
  return `usher_${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`;
}
