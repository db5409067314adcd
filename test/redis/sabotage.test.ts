// The suites on Redis under test: on a store that is broken in one way, the case that is there for it
// fails here too, over real connections.

import { expect, test } from "bun:test";
import { openHotStore } from "../../src/stores/open.ts";
import { casesOf } from "../conformance/all-cases.ts";
import { sabotages } from "../conformance/sabotages.ts";
import { failuresOf } from "../conformance/suite.ts";
import { testRedis } from "../support/redis.ts";

const sound = async () => openHotStore({ kind: "redis", url: (await testRedis()).url });

for (const { name, breaks, caughtBy, spoil } of sabotages) {
  test(`caught on Redis: ${name}`, async () => {
    const open = async () => spoil(await sound());
    const named = casesOf[breaks].filter((one) => one.name === caughtBy);
    expect(named.length).toBe(1);
    expect(await failuresOf(named, { open, connect: open })).toEqual([caughtBy]);
  });
}
