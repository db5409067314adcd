// Real Redis for tests: one single server and one cluster of six nodes per test process, each started
// by the first test that asks. Tests keep apart by ids of their own, or by a prefix. The servers and
// their folders go when the process ends, however it ends.

import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RedisCluster, startRedisCluster } from "../../scripts/services/redis-cluster.ts";
import { type RedisServer, startRedisServer } from "../../scripts/services/redis-server.ts";

type Shared = { single?: Promise<RedisServer>; cluster?: Promise<RedisCluster> };

// On globalThis, because each test file may get its own copy of this module.
const key = Symbol.for("usher.test.redis");
const home = globalThis as unknown as Record<symbol, Shared | undefined>;
const shared = (): Shared => (home[key] ??= {});

export function testRedis(): Promise<RedisServer> {
  return (shared().single ??= startRedisServer({ folder: scratchFolder() }));
}

export function testRedisCluster(): Promise<RedisCluster> {
  return (shared().cluster ??= startRedisCluster({ folder: scratchFolder() }));
}

/** A folder that is removed when this process has ended and whatever ran in it has too. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "usher-test-redis-"));
  const script = 'while read -r line; do :; done; sleep 0.5; rm -rf "$1"; sleep 1; rm -rf "$1"';
  spawn("/bin/sh", ["-c", script, "usher-test-janitor", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  }).unref();
  return folder;
}
