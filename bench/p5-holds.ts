// P5: three-seat holds through the store ÷ redis-benchmark sending the same script to the same server,
// with as many calls in flight:
//   bun bench/p5-holds.ts
// Most holds of a sale are refused (there are few seats and many fans), so that is what is asked:
// three seats that others have, each time by another fan with a request id of its own. redis-benchmark
// is taken at the better of two shapes: 8 connections of 64 in flight, 64 connections of 8. The store
// gathers what comes at once into calls of up to 64 holds, redis-benchmark sends one hold a call as a
// plain client would; what it reaches with such calls ready made is shown beside it.
// Rounds alternate, so that a busy machine slows both; the median of the rounds' ratios counts. Beside
// it: granted holds through the store, and plain SET by redis-benchmark (R4c keeps the script honest).

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startRedisServer } from "../scripts/services/redis-server.ts";
import { newId } from "../src/foundation/ids.ts";
import type { HotStore } from "../src/ports/hot-store.ts";
import type { HoldRequest, SeatScope } from "../src/ports/seat-store.ts";
import { openHotStore } from "../src/stores/open.ts";
import { seatKeys } from "../src/stores/redis/keys.ts";
import { holdArguments, holdSeatsScript } from "../src/stores/redis/scripts/seats/hold-seats.ts";

const rounds = Number(process.argv[2] ?? 5);
const callsPerRound = 40_000;
const inFlight = 512;
/** What the store puts into one call at most (hold-batches.ts). */
const batchSize = 64;
const seatCount = 16_054;
const wish = { holdMs: 300_000, maxHoldMs: 900_000, limit: 4 };

const request = (seats: number[], id: string): HoldRequest => ({
  requestId: `rq_${id}`,
  owner: `qe_${id.padStart(22, "0")}` as HoldRequest["owner"],
  holdId: `hd_${id.padStart(22, "0")}` as HoldRequest["holdId"],
  seats,
  ...wish,
});

let asked = 0;
async function throughStore(store: HotStore, scope: SeatScope, seatsOf: (nth: number) => number[]) {
  const kinds = new Map<string, number>();
  const startedAt = performance.now();
  const end = asked + callsPerRound;
  const begin = asked;
  const worker = async () => {
    while (asked < end) {
      const nth = asked++;
      const { kind } = await store.seats.hold(scope, request(seatsOf(nth - begin), String(nth)));
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { perSec: (callsPerRound / (performance.now() - startedAt)) * 1_000, kinds };
}

async function throughBenchmark(port: number, shape: string[], command: string[]): Promise<number> {
  const calls = command.length > 100 ? callsPerRound / batchSize : callsPerRound;
  const args = ["-p", String(port), "-n", String(Math.round(calls)), "-r", "1000000000", "--csv"];
  const child = spawn("redis-benchmark", [...args, ...shape, ...command], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
  const last = output.trim().split("\n").at(-1) ?? "";
  const perSec = Number(/","([\d.]+)"/.exec(last)?.[1]);
  if (!(perSec > 0)) throw new Error(`redis-benchmark said: ${output}`);
  return perSec;
}

function report(what: string, figures: readonly number[], digits = 0): void {
  const sorted = figures.toSorted((a, b) => a - b);
  const shown = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)];
  const [median, least, most] = shown.map((figure) => (figure ?? 0).toFixed(digits));
  console.log(`${what}: ${median} (${least}…${most})`);
}

const folder = mkdtempSync(join(tmpdir(), "usher-bench-p5-"));
const server = await startRedisServer({ folder });
const store = await openHotStore({ kind: "redis", url: server.url });
const plain = new Redis(server.url);
try {
  const scope: SeatScope = { performanceId: newId("performance"), epoch: 1 };
  await store.seats.restore(scope, { seatCount, claims: [] });
  await store.seats.hold(scope, { ...request([5, 6, 7], "first"), limit: 3 });
  const keys = holdSeatsScript.keys.map(seatKeys("usher", scope.performanceId));
  const args = holdArguments(request([5, 6, 7], "ID")).map((value) =>
    String(value).replace(/0*ID$/, "__rand_int__"),
  );
  const many = Array.from({ length: batchSize }, () => args).flat();
  const evalsha = ["evalsha", holdSeatsScript.sha, String(keys.length), ...keys, "1", "", ...args];
  const batched = [...evalsha.slice(0, -args.length), ...many];
  const answer = await plain.call(...(evalsha as [string, ...string[]]));
  if (!Array.isArray(answer) || answer[1]?.[0] !== "taken") throw new Error(`answered ${answer}`);

  const shapes = [
    ["-c", "8", "-P", "64"],
    ["-c", "64", "-P", "8"],
  ];
  const [refused, bare, ratios, sets, granted, inBatches]: number[][] = [[], [], [], [], [], []];
  await throughStore(store, scope, () => [5, 6, 7]); // Until the code is warm.
  for (let round = 0; round < rounds; round++) {
    const own = await throughStore(store, scope, () => [5, 6, 7]);
    if (own.kinds.get("taken") !== callsPerRound) throw new Error("not all were refused");
    const speeds: number[] = [];
    for (const shape of shapes) speeds.push(await throughBenchmark(server.port, shape, evalsha));
    refused!.push(own.perSec);
    bare!.push(Math.max(...speeds));
    ratios!.push(own.perSec / Math.max(...speeds));
    const calls = await throughBenchmark(server.port, ["-c", "1", "-P", "2"], batched);
    inBatches!.push(calls * batchSize);
    sets!.push(
      await throughBenchmark(server.port, shapes[0]!, ["set", "key:__rand_int__", "value"]),
    );
    const fresh: SeatScope = { performanceId: newId("performance"), epoch: 1 };
    await store.seats.restore(fresh, { seatCount: 3 * callsPerRound, claims: [] });
    const given = await throughStore(store, fresh, (nth) => [3 * nth, 3 * nth + 1, 3 * nth + 2]);
    if (given.kinds.get("held") !== callsPerRound) throw new Error("not all were granted");
    granted!.push(given.perSec);
  }
  report("refused holds/s through the store", refused!);
  report("the same script/s, redis-benchmark", bare!);
  report("P5 ratio (at least 0.6)", ratios!, 2);
  report(`the same in calls of ${batchSize}, redis-benchmark`, inBatches!);
  report("granted holds/s through the store", granted!);
  report("SET/s, redis-benchmark", sets!);
} finally {
  plain.disconnect();
  await store.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
