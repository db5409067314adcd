// The one door to every store, for main files and for test suites alike: nobody else constructs an
// adapter, so that what is tested is what is run.

import type { Clock } from "../foundation/clock.ts";
import type { HotStore } from "../ports/hot-store.ts";
import { memoryHotStore } from "./memory/memory-hot-store.ts";
import { type RedisHotStoreConfig, redisHotStore } from "./redis/redis-hot-store.ts";

export { openEvidence } from "./postgres/reads/evidence.ts";
export { openPostgres as openRecords, type PostgresStores } from "./postgres/open-postgres.ts";

export type HotStoreConfig =
  | {
      kind: "memory";
      /** For tests: the store's own clock, which counts where a call names no `now`. */
      clock?: Clock;
    }
  | RedisHotStoreConfig;

export async function openHotStore(config: HotStoreConfig): Promise<HotStore> {
  switch (config.kind) {
    case "memory":
      return memoryHotStore(config.clock);
    case "redis":
      return await redisHotStore(config);
  }
}
