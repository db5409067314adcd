// What a gateway process keeps of the lines it has met, and whom it tells of their frontiers.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../test/support/records.ts";
import { systemClock } from "../foundation/clock.ts";
import { Fault } from "../foundation/fault.ts";
import { newId } from "../foundation/ids.ts";
import { silentLog } from "../foundation/log.ts";
import type { HotStore } from "../ports/hot-store.ts";
import { type Epochs, openEpochs } from "../stores/epochs.ts";
import { openHotStore } from "../stores/open.ts";
import { openRebuilder } from "../workers/rebuilder.ts";
import type { ClaimDeps } from "./claim.ts";
import { type Line, lineOf } from "./line.ts";
import { type LinesDeps, openLines } from "./lines.ts";
import { openLiveHub } from "./live-hub.ts";

let records: TestRecords;
let deps: LinesDeps;
let hot: HotStore;
let away = false;

beforeAll(async () => {
  records = await testRecords();
}, 60_000);
afterAll(() => records.stores.close());
beforeEach(async () => {
  const { catalog, lineRecords, seatClaims: claims, alone } = records.stores;
  hot = await openHotStore({ kind: "memory" });
  const common = { hot, catalog, records: lineRecords, log: silentLog };
  const rebuild = openRebuilder({ ...common, claims, alone });
  const epochs = openEpochs({ ...common, onStale: rebuild });
  const queue: Epochs["queue"] = (onSaleId, call) => {
    if (away) throw new Fault("hot-store-away", "away", { retryable: true });
    return epochs.queue(onSaleId, call);
  };
  deps = { ...common, clock: systemClock, epochs: { ...epochs, queue } };
});

test("a line that could not be loaded at first is told of each frontier once", async () => {
  const lines = openLines(deps);
  const { onSaleId } = records.onSale;
  away = true;
  for (let i = 0; i < 3; i++) await lines.get(onSaleId).catch(() => undefined);
  away = false;
  const line = await lines.get(onSaleId);
  if (line === undefined) throw new Error("the line is there");
  let heard = 0;
  const told = new Promise<void>((resolve) =>
    lines.onFrontier(() => {
      heard++;
      resolve();
    }),
  );
  await hot.notices.publish({ kind: "frontier", onSaleId, frontier: line.prepared.frontier });
  await told;
  await Bun.sleep(0);
  expect(heard).toBe(1);
  await lines.close();
});

test("those far back in one of three lines are all told within fifteen ticks", async () => {
  const listeners: ((line: Line) => void)[] = [];
  const loaded = openLines(deps);
  const first = await loaded.get(records.onSale.onSaleId);
  if (first === undefined) throw new Error("the line is there");
  const lines = Array.from({ length: 3 }, (): Line => {
    return lineOf({ ...first.onSale, onSaleId: newId("on-sale") }, first.prepared.frontier);
  });
  const hub = openLiveHub({
    lines: { ...loaded, onFrontier: (listener) => void listeners.push(listener) },
    presence: { note: () => undefined, close: async () => undefined },
    claims: {} as ClaimDeps,
    log: silentLog,
  });
  const tick = () => {
    for (const line of lines) for (const listener of listeners) listener(line);
  };
  tick();
  const line = lines[0] as Line;
  // More than a thousand: a smaller line is told as a whole.
  const streams = Array.from({ length: 1_005 }, (_, index) => {
    const entry = { entryId: newId("entry"), index };
    return hub.open(line, entry, new AbortController().signal)?.body?.getReader();
  });
  for (let i = 0; i < 15; i++) tick();
  const second = streams.map(async (reader) => {
    await reader?.read();
    return Promise.race([reader?.read().then(() => "told"), Bun.sleep(200).then(() => "untold")]);
  });
  expect((await Promise.all(second)).filter((heard) => heard !== "told")).toEqual([]);
  await hub.drain(0);
  await loaded.close();
});
