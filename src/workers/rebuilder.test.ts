// Two processes and one hot store: what a rebuild must not do to the others.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../test/support/records.ts";
import { newId } from "../foundation/ids.ts";
import { silentLog } from "../foundation/log.ts";
import type { HotStore } from "../ports/hot-store.ts";
import { type Epochs, openEpochs } from "../stores/epochs.ts";
import { openHotStore, openRecords, type PostgresStores } from "../stores/open.ts";
import { openRebuilder, type Rebuilder } from "./rebuilder.ts";

type Process = { rebuild: Rebuilder; epochs: Epochs };

let records: TestRecords;
let elsewhere: PostgresStores;
let hot: HotStore;
let here: Process;
let there: Process;

beforeAll(async () => {
  records = await testRecords();
  elsewhere = await openRecords(records.connectionString);
}, 60_000);
beforeEach(async () => {
  hot = await openHotStore({ kind: "memory" });
  here = processOn(records.stores);
  there = processOn(elsewhere);
});
afterAll(async () => {
  await records.stores.close();
  await elsewhere.close();
});

function processOn({ catalog, lineRecords, seatClaims: claims, alone }: PostgresStores): Process {
  const deps = { hot, catalog, records: lineRecords, claims, alone, log: silentLog };
  const rebuild = openRebuilder(deps);
  return { rebuild, epochs: openEpochs({ catalog, records: lineRecords, onStale: rebuild }) };
}

test("processes that miss the epoch at the same time rebuild once between them", async () => {
  const { onSaleId, performanceId } = records.onSale;
  const epochs = async () => [
    (await records.stores.lineRecords.checkpoint(onSaleId)).epoch,
    (await records.stores.catalog.performance(performanceId))?.epoch ?? 0,
  ];
  const before = await epochs();
  for (const request of [
    { kind: "queue", onSaleId },
    { kind: "seats", performanceId },
  ] as const) {
    await Promise.all([here.rebuild(request), there.rebuild(request)]);
  }
  expect(await epochs()).toEqual(before.map((epoch) => epoch + 1));
});

test("a process that starts beside others takes nobody's place and no hold away", async () => {
  const { onSaleId, performanceId } = records.onSale;
  const { epoch } = await records.stores.lineRecords.checkpoint(onSaleId);
  await records.stores.lineRecords.raiseMark({ onSaleId, epoch }, 1_000);
  const join = () =>
    here.epochs.queue(onSaleId, (scope) =>
      hot.queue.join(scope, [{ entryId: newId("entry") }], { highWaterMark: 1_010 }),
    );
  const owner = newId("entry");
  const first = await join();
  const hold = { requestId: owner, owner, holdId: newId("hold"), seats: [7], limit: 4 };
  await here.epochs.seats(performanceId, (scope) =>
    hot.seats.hold(scope, { ...hold, holdMs: 60_000, maxHoldMs: 60_000 }),
  );

  await there.rebuild({ kind: "queue", onSaleId });
  await there.rebuild({ kind: "seats", performanceId });
  const second = await join();
  const indexOf = (reply: typeof first) =>
    reply.replies.map((place) => ("index" in place ? place.index : -1));
  expect(indexOf(second)).toEqual(indexOf(first).map((index) => index + 1));
  const found = await there.epochs.seats(performanceId, (scope) => hot.seats.holdOf(scope, owner));
  expect(found.kind).toBe("held");
});
