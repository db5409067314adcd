// The stores of a platform: PostgreSQL (embedded, or one that is given), the hot store (in this process,
// or Redis where it is given), and between them the epochs and the rebuilder.

import { join } from "node:path";
import type { Bounds } from "../../foundation/bounds.ts";
import { assert } from "../../foundation/assert.ts";
import { startEmbeddedPostgres } from "../../stores/postgres/embedded.ts";
import { openEpochs } from "../../stores/epochs.ts";
import { type HotStoreConfig, openHotStore, openRecords } from "../../stores/open.ts";
import { openRebuilder } from "../../workers/rebuilder.ts";
import type { Closing } from "./closing.ts";
import type { Log } from "../../foundation/log.ts";
import type { Clock } from "../../foundation/clock.ts";

export type StoresOptions = {
  /** Where the embedded PostgreSQL has its folder; needed where no other is given. */
  dataDir?: string;
  /** A PostgreSQL of your own instead of the embedded one. */
  databaseUrl?: string | undefined;
  /** Its streaming replicas, to read from. */
  replicaUrls?: readonly string[];
  /** A replica further behind is left out. */
  replicaLagMs?: number;
  /** A Redis of your own instead of the in-process hot store; several: some nodes of a cluster. */
  redisUrls?: readonly string[] | undefined;
  /** Settings of the embedded PostgreSQL, by name. */
  postgresSettings?: Readonly<Record<string, string>>;
  /** Connections at most: this process's share of the server's max_connections. */
  poolSize?: number;
  /** What the database's operator reads in pg_stat_activity. */
  applicationName?: string;
  clock: Clock;
  log: Log;
};

export type Stores = Awaited<ReturnType<typeof openStores>>;

const usualPoolSize = 24;

export async function openStores(options: StoresOptions, closing: Closing) {
  const { log, poolSize = usualPoolSize, applicationName = "usher" } = options;
  const connectionString = options.databaseUrl ?? (await embedded(options, closing));
  const postgres = await openRecords(connectionString, {
    poolSize,
    applicationName,
    replicaUrls: options.replicaUrls ?? [],
    ...(options.replicaLagMs === undefined ? {} : { maxLagMs: options.replicaLagMs }),
    onReplica: (change) =>
      change.inService
        ? log.info(change, "replica taken in")
        : log.warn(change, "replica left out; reads go to the others, or to the primary"),
  });
  closing.later("database connections", () => postgres.close());
  const hot = await openHotStore(hotStoreConfig(options.redisUrls));
  closing.later("hot store", () => hot.close());
  const { catalog, lineRecords: records, seatClaims: claims } = postgres;
  const rebuild = openRebuilder({ hot, catalog, records, claims, alone: postgres.alone, log });
  const epochs = openEpochs({ catalog, records, onStale: rebuild });
  /** Before anyone asks: the line and the seats of every running on-sale, where the hot store lacks them. */
  const rebuildAll = async () => {
    for (const { onSaleId, performanceId, phase } of await catalog.onSales()) {
      if (phase === "closed") continue;
      await Promise.all([
        rebuild({ kind: "queue", onSaleId }),
        rebuild({ kind: "seats", performanceId }),
      ]);
    }
  };
  const bounds: Bounds = () => ({ ...postgres.bounds(), ...hot.bounds() });
  return { postgres, hot, epochs, bounds, rebuildAll, connectionString };
}

function hotStoreConfig(urls: readonly string[] = []): HotStoreConfig {
  const [url, ...others] = urls;
  if (url === undefined) return { kind: "memory" };
  return others.length === 0 ? { kind: "redis", url } : { kind: "redis", nodes: urls };
}

async function embedded(options: StoresOptions, closing: Closing): Promise<string> {
  assert(options.dataDir !== undefined, "the embedded PostgreSQL has a folder");
  const server = await startEmbeddedPostgres({
    dataDir: join(options.dataDir, "postgres"),
    log: (line) => options.log.info({ line }, "postgres"),
    ...(options.postgresSettings ? { settings: options.postgresSettings } : {}),
  });
  closing.later("database", () => server.stop());
  return server.connectionString;
}
