// A Redis Cluster of six nodes on this machine: three masters, a replica each. Ready means that every
// node says cluster_state:ok and every replica master_link_status:up; killing a master before its
// replica has synced would leave that shard without anyone to take over.

import { Redis } from "ioredis";
import { Fault } from "../../src/foundation/fault.ts";
import { type RedisServer, startRedisServer } from "./redis-server.ts";

export type RedisCluster = {
  /** URLs of all nodes. */
  nodes: string[];
  servers: readonly RedisServer[];
  /** Waits until every slot is served and every master has its replica again. */
  ready(): Promise<void>;
  stop(): Promise<void>;
};

const slots = 16_384;
const masters = 3;
const nodeCount = 6;
const readyMs = 30_000;

export async function startRedisCluster(options: {
  folder: string;
  /** How soon a dead master is noticed. */
  nodeTimeoutMs?: number;
  settings?: Readonly<Record<string, string>>;
}): Promise<RedisCluster> {
  const { folder, nodeTimeoutMs = 1_500, settings = {} } = options;
  const started = await Promise.allSettled(
    Array.from({ length: nodeCount }, () =>
      startRedisServer({ folder, cluster: { nodeTimeoutMs }, settings }),
    ),
  );
  const servers = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const clients = servers.map(({ port }) => new Redis(port, "127.0.0.1"));
  try {
    if (servers.length < nodeCount) {
      throw new Fault("redis-cluster-start", "not all nodes of the cluster started", {
        cause: started.find((one) => one.status === "rejected")?.reason,
      });
    }
    await join(clients, servers);
    const ready = () => eventually("the cluster is ready", () => isReady(servers));
    await ready();
    return { nodes: servers.map(({ url }) => url), servers, ready, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    for (const client of clients) client.disconnect();
  }
}

async function join(clients: readonly Redis[], servers: readonly RedisServer[]): Promise<void> {
  const [first] = clients;
  const ids: string[] = [];
  for (const [nth, client] of clients.entries()) {
    ids.push(String(await client.cluster("MYID")));
    // Ranks of their own from the start, so that two masters never have to settle on one.
    await client.call("CLUSTER", "SET-CONFIG-EPOCH", nth + 1);
    if (nth >= masters) continue;
    const from = Math.ceil((slots * nth) / masters);
    const to = Math.ceil((slots * (nth + 1)) / masters) - 1;
    await client.call("CLUSTER", "ADDSLOTSRANGE", from, to);
  }
  for (const { port } of servers.slice(1)) {
    const busPort = await busPortOf(
      clients[servers.findIndex((one) => one.port === port)] as Redis,
    );
    await first?.call("CLUSTER", "MEET", "127.0.0.1", port, busPort);
  }
  await eventually("all nodes know each other", async () => {
    const known = await Promise.all(clients.map((client) => client.cluster("INFO")));
    return known.every((text) => String(text).includes(`cluster_known_nodes:${nodeCount}`));
  });
  for (const [nth, client] of clients.entries()) {
    const master = ids[nth - masters];
    if (nth >= masters && master !== undefined) await client.call("CLUSTER", "REPLICATE", master);
  }
}

async function busPortOf(client: Redis): Promise<string> {
  const answer = (await client.config("GET", "cluster-port")) as unknown;
  const value = Array.isArray(answer) ? answer[1] : Object.values(answer as object)[0];
  return String(value);
}

async function isReady(servers: readonly RedisServer[]): Promise<boolean> {
  const states = await Promise.all(
    servers.map(async ({ port }) => {
      const client = new Redis(port, "127.0.0.1", { enableReadyCheck: false });
      try {
        return {
          cluster: String(await client.cluster("INFO")),
          nodes: String(await client.cluster("NODES")),
          replication: await client.info("replication"),
        };
      } finally {
        client.disconnect();
      }
    }),
  );
  const replicas = states.filter(({ replication }) => replication.includes("role:slave"));
  return (
    states.every(({ cluster }) => cluster.includes("cluster_state:ok")) &&
    // Everybody knows who replicates whom: only then would they vote for one to take over.
    states.every(({ nodes }) => (nodes.match(/slave /g) ?? []).length === nodeCount - masters) &&
    replicas.length === nodeCount - masters &&
    replicas.every(({ replication }) => replication.includes("master_link_status:up"))
  );
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + readyMs;
  while (!(await holds())) {
    if (performance.now() > giveUpAt)
      throw new Fault("redis-cluster-start", `not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
