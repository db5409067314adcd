// How fast the in-process hot store is, and how much memory a line of a million takes:
//   bun bench/memory-hot-store.ts
// One process, no network. Calls are awaited one by one, with a pause for timers every 500 calls, as
// in a server between requests. Prints one line a figure; five rounds, the median counts.

import type { EntryId, HoldId, OnSaleId, PerformanceId } from "../src/foundation/ids.ts";
import { openHotStore } from "../src/stores/open.ts";

const rounds = 5;
const entries = 1_000_000;
const holders = 50_000;
const wish = { holdMs: 300_000, maxHoldMs: 900_000, limit: 4 };
const ids = Array.from({ length: entries }, (_, nth) => `qe_${String(nth).padStart(22, "0")}`);
const usedMb = () => {
  Bun.gc(true);
  return process.memoryUsage().rss / 1e6;
};

async function perSecond(calls: number, call: (nth: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  for (let nth = 0; nth < calls; nth++) {
    await call(nth);
    if (nth % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return (calls / (performance.now() - startedAt)) * 1_000;
}

function report(what: string, figures: readonly number[]): void {
  const sorted = figures.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  const shown = [median, least, most].map((figure) => Math.round(figure as number));
  console.log(`${what}: ${shown[0]} (${shown[1]}…${shown[2]})`);
}

async function line(): Promise<void> {
  const batch = 100;
  const [batched, single, megabytes]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    const store = await openHotStore({ kind: "memory" });
    const scopes = ["os_batched", "os_single"].map((id) => ({
      onSaleId: id as OnSaleId,
      epoch: 1,
    }));
    const empty = { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] };
    for (const scope of scopes) await store.queue.restore(scope, empty);
    const join = (which: number, from: number, to: number) => {
      const requests = ids.slice(from, to).map((id) => ({ entryId: id as EntryId }));
      return store.queue.join(scopes[which] as (typeof scopes)[0], requests, {
        highWaterMark: entries,
      });
    };
    const before = usedMb();
    const calls = await perSecond(entries / batch, (nth) =>
      join(0, nth * batch, (nth + 1) * batch),
    );
    batched.push(calls * batch);
    megabytes.push(usedMb() - before);
    single.push(await perSecond(200_000, (nth) => join(1, nth, nth + 1)));
    await store.close();
  }
  report("joins a second, in hundreds", batched);
  report("joins a second, one by one", single);
  report("MB for a line of 1,000,000, besides the ids", megabytes);
}

async function seats(): Promise<void> {
  const figures = new Map<string, number[]>();
  const store = await openHotStore({ kind: "memory" });
  const scope = { performanceId: "pf_bench" as PerformanceId, epoch: 1 };
  await store.seats.restore(scope, { seatCount: 3 * holders, claims: [] });
  for (let round = 0; round <= rounds; round++) {
    const fan = (nth: number) => ({
      owner: ids[nth] as EntryId,
      holdId: `hd_${round}_${nth}` as HoldId,
    });
    const hold = (nth: number, block: number) =>
      store.seats.hold(scope, {
        ...wish,
        ...fan(nth),
        requestId: `rq_${round}_${nth}`,
        seats: [3 * block, 3 * block + 1, 3 * block + 2],
      });
    const speeds = {
      "holds of 3 seats a second, granted": await perSecond(holders, (nth) => hold(nth, nth)),
      "holds of 3 seats a second, refused": await perSecond(holders, (nth) =>
        hold(holders + nth, (nth * 7_919) % holders),
      ),
      "releases of 3 seats a second": await perSecond(holders, (nth) =>
        store.seats.release(scope, fan(nth)),
      ),
    };
    // The first round warms up.
    if (round === 0) continue;
    for (const [what, speed] of Object.entries(speeds)) {
      figures.set(what, [...(figures.get(what) ?? []), speed]);
    }
  }
  for (const [what, speeds] of figures) report(what, speeds);
  await store.close();
}

console.log(`in-process hot store, ${rounds} rounds: median (least…most)`);
await seats();
await line();
