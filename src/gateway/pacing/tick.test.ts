// The tick on the real records and the in-process line, with time in the test's hands: whoever is there
// is not passed before there was a moment to be seen.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../test/support/records.ts";
import { type ManualClock, manualClock } from "../../foundation/clock.ts";
import { type EntryId, newId } from "../../foundation/ids.ts";
import { silentLog } from "../../foundation/log.ts";
import type { OnSale } from "../../ports/catalog.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import { type Epochs, openEpochs } from "../../stores/epochs.ts";
import { openHotStore } from "../../stores/open.ts";
import { openRebuilder } from "../../workers/rebuilder.ts";
import { openTicks, type Ticks } from "./tick.ts";

let records: TestRecords;
let onSale: OnSale;
let clock: ManualClock;
let hot: HotStore;
let epochs: Epochs;
let ticks: Ticks;
let fans: EntryId[];

beforeAll(async () => {
  records = await testRecords();
}, 60_000);
afterAll(() => records.stores.close());

beforeEach(async () => {
  const { catalog, lineRecords, seatClaims: claims, alone } = records.stores;
  const now = Date.now();
  const { performanceId } = records.performance;
  const { commitment: _, seed: __, ...sale } = records.onSale;
  const made = await catalog.createOnSale({ ...sale, performanceId, onSaleId: newId("on-sale") });
  await lineRecords.open(made.onSaleId, 0);
  onSale = (await catalog.onSale(made.onSaleId)) ?? made;
  clock = manualClock(now);
  hot = await openHotStore({ kind: "memory", clock });
  const common = { hot, catalog, records: lineRecords, log: silentLog };
  epochs = openEpochs({ ...common, onStale: openRebuilder({ ...common, claims, alone }) });
  ticks = openTicks({ ...common, epochs, clock, paymentBacklog: async () => 0 });
  fans = Array.from({ length: 3 }, () => newId("entry"));
  const { epoch } = await lineRecords.checkpoint(onSale.onSaleId);
  await lineRecords.raiseMark({ onSaleId: onSale.onSaleId, epoch }, 1_000);
  const requests = fans.map((entryId) => ({ entryId }));
  await epochs.queue(onSale.onSaleId, (scope) =>
    hot.queue.join(scope, requests, { highWaterMark: 1_000 }),
  );
});

const tick = () => ticks.tick(onSale, 1);
const present = () =>
  epochs.queue(onSale.onSaleId, (scope) =>
    hot.queue.checkIn(
      scope,
      fans.map((entryId, index) => ({ entryId, index, position: index })),
      { presenceMs: 15_000 },
    ),
  );

/** As another process does it after a wipe. */
async function rebuiltElsewhere(): Promise<void> {
  const { onSaleId } = onSale;
  const { lineRecords } = records.stores;
  const epoch = await lineRecords.nextEpoch(onSaleId);
  const { serving, highWaterMark, leaderFence } = await lineRecords.checkpoint(onSaleId);
  const truth = { serving, nextIndex: highWaterMark, leaderFence, admissions: [] };
  await hot.queue.restore({ onSaleId, epoch }, truth);
}

test("nobody is passed in the moment after the opening", async () => {
  expect(await tick()).toMatchObject({ turns: 0, serving: 0 });
  await present();
  clock.advance(6_000);
  expect((await tick()).turns).toBeGreaterThan(0);
});

test("where all who wait were called while absent there is nobody to call, until one comes back", async () => {
  await tick();
  await present();
  clock.advance(20_000);
  let last = await tick();
  expect(last).toMatchObject({ turns: 0, counts: { waiting: 3 }, pace: { reason: "waiting" } });
  // A tick passes so many places at most.
  for (let n = 0; n < 10 && last.serving < last.counts.joined; n++) last = await tick();
  expect(await tick()).toMatchObject({
    counts: { waiting: 3 },
    pace: { take: 0, reason: "nobody-waiting" },
  });
  await present();
  clock.advance(1_000);
  expect((await tick()).turns).toBeGreaterThan(0);
});

test("after a rebuild everybody has a moment to be seen again, and nobody is passed meanwhile", async () => {
  await tick();
  clock.advance(6_000);
  await rebuiltElsewhere();
  await present();
  clock.advance(18_000);
  expect(await tick()).toMatchObject({ turns: 0, serving: 0 });
  await present();
  clock.advance(6_000);
  expect((await tick()).turns).toBeGreaterThan(0);
});

