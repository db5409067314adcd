// How fast the in-process hot store is, and how much memory a line of a million takes. One process, no
// network. Calls are awaited one by one, with a pause for timers every 500 calls.

import type { EntryId, HoldId, OnSaleId, PerformanceId } from "../../src/foundation/ids.ts";
import type { QueueScope } from "../../src/ports/queue-store.ts";
import type { SeatScope } from "../../src/ports/seat-store.ts";
import { openHotStore } from "../../src/stores/open.ts";
import type { Bench, Figures } from "../support/bench.ts";
import { serialPerSec } from "../support/load.ts";

const entries = 1_000_000;
const holders = 50_000;
const batch = 100;
const wish = { holdMs: 300_000, maxHoldMs: 900_000, limit: 4 };

export const memoryHotStore: Bench = {
  id: "memory-hot-store",
  what: "the in-process hot store",
  figures: {
    granted: "holds/s of 3 seats, granted",
    refused: "holds/s of 3 seats, refused",
    released: "releases/s of 3 seats",
    joinsInBatches: `joins/s, ${batch} a call`,
    joins: "joins/s, one by one",
    megabytes: "MB for a line of 1,000,000, besides the ids",
  },
  goals: [],
  async open() {
    const ids = Array.from({ length: entries }, (_, nth) => `qe_${String(nth).padStart(22, "0")}`);
    let round = 0;
    return {
      sides: [() => seats(ids, round++), () => line(ids)],
      close: async () => undefined,
    };
  },
};

async function seats(ids: readonly string[], round: number): Promise<Figures> {
  const store = await openHotStore({ kind: "memory" });
  const scope: SeatScope = { performanceId: "pf_bench" as PerformanceId, epoch: 1 };
  await store.seats.restore(scope, { seatCount: 3 * holders, claims: [] });
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
  const granted = await serialPerSec(holders, (nth) => hold(nth, nth));
  const refused = await serialPerSec(holders, (nth) =>
    hold(holders + nth, (nth * 7_919) % holders),
  );
  const released = await serialPerSec(holders, (nth) => store.seats.release(scope, fan(nth)));
  await store.close();
  return { granted, refused, released };
}

async function line(ids: readonly string[]): Promise<Figures> {
  const store = await openHotStore({ kind: "memory" });
  const scopeOf = (name: string): QueueScope => ({ onSaleId: name as OnSaleId, epoch: 1 });
  const [inBatches, single] = [scopeOf("os_batched"), scopeOf("os_single")];
  const empty = { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] };
  for (const scope of [inBatches, single]) await store.queue.restore(scope, empty);
  const join = (scope: QueueScope, from: number, to: number) => {
    const requests = ids.slice(from, to).map((id) => ({ entryId: id as EntryId }));
    return store.queue.join(scope, requests, { highWaterMark: entries });
  };
  const before = usedMb();
  const calls = await serialPerSec(entries / batch, (nth) =>
    join(inBatches, nth * batch, (nth + 1) * batch),
  );
  const megabytes = usedMb() - before;
  const joins = await serialPerSec(200_000, (nth) => join(single, nth, nth + 1));
  await store.close();
  return { joinsInBatches: calls * batch, joins, megabytes };
}

function usedMb(): number {
  Bun.gc(true);
  return process.memoryUsage().rss / 1e6;
}
