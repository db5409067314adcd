// Somebody dies between a commit and telling of it: the hot store must come to show the truth.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Shop, startShop } from "../../test/support/purchase.ts";
import { systemClock } from "../foundation/clock.ts";
import { newId } from "../foundation/ids.ts";
import { silentLog } from "../foundation/log.ts";
import { openEpochs } from "../stores/epochs.ts";
import { openHotStore } from "../stores/open.ts";
import { mendPerformance } from "./mender.ts";
import { openRebuilder } from "./rebuilder.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
}, 60_000);
afterAll(() => shop?.close());

test("a sale nobody told of is told in the second round; what is just happening is left alone", async () => {
  const { catalog, lineRecords: records, seatClaims: claims, alone } = shop.stores;
  const hot = await openHotStore({ kind: "memory" });
  const common = { hot, catalog, records, claims, alone, clock: systemClock, log: silentLog };
  const epochs = openEpochs({ ...common, onStale: openRebuilder(common) });
  const order = await shop.draft({ count: 2 });
  const { performanceId } = order;
  const counts = () => epochs.seats(performanceId, (scope) => hot.seats.counts(scope));
  const mend = (before: Awaited<ReturnType<typeof mendPerformance>>) =>
    mendPerformance({ ...common, epochs }, performanceId, before);
  expect(await counts()).toMatchObject({ held: 2, sold: 0 });
  expect((await mend(new Map())).size).toBe(0);

  // The shop of this test tells no hot store: as if killed each time after the commit.
  await shop.purchase.pay(order, await shop.sandbox.card());
  await shop.until(order.orderId, "confirmed");
  expect(await counts()).toMatchObject({ held: 2, sold: 0 });
  // A hold of this moment, not yet in PostgreSQL.
  const owner = newId("entry");
  await epochs.seats(performanceId, (scope) =>
    hot.seats.hold(scope, {
      requestId: owner,
      owner,
      holdId: newId("hold"),
      seats: [9_000],
      holdMs: 60_000,
      maxHoldMs: 60_000,
      limit: 4,
    }),
  );

  const first = await mend(new Map());
  expect([...first.keys()].sort()).toEqual(order.lines.map(({ seat }) => seat).sort());
  expect(await counts()).toMatchObject({ held: 3, sold: 0 });
  await mend(first);
  expect(await counts()).toMatchObject({ held: 1, sold: 2 });
  expect((await mend(new Map())).size).toBe(0);
  await hot.close();
});
