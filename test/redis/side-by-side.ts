// Two stores given the same calls: the in-process one is the model, Redis must answer alike. A fault
// counts as an answer by its code.

import { expect } from "bun:test";
import { isFault } from "../../src/foundation/fault.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import { openHotStore } from "../../src/stores/open.ts";
import { testRedis } from "../support/redis.ts";

export type Both = {
  /** The same call on both; answers what both answered. */
  call<Value>(what: string, make: (store: HotStore) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
};

export async function openBoth(): Promise<Both> {
  const model = await openHotStore({ kind: "memory" });
  const redis = await openHotStore({ kind: "redis", url: (await testRedis()).url });
  return {
    async call(what, make) {
      const [expected, got] = await Promise.all([settled(make(model)), settled(make(redis))]);
      // The call's name stands in both, so that a difference says where it was seen.
      expect({ what, reply: got }).toEqual({ what, reply: expected });
      return expected as Awaited<ReturnType<typeof make>>;
    },
    async close() {
      await model.close();
      await redis.close();
    },
  };
}

async function settled(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (isFault(error)) return { kind: "fault", code: error.code };
    throw error;
  }
}
