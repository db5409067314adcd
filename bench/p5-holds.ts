// P5: three-seat holds through the store ÷ redis-benchmark sending the same script to the same server,
// with as many calls in flight.
// Most holds of a sale are refused (there are few seats and many fans), so that is what is asked:
// three seats that others have, each time by another fan with a request id of its own. redis-benchmark
// is taken at the better of two shapes: 8 connections of 64 in flight, 64 connections of 8. The store
// gathers what comes at once into calls of up to 64 holds, redis-benchmark sends one hold a call as a
// plain client would; what it reaches with such calls ready made is shown beside it. Also beside it:
// granted holds through the store, and plain SET by redis-benchmark, which keeps the script honest.

import { assert } from "../src/foundation/assert.ts";
import { newId } from "../src/foundation/ids.ts";
import type { HotStore } from "../src/ports/hot-store.ts";
import type { HoldRequest, SeatScope } from "../src/ports/seat-store.ts";
import type { Bench } from "./support/bench.ts";
import { callsPerSec, countKinds } from "./support/load.ts";
import { redisBenchmark, startRedis } from "./support/redis.ts";
import {
  holdRequest,
  refusedCommand,
  refusedRequest,
  shapes,
  takeSeats,
} from "./support/refused-holds.ts";

const calls = 40_000;
const inFlight = 512;
/** What the store puts into one call at most (hold-batches.ts). */
const batchSize = 64;
const seatCount = 16_054;

export const holdsThroughStore: Bench = {
  id: "p5",
  what: "holds of three seats through the store, against redis-benchmark with the same script",
  figures: {
    refused: "refused holds/s through the store",
    bare: "the same script/s, redis-benchmark, one hold a call",
    bareInBatches: `holds/s in ready-made calls of ${batchSize}, redis-benchmark`,
    set: "SET/s, redis-benchmark",
    granted: "granted holds/s through the store",
  },
  goals: [
    {
      what: "refused holds through the store ÷ redis-benchmark",
      of: "refused",
      over: "bare",
      atLeast: 0.6,
    },
  ],
  async open() {
    const { server, store, close } = await startRedis();
    const scope: SeatScope = { performanceId: newId("performance"), epoch: 1 };
    await store.seats.restore(scope, { seatCount, claims: [] });
    await takeSeats(store, scope);
    const command = await refusedCommand(server.url, scope);
    const batched = await refusedCommand(server.url, scope, batchSize);
    const benchmark = (shape: readonly string[], of: string[], count = calls) =>
      redisBenchmark(server.port, { calls: count, shape, command: of });
    return {
      sides: [
        async () => ({ refused: await holds(store, scope, refusedRequest, "taken") }),
        async () => {
          const speeds: number[] = [];
          for (const shape of shapes) speeds.push(await benchmark(shape, command));
          return { bare: Math.max(...speeds) };
        },
        async () => {
          const shape = ["-c", "1", "-P", "2"];
          const perSec = await benchmark(shape, batched, Math.round(calls / batchSize));
          return { bareInBatches: perSec * batchSize };
        },
        async () => ({
          set: await benchmark(shapes[0] ?? [], ["set", "key:__rand_int__", "value"]),
        }),
        async () => {
          const fresh: SeatScope = { performanceId: newId("performance"), epoch: 1 };
          await store.seats.restore(fresh, { seatCount: 3 * calls, claims: [] });
          const threeOf = (nth: number) =>
            holdRequest(
              [3 * nth, 3 * nth + 1, 3 * nth + 2],
              `${fresh.performanceId.slice(-8)}${nth}`,
            );
          return { granted: await holds(store, fresh, threeOf, "held") };
        },
      ],
      notes: () => [
        `${inFlight} holds in flight on both sides; the store's client is one Bun process, redis-benchmark one thread of C: each takes one core, Redis the other`,
      ],
      close,
    };
  },
};

async function holds(
  store: HotStore,
  scope: SeatScope,
  requestOf: (nth: number) => HoldRequest,
  expected: string,
): Promise<number> {
  const kinds = countKinds();
  const perSec = await callsPerSec(calls, inFlight, async (nth) => {
    kinds.note((await store.seats.hold(scope, requestOf(nth))).kind);
  });
  assert(kinds.of(expected) === calls, `expected ${expected} only: ${kinds}`);
  return perSec;
}
