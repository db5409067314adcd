// Starts the server on a free loopback port and keeps it up: a server that dies although nobody
// stopped it (kill -9, the kernel's memory killer) is started again on the same port, so pools
// reconnect by themselves. It gives up when that happens too often, and says so.
// "Started" means a connection with the password answered a query, not that a log line was seen.

import type { ChildProcess } from "node:child_process";
import pg from "pg";
import { freePort } from "../../../foundation/free-port.ts";
import type { ClusterTools } from "./cluster.ts";
import { notStarted } from "./faults.ts";
import { databaseName, roleName } from "./layout.ts";
import { clearOrphans, writtenPid } from "./occupants.ts";
import { startWatched } from "./process.ts";
import { settingArguments } from "./settings.ts";

export type ServerRequest = {
  tools: ClusterTools;
  password: string;
  log(line: string): void;
  settings: Readonly<Record<string, string>>;
  /** Of an earlier run, to which others still hold connections; else any free one. */
  port?: number;
};

export type Server = {
  connectionString: string;
  port: number;
  pid(): number;
  stop(): Promise<void>;
};

type Running = { child: ChildProcess; gone: Promise<void>; output(): string };

const portAttempts = 5;
/** Recovery after a crash replays at most max_wal_size; minutes even on a slow disk. */
const startTimeoutMs = 300_000;
const politeStopMs = 30_000;
const restartsAllowed = 5;
const restartWindowMs = 60_000;

export async function startServer(request: ServerRequest): Promise<Server> {
  const { tools, password } = request;
  const started = await startOnFreePort(request);
  const { port } = started;
  let { running } = started;
  const connectionString = urlOf(port, password, databaseName);
  let isStopping = false;

  const watch = async () => {
    const restartedAt: number[] = [];
    for (;;) {
      await running.gone;
      if (isStopping) return;
      request.log("PostgreSQL died; starting it again");
      const now = performance.now();
      restartedAt.push(now);
      if (restartedAt.filter((at) => now - at < restartWindowMs).length > restartsAllowed) {
        request.log("PostgreSQL died too often; it is not started again");
        return;
      }
      try {
        await clearOrphans(tools.layout.cluster, request.log);
        if (isStopping) return;
        running = launch(request, port);
        await answering(request, running, port);
      } catch (error) {
        request.log(`PostgreSQL could not be started again: ${String(error)}`);
      }
    }
  };

  try {
    await makeDatabase(port, password);
  } catch (error) {
    await stopRunning(request, running);
    throw error;
  }
  const watching = watch();
  let stopped: Promise<void> | undefined;
  return {
    connectionString,
    port,
    pid: () => writtenPid(tools.layout.cluster),
    stop() {
      isStopping = true;
      stopped ??= stopRunning(request, running).then(() => watching);
      return stopped;
    },
  };
}

async function startOnFreePort(
  request: ServerRequest,
): Promise<{ running: Running; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = request.port ?? (await freePort());
    const running = launch(request, port);
    try {
      await answering(request, running, port);
      return { running, port };
    } catch (error) {
      // Somebody took the port between our look and the server's bind.
      const portTaken = /could not bind|Address already in use/.test(running.output());
      if (!portTaken || request.port !== undefined || attempt >= portAttempts) throw error;
    }
  }
}

function launch(request: ServerRequest, port: number): Running {
  const { account, binaries, layout } = request.tools;
  const child = startWatched({
    account,
    path: binaries.postgres,
    folder: layout.cluster,
    args: (folder) => ["-D", folder, "-p", String(port), ...settingArguments(request.settings)],
  });
  let output = "";
  const collect = (chunk: Buffer) => {
    const text = chunk.toString("utf8");
    output = (output + text).slice(-16_000);
    for (const line of text.split("\n")) if (line.trim() !== "") request.log(line);
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  child.stdin?.on("error", () => {}); // It died first; `gone` tells.
  const gone = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", (error) => {
      output += String(error);
      resolve();
    });
  });
  return { child, gone, output: () => output };
}

/** Resolves when a query was answered; rejects when the server ended, with what it said. */
async function answering(request: ServerRequest, running: Running, port: number): Promise<void> {
  let isGone = false;
  void running.gone.then(() => {
    isGone = true;
  });
  const until = performance.now() + startTimeoutMs;
  while (!isGone && performance.now() < until) {
    try {
      await query(urlOf(port, request.password, "postgres"), "select 1");
      return;
    } catch {
      await Bun.sleep(25);
    }
  }
  await stopRunning(request, running);
  const { layout, account } = request.tools;
  throw notStarted({ ...layout, text: running.output(), account: account.name });
}

async function stopRunning(request: ServerRequest, running: Running): Promise<void> {
  running.child.stdin?.end(); // The watchdog sends SIGINT: a fast, clean shutdown.
  const patience = setTimeout(() => {
    request.log("PostgreSQL does not stop politely; insisting");
    const pid = writtenPid(request.tools.layout.cluster);
    try {
      if (pid > 1) process.kill(pid, "SIGQUIT");
    } catch {
      // It went by itself at the last moment.
    }
  }, politeStopMs);
  await running.gone;
  clearTimeout(patience);
}

async function makeDatabase(port: number, password: string): Promise<void> {
  const url = urlOf(port, password, "postgres");
  const found = await query(url, `select 1 from pg_database where datname = '${databaseName}'`);
  if (found === 0) await query(url, `create database ${databaseName}`);
}

async function query(connectionString: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {}); // A connection that dies after its answer concerns nobody.
  try {
    await client.connect();
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end().catch(() => {});
  }
}

function urlOf(port: number, password: string, database: string): string {
  return `postgresql://${roleName}:${password}@127.0.0.1:${port}/${database}`;
}
