// A whole installation in separate processes for the tests of the roles: two gateways on one port, two
// box offices on another, two workers, on a Redis Cluster and a PostgreSQL; what `npm run cluster` brings
// up. One for a test process, started by the first test that asks; it goes when the process ends,
// however it ends. A test that kills something waits until it is back.

import pg from "pg";
import { type Cluster, startCluster } from "../../src/cli/cluster/cluster.ts";
import type { RoleProcess } from "../../src/cli/cluster/role-process.ts";
import type { OnSaleId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import type { OnSale } from "../../src/ports/catalog.ts";
import type { HeardReport } from "../../src/ports/processes/process-reports.ts";
import { openRecords, type PostgresStores } from "../../src/stores/open.ts";
import { newFan } from "./fan-client.ts";
import { createOnSale, fastAndForgetful, opened, type TestPlatformOptions } from "./platform.ts";
import { scratchFolder } from "./scratch.ts";

export type TestCluster = Cluster & {
  records: PostgresStores;
  sell(options?: Pick<TestPlatformOptions, "opensInMs" | "settings">): Promise<OnSale>;
  arrive(onSaleId: OnSaleId): ReturnType<ReturnType<typeof newFan>["arrive"]>;
  rows<Row>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Who paces the line, by its own report. */
  leaderOf(onSaleId: OnSaleId): Promise<HeardReport | undefined>;
};

// On globalThis, because each test file may get its own copy of this module.
const key = Symbol.for("usher.test.cluster");
const home = globalThis as unknown as Record<symbol, Promise<TestCluster> | undefined>;

export function testCluster(): Promise<TestCluster> {
  return (home[key] ??= start());
}

async function start(): Promise<TestCluster> {
  const cluster = await startCluster({
    dataDir: scratchFolder(),
    counts: { gateway: 2, "box-office": 2, worker: 2 },
    ports: { gateway: 0, shop: 0, payments: 0, mailbox: 0 },
    postgresSettings: fastAndForgetful,
    log: silentLog,
  });
  const records = await openRecords(cluster.connectionString, { poolSize: 4 });
  return {
    ...cluster,
    records,
    async sell(options = {}) {
      const onSale = await createOnSale(records, options);
      if (!options.opensInMs) await opened(cluster.origins.gateway, onSale.onSaleId);
      return onSale;
    },
    arrive: (onSaleId) => newFan(cluster.origins, onSaleId).arrive(),
    async rows<Row>(sql: string, values: unknown[] = []) {
      const client = new pg.Client({ connectionString: cluster.connectionString });
      await client.connect();
      try {
        return (await client.query(sql, values)).rows as Row[];
      } finally {
        await client.end();
      }
    },
    async leaderOf(onSaleId) {
      const reports = await records.processReports.heard();
      return reports.find(
        ({ measures, silentMs }) => silentMs < 4_000 && measures.ticks?.[onSaleId] !== undefined,
      );
    },
  };
}

/** `kill -9`, and back again under the same name. */
export async function killed(role: RoleProcess): Promise<void> {
  const back = role.again();
  process.kill(role.pid(), "SIGKILL");
  await back;
}

export function oneOf(cluster: Cluster, name: string): RoleProcess {
  const found = cluster.roles.find((role) => role.name === name);
  if (found === undefined) throw new Error(`the cluster has no ${name}`);
  return found;
}
