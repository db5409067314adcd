// Redis against the suites of all ports, single and as a cluster, opened through the door that
// production uses. Each connection of a case is a store of its own on the same servers.

import { openHotStore } from "../../src/stores/open.ts";
import { declareAll } from "../conformance/all-cases.ts";
import { testRedis, testRedisCluster } from "../support/redis.ts";

const single = async () => openHotStore({ kind: "redis", url: (await testRedis()).url });
const cluster = async () =>
  openHotStore({ kind: "redis", nodes: (await testRedisCluster()).nodes });

declareAll("redis", { open: single, connect: single });
declareAll("redis cluster", { open: cluster, connect: cluster });
