// What the roles of a local cluster stand on: a Redis Cluster of six nodes, the embedded PostgreSQL with a
// streaming replica, the sandbox payment provider and the mailbox. All end with this process, however it ends.

import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startRedisCluster } from "../../../scripts/services/redis-cluster.ts";
import { findRedisServer } from "../../../scripts/services/redis-server.ts";
import { Fault } from "../../foundation/fault.ts";
import type { Log } from "../../foundation/log.ts";
import { startEmbeddedPostgres } from "../../stores/postgres/embedded.ts";
import { startEmbeddedReplica } from "../../stores/postgres/embedded/replica/replica.ts";
import { pathTo } from "../../wire/routes.ts";
import type { Closing } from "../platform/closing.ts";
import { startMailbox } from "../platform/mailbox.ts";
import { startProviderProcess } from "../platform/provider-process.ts";

export type ServicesOptions = {
  dataDir: string;
  host: string;
  /** Where the provider's webhooks knock. */
  shopPort: number;
  paymentsPort: number;
  mailboxPort: number;
  postgresSettings?: Readonly<Record<string, string>>;
  log: Log;
  progress: (step: string) => void;
};

export type Services = Awaited<ReturnType<typeof startServices>>;

/** Six roles with their pools, and room for a person who looks. */
const maxConnections = "200";
/** Of one node; without a bound the desk could not tell how full it is. */
const maxmemory = "512mb";

export async function startServices(options: ServicesOptions, closing: Closing) {
  const { dataDir, host, log, progress } = options;
  if (findRedisServer() === undefined) {
    throw new Fault(
      "no-redis-server",
      "a cluster needs a Redis server on this machine, and there is none in PATH.\n" +
        "  mend: apt-get install redis-server (or brew install redis), or name one: USHER_REDIS_SERVER=/path/to/redis-server",
    );
  }
  progress("Redis Cluster: 3 masters, 3 replicas");
  const redisFolder = join(dataDir, "redis");
  // Nothing in it outlives its servers: the hot store is rebuilt from PostgreSQL.
  rmSync(redisFolder, { recursive: true, force: true });
  mkdirSync(redisFolder, { recursive: true });
  const redis = await startRedisCluster({ folder: redisFolder, settings: { maxmemory } });
  closing.later("Redis Cluster", () => redis.stop());

  progress("PostgreSQL");
  const postgres = await startEmbeddedPostgres({
    dataDir: join(dataDir, "postgres"),
    log: (line) => log.info({ line }, "postgres"),
    settings: { max_connections: maxConnections, ...options.postgresSettings },
  });
  closing.later("database", () => postgres.stop());

  progress("PostgreSQL replica");
  const replica = await startEmbeddedReplica({
    primary: postgres,
    dataDir: join(dataDir, "postgres-replica"),
    log: (line) => log.info({ line }, "postgres replica"),
    settings: { max_connections: maxConnections, ...options.postgresSettings },
  });
  closing.later("database replica", () => replica.stop());

  progress("payment provider (sandbox)");
  const keysFolder = join(dataDir, "sandbox-provider");
  const provider = await startProviderProcess({
    dataDir: keysFolder,
    host,
    port: options.paymentsPort,
    publicUrl: undefined,
    webhookUrl: `http://127.0.0.1:${options.shopPort}${pathTo("webhook", { provider: "sandbox" })}`,
    log,
  });
  closing.later("payment provider", () => provider.stop());

  progress("mailbox");
  const mailbox = await startMailbox({
    dataDir: join(dataDir, "mails"),
    host,
    port: options.mailboxPort,
    log,
  });
  closing.later("mailbox", () => mailbox.stop());
  return { redis, postgres, replica, provider, keysFolder, mailbox };
}
