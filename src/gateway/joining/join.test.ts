// Two processes, and two stores that both believe to have the line: the one that was rebuilt, and a
// master that was frozen and has woken. The process that still talks to the latter must run dry.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../test/support/records.ts";
import { isFault } from "../../foundation/fault.ts";
import { newId } from "../../foundation/ids.ts";
import { silentLog } from "../../foundation/log.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import { openEpochs } from "../../stores/epochs.ts";
import { openHotStore } from "../../stores/open.ts";
import { openRebuilder } from "../../workers/rebuilder.ts";
import { openJoiner } from "./join.ts";

let records: TestRecords;
beforeAll(async () => {
  records = await testRecords();
}, 60_000);
afterAll(() => records.stores.close());

/** A process that talks to this store. */
function processOn(hot: HotStore) {
  const { catalog, lineRecords, seatClaims: claims, alone } = records.stores;
  const deps = { hot, catalog, records: lineRecords, claims, alone, log: silentLog };
  const rebuild = openRebuilder(deps);
  // A frozen master that wakes is nobody's to rebuild: it becomes a replica.
  const epochs = openEpochs({ catalog, records: lineRecords, onStale: async () => {} });
  const asked = { ...deps, queue: hot.queue, epochs, networkShare: undefined };
  return { rebuild, joiner: openJoiner(asked, records.onSale.onSaleId) };
}

/** Joins until there is no answer any more, or enough; answers the indexes. */
async function indexesOf(joiner: ReturnType<typeof openJoiner>, most: number): Promise<number[]> {
  const indexes: number[] = [];
  while (indexes.length < most) {
    const places = await Promise.allSettled(
      Array.from({ length: 100 }, () => joiner.join({ entryId: newId("entry") })),
    );
    for (const place of places) {
      if (place.status === "fulfilled" && place.value.kind === "joined")
        indexes.push(place.value.index);
      else if (place.status === "rejected") {
        expect(isFault(place.reason, "rebuilding")).toBe(true);
        return indexes;
      }
    }
  }
  return indexes;
}

test("[Q1] a process on a master that has woken hands out nothing that the rebuilt line does", async () => {
  const [frozen, promoted] = [
    await openHotStore({ kind: "memory" }),
    await openHotStore({ kind: "memory" }),
  ];
  const [before, after] = [processOn(frozen), processOn(promoted)];
  const { onSaleId } = records.onSale;
  await before.rebuild({ kind: "queue", onSaleId });
  const first = await indexesOf(before.joiner, 300);
  expect(first).toHaveLength(300);

  await after.rebuild({ kind: "queue", onSaleId });
  const anew = await indexesOf(after.joiner, 3_000);
  const woken = await indexesOf(before.joiner, 10_000);
  expect(anew).toHaveLength(3_000);
  expect(woken.length).toBeLessThan(10_000);
  const all = [...first, ...anew, ...woken];
  expect(new Set(all).size).toBe(all.length);
});