test("who has watched the line goes on where its leader was, without another period of grace", async () => {
  const { catalog, lineRecords } = records.stores;
  const common = { hot, catalog, records: lineRecords, epochs, clock, log: silentLog };
  const follower = openTicks({ ...common, paymentBacklog: async () => 0 });
  await tick();
  await follower.watch(onSale);
  await present();
  clock.advance(6_000);
  expect((await follower.tick(onSale, 2)).turns).toBeGreaterThan(0);
  expect(tick()).rejects.toThrow("another pacer leads");
});

test("payments under way and a slow shop are felt at the next tick, by what was measured", async () => {
  const { catalog, lineRecords } = records.stores;
  const measured = { backlog: 0, latency: undefined as number | undefined };
  const ticks = openTicks({
    ...{ hot, catalog, records: lineRecords, epochs, clock, log: silentLog },
    paymentBacklog: async () => measured.backlog,
    shopLatency: async () => measured.latency,
  });
  const slow = { ...onSale, settings: { ...onSale.settings, ratePerSec: 2 } };
  const next = async () => {
    clock.advance(1_000);
    await present();
    const { pace, turns } = await ticks.tick(slow, 1);
    return [pace.reason, turns];
  };
  await next();
  clock.advance(6_000);
  measured.backlog = 90_000;
  expect(await next()).toEqual(["payments", 1]);
  measured.backlog = 0;
  measured.latency = 60_000;
  expect(await next()).toEqual(["latency", 1]);
  measured.latency = 20;
  // One of the three is left.
  expect(await next()).toEqual(["waiting", 1]);
});

/** Something that a leader does in its tick, held up until it is let go. */
function heldUp() {
  let arrived = () => {};
  let letGo = () => {};
  const reached = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return {
    reached,
    letGo: () => letGo(),
    before:
      <Args extends unknown[], Reply>(work: (...args: Args) => Promise<Reply>) =>
      async (...args: Args): Promise<Reply> => {
        arrived();
        await gate;
        return await work(...args);
      },
  };
}

test("[Q7] a leader that slept in the middle of its tick, anywhere in it, changes nothing when it wakes", async () => {
  const { catalog, lineRecords } = records.stores;
  const { onSaleId } = onSale;
  const lead = async (leader: string) => {
    const reply = await lineRecords.lead(onSaleId, leader, 0);
    return reply.kind === "leading" ? reply.fence : 0;
  };
  const state = async () => ({
    durable: await lineRecords.checkpoint(onSaleId),
    phase: (await catalog.onSale(onSaleId))?.phase,
    counts: await epochs.queue(onSaleId, (scope) => hot.queue.counts(scope)),
  });
  await tick();
  clock.advance(6_000);
  for (const asleepIn of ["offerTurns", "serve", "publish"] as const) {
    const { before, reached, letGo } = heldUp();
    const { queue, notices } = hot;
    const sleepyHot = {
      ...hot,
      queue: { ...queue, offerTurns: before(queue.offerTurns.bind(queue)) },
      notices: { ...notices, publish: before(notices.publish.bind(notices)) },
    };
    const parts = {
      offerTurns: { hot: { ...sleepyHot, notices } },
      serve: { records: { ...lineRecords, serve: before(lineRecords.serve) } },
      publish: { hot: { ...sleepyHot, queue } },
    } as const;
    const common = { hot, catalog, records: lineRecords, epochs, clock, log: silentLog };
    const backlog = { paymentBacklog: async () => 0 };
    const sleeper = openTicks({ ...common, ...parts[asleepIn], ...backlog });
    await sleeper.watch(onSale);
    clock.advance(6_000);
    await present();
    const slept = sleeper.tick(onSale, await lead(`sleeper in ${asleepIn}`));
    await reached;
    const successor = openTicks({ ...common, ...backlog });
    await successor.watch(onSale);
    await successor.tick(onSale, await lead(`successor of ${asleepIn}`));

    const heard: number[] = [];
    const stop = await notices.subscribe(`frontier:${onSaleId}`, (notice) => {
      if (notice.kind === "frontier") heard.push(notice.leaderFence);
    });
    const then = await state();
    letGo();
    // What was said too late is known by its fence (lines.test.ts: it is not believed).
    if (asleepIn === "publish") await slept;
    else await expect(slept).rejects.toThrow("another pacer leads");
    expect(await state()).toEqual(then);
    expect(heard.every((fence) => fence < then.durable.leaderFence)).toBe(true);
    await stop();
  }
});

test("a clock that is set back an hour does not stop the line for an hour", async () => {
  await tick();
  clock.advance(-3_600_000);
  await tick();
  await present();
  clock.advance(6_000);
  expect((await tick()).turns).toBeGreaterThan(0);
});
