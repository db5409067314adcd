// Real Redis for tests: one single server and one cluster of six nodes per test process, each started
// by the first test that asks. Tests keep apart by ids of their own, or by a prefix. The servers and
// their folders go when the process ends, however it ends.

import { type RedisCluster, startRedisCluster } from "../../scripts/services/redis-cluster.ts";
import { type RedisServer, startRedisServer } from "../../scripts/services/redis-server.ts";
import { scratchFolder } from "./scratch.ts";

type Shared = { single?: Promise<RedisServer>; cluster?: Promise<RedisCluster> };

// On globalThis, because each test file may get its own copy of this module.
const key = Symbol.for("usher.test.redis");
const home = globalThis as unknown as Record<symbol, Shared | undefined>;
const shared = (): Shared => (home[key] ??= {});

export function testRedis(): Promise<RedisServer> {
  return (shared().single ??= startRedisServer({ folder: scratchFolder("test-redis") }));
}

export function testRedisCluster(): Promise<RedisCluster> {
  return (shared().cluster ??= startRedisCluster({ folder: scratchFolder("test-redis") }));
}
