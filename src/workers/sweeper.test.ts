// The sweeper on both stores: what has lapsed becomes free, what is being paid for stays.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Shop, startShop } from "../../test/support/purchase.ts";
import { silentLog } from "../foundation/log.ts";
import { openHotStore } from "../stores/open.ts";
import { openEpochs } from "../stores/epochs.ts";
import { completeOnce } from "./completer.ts";
import { openRebuilder } from "./rebuilder.ts";
import { startSweeper, sweepPerformance } from "./sweeper.ts";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
}, 60_000);
afterAll(() => shop?.close());

test("a lapsed hold is freed in both stores, a paying one is not, and its draft ends", async () => {
  const { catalog, lineRecords: records, seatClaims: claims, orders } = shop.stores;
  const hot = await openHotStore({ kind: "memory" });
  const lapsing = await shop.draft({ holdMs: 3_000 });
  const paying = await shop.draft({ holdMs: 3_000 });
  await shop.purchase.pay(paying, await shop.sandbox.card("4000000000003220"));
  await shop.until(paying.orderId, "requires-action");

  const rebuild = openRebuilder({
    hot,
    catalog,
    records,
    claims,
    alone: shop.stores.alone,
    log: silentLog,
  });
  const epochs = openEpochs({ catalog, records, onStale: rebuild });
  const { performanceId } = lapsing;
  const deps = { hot, epochs, claims, catalog, log: silentLog };
  await rebuild({ kind: "seats", performanceId });
  expect(await sweepPerformance(deps, performanceId)).toBe(0);

  while (Date.now() <= lapsing.deadline) await Bun.sleep(10);
  const sweeper = startSweeper({ ...deps, everyMs: 20 });
  while ((await shop.seatStates(lapsing))[0] !== "free") await Bun.sleep(10);
  await sweeper.stop();
  expect(await shop.seatStates(paying)).toEqual(["paying"]);
  const counts = await epochs.seats(performanceId, (scope) => hot.seats.counts(scope));
  expect(counts).toMatchObject({ held: 0, paying: 2 });

  const { purchase } = shop;
  const isCancelled = async (of: typeof paying) =>
    (await shop.find(of.orderId)).state === "cancelled";
  // Each is due by the database's clock, a moment after its deadline.
  while (!(await isCancelled(lapsing)) || !(await isCancelled(paying)))
    await completeOnce({ store: orders, purchase, log: silentLog, leaseMs: 5_000 });
  expect((await shop.find(lapsing.orderId)).reason).toBe("hold-ended");
  expect(await shop.seatStates(paying)).toEqual(["free"]);
  await hot.close();
});
