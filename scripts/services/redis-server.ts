// Real Redis or Valkey servers for tests, benchmarks and local trials: each on free ports of the
// loopback, in a folder of the caller's, without persistence. A server ends with `stop`, or when the
// process that started it is gone (a shell waits for our end of its pipe to close). For trials of
// faults it can be killed and started again where it was, with what its folder holds.
// Read next: redis-cluster.ts.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { Fault } from "../../src/foundation/fault.ts";
import { freePort } from "../../src/foundation/free-port.ts";

export type RedisServer = {
  port: number;
  url: string;
  /** Of the process that runs now; another one after `restart`. */
  readonly pid: number;
  /** Where its files lie. */
  dir: string;
  /** `kill -9`; its files stay in the folder. */
  stop(): Promise<void>;
  /** Starts it again on its port and its folder, after `stop`; with other lines of redis.conf. */
  restart(changed?: Readonly<Record<string, string>>): Promise<void>;
};

export type RedisServerOptions = {
  /** Exists, and is the caller's to remove. */
  folder: string;
  cluster?: { nodeTimeoutMs: number };
  /** More lines of redis.conf, e.g. { "maxmemory-policy": "allkeys-lru" }. */
  settings?: Readonly<Record<string, string>>;
};

const startMs = 10_000;
const attempts = 5;

/** The path of a server program; undefined when there is none. USHER_REDIS_SERVER names another. */
export function findRedisServer(): string | undefined {
  const named = process.env["USHER_REDIS_SERVER"];
  if (named !== undefined) return existsSync(named) ? named : undefined;
  const folders = (process.env["PATH"] ?? "").split(":");
  for (const name of ["redis-server", "valkey-server"]) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const program = findRedisServer();
  if (program === undefined) {
    throw new Fault(
      "no-redis-server",
      "no redis-server or valkey-server in PATH. mend: apt-get install -y redis-server",
    );
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(program, options);
    } catch (error) {
      // Another process may have taken the port between our look and the server's start.
      if (attempt === attempts) throw error;
    }
  }
}

async function startOnce(
  program: string,
  { folder, cluster, settings }: RedisServerOptions,
): Promise<RedisServer> {
  const [port, busPort] = [await freePort(), await freePort()];
  const dir = join(folder, String(port));
  mkdirSync(dir, { recursive: true });
  const lines: Record<string, string> = {
    port: String(port),
    bind: "127.0.0.1",
    dir,
    save: "",
    appendonly: "no",
    "maxmemory-policy": "noeviction",
    loglevel: "warning",
    ...(cluster === undefined
      ? {}
      : {
          "cluster-enabled": "yes",
          "cluster-port": String(busPort),
          "cluster-node-timeout": String(cluster.nodeTimeoutMs),
          "cluster-config-file": "nodes.conf",
          // Replication from memory to memory, without a pause to gather replicas.
          "repl-diskless-sync-delay": "0",
        }),
    ...settings,
    ...(settings?.["tls-cert-file"] === undefined ? {} : { port: "0", "tls-port": String(port) }),
  };
  let running = await launch(program, lines);
  const url = `${isTls(lines) ? "rediss" : "redis"}://127.0.0.1:${port}`;
  return {
    port,
    url,
    get pid() {
      return running.pid;
    },
    dir,
    stop: () => running.stop(),
    async restart(changed = {}) {
      running = await launch(program, { ...lines, ...changed });
    },
  };
}

type Running = { pid: number; stop(): Promise<void> };

async function launch(program: string, lines: Readonly<Record<string, string>>): Promise<Running> {
  const args = Object.entries(lines).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString("utf8")).slice(-4_000);
    });
  }
  const hasEnded = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const guard = endWithUs(child);
  const stop = async () => {
    child.kill("SIGKILL");
    await hasEnded;
    guard.stdin?.end();
  };
  try {
    await answers(lines, hasEnded);
  } catch (error) {
    await stop();
    throw new Fault("redis-server-start", `redis-server did not start: ${output.trim()}`, {
      cause: error,
    });
  }
  return { pid: child.pid ?? 0, stop };
}

const isTls = (lines: Readonly<Record<string, string>>) => lines["tls-port"] !== undefined;

/** One that asks for a password is up as well; one that still reads what it kept is not. */
async function answers(
  lines: Readonly<Record<string, string>>,
  hasEnded: Promise<void>,
): Promise<void> {
  const client = new Redis(Number(lines["tls-port"] ?? lines["port"]), "127.0.0.1", {
    lazyConnect: true,
    enableReadyCheck: false,
    ...(isTls(lines) ? { tls: { rejectUnauthorized: false } } : {}),
    connectTimeout: startMs,
    retryStrategy: (times) => (times * 20 > startMs ? null : 20),
    maxRetriesPerRequest: null,
  });
  client.on("error", () => undefined);
  try {
    const ended = hasEnded.then(() => Promise.reject(new Error("it ended")));
    const pong = async (): Promise<void> => {
      await client.connect().catch(() => undefined);
      const giveUpAt = performance.now() + startMs;
      for (;;) {
        const said = await client.ping().catch(String);
        if (/^PONG|NOAUTH|NOPERM/.test(said)) return;
        if (!said.includes("LOADING") || performance.now() > giveUpAt) throw new Error(said);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await Promise.race([pong(), ended]);
  } finally {
    client.disconnect();
  }
}

// A test runner may end without an exit event, and a killed one could not have one anyway.
function endWithUs(child: ChildProcess): ChildProcess {
  const script = 'while read -r line; do :; done; kill -KILL "$1" 2>/dev/null';
  const guard = spawn("/bin/sh", ["-c", script, "usher-redis-guard", String(child.pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.unref();
  child.unref();
  return guard;
}
