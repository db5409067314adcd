// A whole installation on this machine, in separate processes: Redis Cluster, PostgreSQL, provider and
// mailbox, and on them several gateways on one port, several box offices on another, and workers. What a
// machine park would run, small enough to look at; the tests of the roles start it here too.
// Read next: services.ts, role-process.ts; roles/run-role.ts (what each process does).

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../foundation/free-port.ts";
import {
  ensureFirstOperator,
  type FirstOperator,
  resetFirstOperator,
} from "../../box-office/desk/first-operator.ts";
import type { Log } from "../../foundation/log.ts";
import type { OnSale } from "../../ports/catalog.ts";
import { openRecords } from "../../stores/open.ts";
import { type Closing, openClosing } from "../platform/closing.ts";
import { ensureDemo } from "../platform/demo.ts";
import type { RoleName } from "../roles/role.ts";
import { type RoleProcess, startRoleProcess } from "./role-process.ts";
import { type Services, startServices } from "./services.ts";

export type ClusterOptions = {
  dataDir: string;
  host?: string;
  counts: Readonly<Record<RoleName, number>>;
  /** 0 takes a free one. */
  ports: { gateway: number; shop: number; payments: number; mailbox: number };
  demoOpensInMs?: number | undefined;
  resetOperator?: boolean;
  drainSeconds?: number;
  logLevel?: string;
  postgresSettings?: Readonly<Record<string, string>>;
  log: Log;
  progress?: (step: string) => void;
  /** A role that died, and its return. */
  say?: (line: string) => void;
};

export type Cluster = {
  origins: { gateway: string; shop: string };
  paymentsOrigin: string;
  mailboxOrigin: string;
  connectionString: string;
  replicaUrl: string;
  redisNodes: readonly string[];
  dataDir: string;
  demo: OnSale | undefined;
  firstOperator: FirstOperator | undefined;
  roles: readonly RoleProcess[];
  /** One more of a role, on a port of its own. */
  add(role: RoleName): Promise<RoleProcess>;
  stop(): Promise<void>;
};

/** Of one process: all pools together must fit into the server's connections. */
const poolSize = "12";

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const closing = openClosing();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.run(options.log);
    throw error;
  }
}

async function start(options: ClusterOptions, closing: Closing): Promise<Cluster> {
  const { dataDir, host = "127.0.0.1", log, progress = () => {} } = options;
  mkdirSync(join(dataDir, "log"), { recursive: true });
  const ports = {
    gateway: options.ports.gateway || (await freePort()),
    shop: options.ports.shop || (await freePort()),
  };
  const origins = {
    gateway: `http://localhost:${ports.gateway}`,
    shop: `http://localhost:${ports.shop}`,
  };
  const services = await startServices(
    {
      ...options,
      host,
      shopPort: ports.shop,
      paymentsPort: options.ports.payments,
      mailboxPort: options.ports.mailbox,
      progress,
    },
    closing,
  );
  const { demo, firstOperator } = await prepare(options, services);

  const environment = environmentOf(options, services, origins);
  const roles: RoleProcess[] = [];
  const launch = async (role: RoleName, nth: number, args: readonly string[]) => {
    const started = await startRoleProcess({
      role,
      name: `${role} ${nth}`,
      args: ["--host", host, ...args],
      environment,
      logFile: join(dataDir, "log", `${role}-${nth}.log`),
      say: options.say ?? (() => {}),
    });
    closing.later(started.name, () => started.stop());
    roles.push(started);
    return started;
  };
  const countOf = (role: RoleName) => roles.filter((one) => one.role === role).length;
  const many = (role: RoleName, args: readonly string[]) =>
    Array.from({ length: options.counts[role] }, (_, at) => launch(role, at + 1, args));

  const { counts } = options;
  progress(
    `${counts.gateway} gateways, ${counts["box-office"]} box offices, ${counts.worker} workers`,
  );
  await settled([
    ...many("gateway", ["--port", String(ports.gateway), "--shared-port"]),
    ...many("box-office", ["--port", String(ports.shop), "--shared-port"]),
    ...many("worker", ["--port", "0"]),
  ]);
  // All at once, and before what they stand on.
  closing.later("roles", async () => {
    await Promise.all(roles.map((role) => role.stop()));
  });
  return {
    origins,
    paymentsOrigin: services.provider.publicAddress,
    mailboxOrigin: services.mailbox.origin,
    connectionString: services.postgres.connectionString,
    replicaUrl: services.replica.connectionString,
    redisNodes: services.redis.nodes,
    dataDir,
    demo,
    firstOperator,
    roles: roles.toSorted((a, b) => a.name.localeCompare(b.name)),
    add: (role) => launch(role, countOf(role) + 1, ["--port", "0"]),
    stop: () => closing.run(log),
  };
}

/** What one process does once, so that six do not do it at the same time: schema, first operator, demo. */
async function prepare(options: ClusterOptions, { postgres }: Services) {
  const records = await openRecords(postgres.connectionString, { poolSize: 2 });
  try {
    const { demoOpensInMs, resetOperator } = options;
    const firstOperator = await (resetOperator ? resetFirstOperator : ensureFirstOperator)(
      records.operators,
    );
    const demo =
      demoOpensInMs === undefined
        ? undefined
        : await ensureDemo(records.catalog, Date.now(), demoOpensInMs);
    return { firstOperator, demo };
  } finally {
    await records.close();
  }
}

function environmentOf(
  { drainSeconds = 1, logLevel = "info" }: ClusterOptions,
  { postgres, replica, redis, provider, keysFolder, mailbox }: Services,
  origins: Cluster["origins"],
): Record<string, string> {
  return {
    USHER_DATABASE: postgres.connectionString,
    USHER_REPLICA: replica.connectionString,
    USHER_REDIS: redis.nodes.join(","),
    USHER_GATEWAY_ORIGIN: origins.gateway,
    USHER_SHOP_ORIGIN: origins.shop,
    USHER_SANDBOX_ADDRESS: provider.address,
    USHER_SANDBOX_ORIGIN: provider.publicAddress,
    USHER_SANDBOX_KEYS: keysFolder,
    USHER_SMTP: mailbox.smtpUrl,
    USHER_POOL_SIZE: poolSize,
    USHER_DRAIN_SECONDS: String(drainSeconds),
    USHER_LOG_LEVEL: logLevel,
  };
}

/** All have ended their start before a failure is told: none is then left to nobody. */
async function settled(starts: readonly Promise<RoleProcess>[]): Promise<void> {
  const failed = (await Promise.allSettled(starts)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
