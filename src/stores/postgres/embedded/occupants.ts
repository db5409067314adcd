// Who still works in a cluster's folder. Asked only while the folder's lock is ours, so whoever is
// found has lost its owner: a server whose platform was killed a moment ago, or backends whose
// server was. Every PostgreSQL process stands in the cluster's folder, and that is how they are
// found; the pid written in postmaster.pid proves nothing, because pids are used again.
//
// A second server on a folder in use would destroy it; so nothing is started before it is empty.

import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../../foundation/fault.ts";

export type StopPatience = { politeMs: number; firmMs: number };

/** The processes that work in the cluster's folder. */
export function occupantsOf(cluster: string): number[] {
  const place = statSync(cluster, { throwIfNoEntry: false });
  if (place === undefined) return [];
  if (!existsSync("/proc/self/cwd")) return [writtenPid(cluster)].filter((pid) => isPostgres(pid));
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const at = statSync(`/proc/${pid}/cwd`);
        return at.dev === place.dev && at.ino === place.ino && isPostgres(pid);
      } catch {
        return false; // Gone in the meantime, or another user's: the cluster's files are ours.
      }
    });
}

/** Stops orphans cleanly and clears what they left, so that a new server may start. */
export async function clearOrphans(
  cluster: string,
  log: (line: string) => void,
  patience: StopPatience = { politeMs: 30_000, firmMs: 10_000 },
): Promise<void> {
  const found = occupantsOf(cluster);
  if (found.length > 0) {
    const server = writtenPid(cluster);
    log(`stopping the PostgreSQL left behind by an earlier run (process ${server || found[0]})`);
    // SIGINT to the server is a fast, clean shutdown; backends without a server leave by themselves.
    if (found.includes(server)) signal(server, "SIGINT");
    if (!(await emptied(cluster, patience.politeMs))) {
      for (const pid of occupantsOf(cluster)) signal(pid, "SIGQUIT");
      if (!(await emptied(cluster, patience.firmMs))) throw stillThere(cluster);
    }
  }
  // Left by a kill -9; the pid in it may since belong to anybody, and postgres would refuse to start.
  if (existsSync("/proc/self/cwd")) rmSync(join(cluster, "postmaster.pid"), { force: true });
}

/** The server's pid according to postmaster.pid, or 0. */
export function writtenPid(cluster: string): number {
  try {
    const line = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n")[0] ?? "";
    return /^\d+$/.test(line) ? Number(line) : 0;
  } catch {
    return 0;
  }
}

function isPostgres(pid: number): boolean {
  if (pid <= 1) return false;
  if (existsSync("/proc/self/cmdline")) {
    return /postgres/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  }
  const asked = Bun.spawnSync(["ps", "-p", String(pid), "-o", "command="]);
  return /postgres/.test(asked.stdout.toString());
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It went by itself.
  }
}

async function emptied(cluster: string, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (occupantsOf(cluster).length > 0) {
    if (performance.now() > until) return false;
    await Bun.sleep(20);
  }
  return true;
}

function stillThere(cluster: string): Fault {
  const pids = occupantsOf(cluster);
  return new Fault(
    "postgres-in-use",
    [
      `another PostgreSQL (process ${pids.join(", ")}) still works in ${cluster} and does not stop.`,
      `  mend: look at it with \`ps -fp ${pids[0]}\` and stop it, then start again.`,
    ].join("\n"),
    { detail: { pid: pids[0], cluster } },
  );
}
