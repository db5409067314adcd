// The commonest request of a sale: three seats that others have, asked for by another fan each time. For
// the store, and the same script as a command for redis-benchmark.

import { assert } from "../../src/foundation/assert.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import type { HoldRequest, SeatScope } from "../../src/ports/seat-store.ts";
import { Redis } from "ioredis";
import { seatKeys } from "../../src/stores/redis/keys.ts";
import { holdArguments, holdSeatsScript } from "../../src/stores/redis/scripts/seats/hold-seats.ts";

const wish = { holdMs: 300_000, maxHoldMs: 900_000, limit: 4 };
const takenSeats = [5, 6, 7];

export function holdRequest(seats: number[], id: string): HoldRequest {
  return {
    requestId: `rq_${id}`,
    owner: `qe_${id.padStart(22, "0")}` as HoldRequest["owner"],
    holdId: `hd_${id.padStart(22, "0")}` as HoldRequest["holdId"],
    seats,
    ...wish,
  };
}

let asked = 0;
/** A request by somebody new for seats that are taken. */
export const refusedRequest = (): HoldRequest => holdRequest(takenSeats, String(asked++));

export async function takeSeats(store: HotStore, scope: SeatScope): Promise<void> {
  await store.seats.hold(scope, { ...holdRequest(takenSeats, "first"), limit: 3 });
}

/** The script's call as redis-benchmark sends it. @param holds in one call. */
export async function refusedCommand(url: string, scope: SeatScope, holds = 1): Promise<string[]> {
  const keys = holdSeatsScript.keys.map(seatKeys("usher", scope.performanceId));
  const args = holdArguments(holdRequest(takenSeats, "ID")).map((value) =>
    String(value).replace(/0*ID$/, "__rand_int__"),
  );
  const many = Array.from({ length: holds }, () => args).flat();
  const { sha } = holdSeatsScript;
  const command = ["evalsha", sha, String(keys.length), ...keys, String(scope.epoch), "", ...many];
  const plain = new Redis(url);
  try {
    const answer = await plain.call(...(command as [string, ...string[]]));
    assert(Array.isArray(answer) && answer[1]?.[0] === "taken", `the script answered ${answer}`);
  } finally {
    plain.disconnect();
  }
  return command;
}

/** redis-benchmark is taken at the better of these two. */
export const shapes: readonly (readonly string[])[] = [
  ["-c", "8", "-P", "64"],
  ["-c", "64", "-P", "8"],
];
