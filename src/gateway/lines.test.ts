// What a gateway process keeps of the lines it has met, and whom it tells of their frontiers.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { until } from "../../test/support/until.ts";
import { type TestRecords, testRecords } from "../../test/support/records.ts";
import { systemClock } from "../foundation/clock.ts";
import { Fault } from "../foundation/fault.ts";
import { newId } from "../foundation/ids.ts";
import { silentLog } from "../foundation/log.ts";
import type { HotStore } from "../ports/hot-store.ts";
import { type Epochs, openEpochs } from "../stores/epochs.ts";
import { openHotStore } from "../stores/open.ts";
import { openRebuilder } from "../workers/rebuilder.ts";
import { type LinesDeps, openLines } from "./lines.ts";

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
  const { frontier } = line.prepared;
  await hot.notices.publish({ kind: "frontier", onSaleId, leaderFence: 0, frontier });
  await told;
  await Bun.sleep(0);
  expect(heard).toBe(1);
  await lines.close();
});

test("[Q7] what a leader says after another has led is not believed", async () => {
  const lines = openLines(deps);
  const { onSaleId } = records.onSale;
  const line = await lines.get(onSaleId);
  if (line === undefined) throw new Error("the line is there");
  const heard: number[] = [];
  lines.onFrontier(({ prepared }) => void heard.push(prepared.frontier.waiting));
  const say = (leaderFence: number, waiting: number) => {
    const frontier = { ...line.prepared.frontier, waiting };
    return hot.notices.publish({ kind: "frontier", onSaleId, leaderFence, frontier });
  };
  await say(7, 70);
  await say(6, 60);
  await say(7, 71);
  await until("the last word", () => heard.includes(71));
  expect(heard).toEqual([70, 71]);
  await lines.close();
});

test("[Y2] made up addresses at once cost so many looks at the catalog, and no more", async () => {
  let looks = 0;
  const whenAllAsk = Promise.withResolvers<undefined>();
  const catalog: LinesDeps["catalog"] = {
    ...deps.catalog,
    onSale: () => {
      looks++;
      return whenAllAsk.promise;
    },
  };
  const lines = openLines({ ...deps, catalog });
  const asked = Array.from({ length: 300 }, () => lines.get(newId("on-sale")));
  const answers = Promise.allSettled(asked);
  const { size, limit } = lines.bounds()["lines_loading"] ?? { size: 0, limit: 0 };
  whenAllAsk.resolve(undefined);
  const refused = (await answers).filter(({ status }) => status === "rejected");
  expect([looks, size, refused.length]).toEqual([limit, limit, 300 - limit]);
  await lines.close();
});
