// What can be done to a Redis Cluster from outside, by the shard that a key lies on: find it, wipe all,
// kill and start anew, move a slot. Ids can be chosen so that a line and its seats share a shard.
// Read next: scripts/services/redis-cluster.ts.

import { Redis } from "ioredis";
import type { RedisCluster } from "../../../scripts/services/redis-cluster.ts";
import type { RedisServer } from "../../../scripts/services/redis-server.ts";
import { newId, type OnSaleId, type PerformanceId } from "../../../src/foundation/ids.ts";
import { lineKeys, seatKeys } from "../../../src/stores/redis/keys.ts";

export type Shard = { master: RedisServer; replica: RedisServer };
export type SaleIds = { onSaleId: OnSaleId; performanceId: PerformanceId };

export const lineKey = ({ onSaleId }: SaleIds) => lineKeys("usher", onSaleId)("meta");
export const seatsKey = ({ performanceId }: SaleIds) => seatKeys("usher", performanceId)("meta");

export async function asking<T>(server: RedisServer, ask: (client: Redis) => Promise<T>) {
  const client = new Redis(server.port, "127.0.0.1", {
    enableReadyCheck: false,
    retryStrategy: null,
  });
  client.on("error", () => undefined);
  try {
    return await ask(client);
  } finally {
    client.disconnect();
  }
}

/** As any node that answers sees it. `CLUSTER SLOTS` would leave out replicas that have just begun. */
export async function shardOf(cluster: RedisCluster, key: string): Promise<Shard> {
  for (const server of cluster.servers) {
    const known = await asking(server, async (client) => ({
      slot: Number(await client.cluster("KEYSLOT", key)),
      nodes: String(await client.cluster("NODES"))
        .trim()
        .split("\n")
        .map(nodeFrom),
    })).catch(() => undefined);
    const master = known?.nodes.find(({ owns }) => owns(known.slot));
    const replica = known?.nodes.find(({ follows }) => follows === master?.id);
    const pair = { master: serverAt(cluster, master), replica: serverAt(cluster, replica) };
    if (pair.master !== undefined && pair.replica !== undefined) return pair as Shard;
  }
  throw new Error(`no shard with a replica has ${key}`);
}

/** `id host:port@bus flags master ping pong epoch link slot…`, and nothing of the failed. */
function nodeFrom(line: string) {
  const [id = "", address = "", flags = "", follows = "", , , , , ...slots] = line.split(" ");
  const ranges = flags.includes("fail") ? [] : slots.map((range) => range.split("-").map(Number));
  const port = Number(/:(\d+)@/.exec(address)?.[1]);
  const owns = (slot: number) =>
    ranges.some(([from = -1, to = from]) => slot >= from && slot <= to);
  return { id, port, follows, owns };
}

function serverAt(
  { servers }: RedisCluster,
  node: { port: number } | undefined,
): RedisServer | undefined {
  return servers.find(({ port }) => port === node?.port);
}

export async function isMaster(server: RedisServer): Promise<boolean> {
  const [role] = await asking(server, async (client) => (await client.call("ROLE")) as [string]);
  return role === "master";
}

/** Ids whose line and seats lie on one shard, so that a fault hits the whole sale. */
export async function idsOnOneShard(cluster: RedisCluster): Promise<SaleIds> {
  for (;;) {
    const ids = { onSaleId: newId("on-sale"), performanceId: newId("performance") };
    const [line, seats] = [
      await shardOf(cluster, lineKey(ids)),
      await shardOf(cluster, seatsKey(ids)),
    ];
    if (line.master === seats.master) return ids;
  }
}

export async function wipe(servers: readonly RedisServer[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      if (await isMaster(server)) await asking(server, (client) => client.flushall());
    }),
  );
}

/** As `redis-cli --cluster reshard` does it: the slot of a key goes to another master, key by key. */
export async function moveSlot(cluster: RedisCluster, key: string): Promise<RedisServer> {
  const { master: from } = await shardOf(cluster, key);
  const masters: RedisServer[] = [];
  for (const server of cluster.servers) if (await isMaster(server)) masters.push(server);
  const to = masters.find((server) => server !== from);
  if (to === undefined) throw new Error("there is no other master");
  const idOf = (server: RedisServer) => asking(server, (client) => client.cluster("MYID"));
  const [fromId, toId] = [String(await idOf(from)), String(await idOf(to))];
  const slot = await asking(from, async (client) => Number(await client.cluster("KEYSLOT", key)));
  const set = (server: RedisServer, ...how: string[]) =>
    asking(server, (client) => client.call("CLUSTER", "SETSLOT", slot, ...how));
  await set(to, "IMPORTING", fromId);
  await set(from, "MIGRATING", toId);
  await asking(from, async (client) => {
    for (;;) {
      const keys = await client.cluster("GETKEYSINSLOT", slot, 100);
      if (keys.length === 0) return;
      await client.call("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "REPLACE", "KEYS", ...keys);
    }
  });
  for (const server of [to, from, ...masters]) await set(server, "NODE", toId);
  return to;
}
