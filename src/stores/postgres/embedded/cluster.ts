// The database files: made once, recognised afterwards, never deleted. initdb works in `being-made`
// and the result is renamed to `cluster` when it is whole, so a machine that dies during the first
// start leaves nothing that looks like a damaged database, and whatever lies in `cluster` is
// somebody's: a folder that is not right there is reported and left alone.

import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { damaged, notStarted, otherVersion } from "./faults.ts";
import { type Layout, postgresMajor, roleName } from "./layout.ts";
import { runToEnd } from "./process.ts";

export type ClusterTools = { layout: Layout; account: Account; binaries: Binaries };

const controlFileBytes = 8192;
const initdbTimeoutMs = 180_000;
const singleUserTimeoutMs = 300_000; // It may have a crash to recover from first.

/** @throws Fault `postgres-data-damaged` for anything in the folder that is not a whole cluster. */
export function clusterIsThere({ cluster, dataDir }: Layout): boolean {
  const at = statSync(cluster, { throwIfNoEntry: false });
  if (at === undefined) return false;
  if (!at.isDirectory()) throw damaged(dataDir, cluster, "it is not a folder");
  if (readdirSync(cluster).length === 0) {
    rmdirSync(cluster);
    return false;
  }
  const versionFile = join(cluster, "PG_VERSION");
  if (!existsSync(versionFile)) throw damaged(dataDir, cluster, "its file PG_VERSION is missing");
  const version = readFileSync(versionFile, "utf8").trim().slice(0, 20);
  if (version !== postgresMajor) throw otherVersion(dataDir, cluster, JSON.stringify(version));
  const control = statSync(join(cluster, "global", "pg_control"), { throwIfNoEntry: false });
  if (control === undefined || control.size !== controlFileBytes) {
    throw damaged(dataDir, cluster, "its control file global/pg_control is missing or cut short");
  }
  return true;
}

/** Makes a new cluster, owned by the account, with the role `usher` and a generated password. */
export async function makeCluster(tools: ClusterTools): Promise<void> {
  const { layout, account, binaries } = tools;
  rmSync(layout.beingMade, { recursive: true, force: true });
  mkdirSync(layout.beingMade, { mode: 0o700 });
  const password = writePassword(layout);
  const handedOver = join(layout.beingMade, "password");
  writeFileSync(handedOver, `${password}\n`, { mode: 0o600 });
  if (account.ids !== undefined) {
    for (const path of [layout.beingMade, handedOver]) {
      chownSync(path, account.ids.uid, account.ids.gid);
    }
  }
  const { code, output } = await runToEnd(
    {
      account,
      path: binaries.initdb,
      folder: layout.beingMade,
      args: (folder) => [
        `--pgdata=${folder}/cluster`,
        `--pwfile=${folder}/password`,
        `--username=${roleName}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // Built-in collation: the same order on every machine, whatever locales it has.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
      ],
    },
    { timeoutMs: initdbTimeoutMs },
  );
  if (code !== 0) {
    rmSync(layout.beingMade, { recursive: true, force: true });
    throw notStarted({ ...layout, text: output, account: account.name });
  }
  renameSync(join(layout.beingMade, "cluster"), layout.cluster);
  rmSync(layout.beingMade, { recursive: true, force: true });
}

/** The role's password; a lost password file is replaced, since the cluster is ours to open. */
export async function passwordOf(tools: ClusterTools): Promise<string> {
  const { layout, account, binaries } = tools;
  const kept = readPassword(layout);
  if (kept !== undefined) return kept;
  const password = newPassword();
  const { code, output } = await runToEnd(
    {
      account,
      path: binaries.postgres,
      folder: layout.cluster,
      args: (folder) => ["--single", "-D", folder, "postgres"],
    },
    { input: `ALTER ROLE ${roleName} PASSWORD '${password}'\n`, timeoutMs: singleUserTimeoutMs },
  );
  if (code !== 0) throw notStarted({ ...layout, text: output, account: account.name });
  return writePassword(layout, password);
}

function readPassword(layout: Layout): string | undefined {
  if (!existsSync(layout.password)) return undefined;
  const text = readFileSync(layout.password, "utf8").trim();
  return /^[0-9a-f]{32,}$/.test(text) ? text : undefined;
}

function newPassword(): string {
  return randomBytes(24).toString("hex");
}

function writePassword(layout: Layout, password = newPassword()): string {
  const fresh = `${layout.password}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, `${password}\n`, { mode: 0o600, flush: true });
  renameSync(fresh, layout.password);
  return password;
}
