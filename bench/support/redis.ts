// A Redis of the benchmark's own with the hot store on it, and redis-benchmark beside it.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisServer, startRedisServer } from "../../scripts/services/redis-server.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import { openHotStore } from "../../src/stores/open.ts";

export type RedisUnderLoad = { server: RedisServer; store: HotStore; close(): Promise<void> };

export async function startRedis(): Promise<RedisUnderLoad> {
  const folder = mkdtempSync(join(tmpdir(), "usher-bench-redis-"));
  const server = await startRedisServer({ folder });
  const store = await openHotStore({ kind: "redis", url: server.url });
  return {
    server,
    store,
    async close() {
      await store.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Calls a second that redis-benchmark reaches with the command. @param shape e.g. `-c 8 -P 64`. */
export async function redisBenchmark(
  port: number,
  { calls, shape, command }: { calls: number; shape: readonly string[]; command: string[] },
): Promise<number> {
  const args = ["-p", String(port), "-n", String(calls), "-r", "1000000000", "--csv"];
  const child = spawn("redis-benchmark", [...args, ...shape, ...command], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  const last = output.trim().split("\n").at(-1) ?? "";
  const perSec = Number(/","([\d.]+)"/.exec(last)?.[1]);
  if (!(perSec > 0)) throw new Error(`redis-benchmark said: ${output}`);
  return perSec;
}
