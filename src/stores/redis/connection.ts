// Connections to Redis or Valkey, a cluster or a single server, by the same calls. What was learned
// about the client is set here and nowhere else:
//   auto-pipelining stays off (one MOVED fails the whole batch); calls are batched by us, and what is
//   said in one turn goes out in one write (one-write.ts)
//   maxRedirections is high, so that a call waits out a failover; the deadline per call is ours
//   sharded subscribers follow their slot to another node; who does not hear does without them
// Before anything is served, every master is asked whether it may forget: a maxmemory-policy other
// than noeviction throws away seats and places under load, so such a server is refused.

import { Cluster, Redis, type RedisOptions } from "ioredis";
import { Fault } from "../../foundation/fault.ts";
import { CalmCluster } from "./calm-cluster.ts";
import { inOneWrite } from "./one-write.ts";
import { withDeadline } from "./runner.ts";

export type RedisClient = Redis | Cluster;

export type RedisAddress =
  /** `redis://[user:password@]host:port`, `rediss://` for TLS. */
  | { url: string; nodes?: undefined }
  /** Some nodes of a cluster, each as such a URL; the others are found. */
  | { nodes: readonly string[]; url?: undefined };

const connectTimeoutMs = 3_000;
/** A connection that has been silent for so long while calls wait is dead: a pulled cable says nothing. */
const socketTimeoutMs = 3_000;
/** Nodes are asked one after another for the table; a frozen one must not hold up the next. */
const slotsTimeoutMs = 500;
const oldestVersion = 7;

export async function openRedisClient(
  address: RedisAddress,
  { openMs, prefix, hears = false }: { openMs: number; prefix: string; hears?: boolean },
): Promise<RedisClient> {
  const client = address.nodes === undefined ? single(address.url) : cluster(address.nodes, hears);
  let lastError: unknown;
  // Without a listener the client prints each failed attempt; calls report them as faults.
  client.on("error", (error: unknown) => {
    lastError = error;
  });
  try {
    await withDeadline(client.connect(), openMs);
    await checkRights(client, prefix);
    await checkServers(client, address.nodes !== undefined);
    return client;
  } catch (error) {
    client.disconnect();
    if (error instanceof Fault) throw error;
    throw unopened(address, lastError ?? error);
  }
}

function unopened(address: RedisAddress, error: unknown): Fault {
  const [where, reason] = [spoken(address), reasonOf(error)];
  // What a cluster's client tells of a node lies in the error that it carries.
  const refusal = /(WRONGPASS|NOAUTH|NOPERM)[^\n]*/.exec(`${reason} ${innerReason(error)}`)?.[0];
  if (refusal !== undefined) {
    const says =
      `Redis at ${where} does not let us in: ${refusal}. ` +
      "mend: name user and password in the address (redis://user:password@host), and give that user " +
      "the rights in docs/operating.md";
    return new Fault("hot-store-login", says, { cause: error });
  }
  const says = `no Redis at ${where}: ${reason} ${innerReason(error)}`.trimEnd();
  return new Fault("hot-store-away", `${says}. mend: start it, or correct the address`, {
    retryable: true,
    cause: error,
  });
}

function single(url: string): Redis {
  const redis = new Redis(url, {
    ...sharedOptions,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => backoffMs(times),
  });
  redis.on("connect", () => inOneWrite(redis.stream));
  return redis;
}

function cluster(nodes: readonly string[], hears: boolean): Cluster {
  const first = new URL(nodes[0] ?? "redis://127.0.0.1");
  const all = new CalmCluster([...nodes], {
    lazyConnect: true,
    enableAutoPipelining: false,
    maxRedirections: 256,
    retryDelayOnClusterDown: 100,
    retryDelayOnFailover: 50,
    slotsRefreshTimeout: slotsTimeoutMs,
    // A moved slot is noticed by the next call; subscribers have none, so the table is refreshed too.
    slotsRefreshInterval: 5_000,
    // At every refresh the table of 16,384 slots is compared as text: only where it is of use.
    shardedSubscribers: hears,
    clusterRetryStrategy: (times) => backoffMs(times),
    redisOptions: {
      ...sharedOptions,
      ...(first.username === "" ? {} : { username: decodeURIComponent(first.username) }),
      ...(first.password === "" ? {} : { password: decodeURIComponent(first.password) }),
      ...(first.protocol === "rediss:" ? { tls: {} } : {}),
    },
  });
  all.on("+node", (node: Redis) => node.on("connect", () => inOneWrite(node.stream)));
  return all;
}

const sharedOptions = {
  enableAutoPipelining: false,
  connectTimeout: connectTimeoutMs,
  socketTimeout: socketTimeoutMs,
} satisfies RedisOptions;

/** With jitter, so that a thousand processes do not return at once. */
function backoffMs(times: number): number {
  const most = Math.min(2_000, 50 * 2 ** Math.min(times, 10));
  return most / 2 + Math.random() * (most / 2);
}

export function mastersOf(client: RedisClient): Redis[] {
  return client instanceof Cluster ? client.nodes("master") : [client];
}

async function checkServers(client: RedisClient, isCluster: boolean): Promise<void> {
  for (const master of mastersOf(client)) {
    const facts = await factsOf(master);
    const where = `${master.options.host}:${master.options.port}`;
    const policy = facts.get("maxmemory_policy") ?? "unknown";
    if (policy !== "noeviction") {
      throw new Fault(
        "hot-store-evicts",
        `Redis at ${where} has maxmemory-policy ${policy}: under load it would throw away seats and ` +
          "places in line. mend: CONFIG SET maxmemory-policy noeviction (and in redis.conf)",
        { detail: { where, policy } },
      );
    }
    const version = facts.get("redis_version") ?? "0";
    if (Number.parseInt(version, 10) < oldestVersion) {
      throw new Fault(
        "hot-store-too-old",
        `Redis at ${where} is ${version}; 7.0 or newer is needed`,
      );
    }
    if ((facts.get("cluster_enabled") === "1") === isCluster) continue;
    throw new Fault(
      "hot-store-address",
      isCluster
        ? `Redis at ${where} is a single server. mend: name it by url, not by nodes`
        : `Redis at ${where} is part of a cluster. mend: name it by nodes, not by url`,
    );
  }
}

/** The lines `name:value` of INFO. */
export async function factsOf(server: Redis): Promise<Map<string, string>> {
  const text = await server.info();
  return new Map(
    text
      .split("\r\n")
      .filter((line) => line.includes(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
}

/** Without user and password. */
function spoken(address: RedisAddress): string {
  return (address.nodes ?? [address.url])
    .map((text) => (URL.canParse(text) ? new URL(text).host : "an address that is no URL"))
    .join(", ");
}

/** A user that may not run scripts, or not on our keys, would be noticed at the first fan only. */
async function checkRights(client: RedisClient, prefix: string): Promise<void> {
  const key = `${prefix}:{rights}:meta`;
  const nothing = "return redis.call('EXISTS', KEYS[1])";
  await client.eval(nothing, 1, key);
  await client.evalsha("0".repeat(40), 1, key).catch((error: unknown) => {
    if (!reasonOf(error).startsWith("NOSCRIPT")) throw error;
  });
}

const innerReason = (error: unknown): string =>
  error instanceof Error && "lastNodeError" in error ? reasonOf(error.lastNodeError) : "";
const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
