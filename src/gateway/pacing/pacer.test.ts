import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../test/support/records.ts";
import { until } from "../../../test/support/until.ts";
import { systemClock } from "../../foundation/clock.ts";
import { newId, type OnSaleId } from "../../foundation/ids.ts";
import { silentLog } from "../../foundation/log.ts";
import { openEpochs } from "../../stores/epochs.ts";
import { openHotStore } from "../../stores/open.ts";
import { openRebuilder } from "../../workers/rebuilder.ts";
import { startPacer, watchingRoundMs } from "./pacer.ts";

let given: TestRecords;
beforeAll(async () => {
  given = await testRecords();
}, 60_000);
afterAll(() => given.stores.close());

const leaseMs = 5_000;
const halves = [0, 0.5, 0.999];

test("few gateways look every second; of many each looks more seldom, and well within a lease", () => {
  for (const few of [1, 2, 4]) {
    for (const jitter of halves) expect(watchingRoundMs(few, jitter)).toBe(1_000);
  }
  for (const many of [5, 16, 53, 1_000]) {
    const rounds = halves.map((jitter) => watchingRoundMs(many, jitter));
    for (const round of rounds) {
      expect(round).toBeGreaterThan(600);
      expect(round).toBeLessThan(leaseMs - 900);
    }
    expect(new Set(rounds).size).toBe(halves.length);
  }
});

test("together they look no more than eight times a second, up to 16 gateways", () => {
  for (let gateways = 1; gateways <= 16; gateways++) {
    expect(gateways / (watchingRoundMs(gateways, 0) / 1_000)).toBeLessThanOrEqual(8);
  }
});

test("a line that closed just now is led for its farewell, one that closed long ago is nobody's", async () => {
  const { catalog, lineRecords, seatClaims: claims, alone } = given.stores;
  const closed = async (agoMs: number): Promise<OnSaleId> => {
    const { commitment: _, seed: __, ...sale } = given.onSale;
    const closesAt = Date.now() - agoMs;
    const times = { preQueueAt: closesAt - 2_000, opensAt: closesAt - 1_000, closesAt };
    const made = await catalog.createOnSale({ ...sale, ...times, onSaleId: newId("on-sale") });
    await lineRecords.open(made.onSaleId, 0);
    await catalog.setPhase(made.onSaleId, "open", "closed");
    return made.onSaleId;
  };
  const [justNow, longAgo] = [await closed(1_000), await closed(3_600_000)];
  const hot = await openHotStore({ kind: "memory", clock: systemClock });
  const asked = new Set<OnSaleId>();
  const records: typeof lineRecords = {
    ...lineRecords,
    lead(onSaleId, ...more) {
      asked.add(onSaleId);
      return lineRecords.lead(onSaleId, ...more);
    },
  };
  const common = { hot, catalog, records, log: silentLog };
  const epochs = openEpochs({ ...common, onStale: openRebuilder({ ...common, claims, alone }) });
  const pacer = startPacer({
    ...{ ...common, epochs, clock: systemClock },
    paymentBacklog: async () => 0,
  });
  try {
    await until("the farewell", () => pacer.reports().has(justNow), 10_000);
    expect(pacer.reports().get(justNow)?.phase).toBe("closed");
    expect(asked.has(longAgo)).toBe(false);
  } finally {
    await pacer.stop();
    await hot.close();
  }
}, 30_000);
