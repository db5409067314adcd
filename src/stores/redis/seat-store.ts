// The seat port on Redis: checks what is asked for, as every hot store does, and hands it to the
// scripts in scripts/seats. Whether a seat number is too high only the script knows; it answers so
// and writes nothing.
// Read next: scripts/seats/hold-seats.lua.

import { assert } from "../../foundation/assert.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import type { SeatScope, SeatStore, SeatTruth } from "../../ports/seat-store.ts";
import { checkCount, checkId, checkLimit, checkTime, limits } from "../hot/limits.ts";
import { checkHold, checkTruth } from "../hot/requests.ts";
import type { CallContext } from "./call-context.ts";
import { holdBatches } from "./batches/hold-batches.ts";
import { seatKeys } from "./keys.ts";
import { type SeatCall, staleEpoch } from "./scripts/calls.ts";
import { restoreTruths } from "./scripts/seats/apply-truths.ts";
import { beginSeats } from "./scripts/seats/begin-seats.ts";
import { countSeats } from "./scripts/seats/count-seats.ts";
import { expireHolds } from "./scripts/seats/expire-holds.ts";
import { extendHold } from "./scripts/seats/extend-hold.ts";
import { finishSeats } from "./scripts/seats/finish-seats.ts";
import { readAvailability } from "./scripts/seats/read-availability.ts";
import { readHold } from "./scripts/seats/read-hold.ts";
import { releaseSeats } from "./scripts/seats/release-seats.ts";
import { chunkSize, truthBatches } from "./batches/truth-batches.ts";

export function redisSeatStore(context: CallContext): SeatStore & { bounds: Bounds } {
  const holds = holdBatches();
  const words = truthBatches();
  const at = (scope: SeatScope, options?: { now?: number }): SeatCall => ({
    run: context.run,
    keys: seatKeys(context.prefix, scope.performanceId),
    epoch: scope.epoch,
    now: context.nowFor(options),
  });
  return {
    bounds: () => ({ hot_holds_waiting: holds.bound, hot_truths_waiting: words.bound }),
    async hold(scope, request, options) {
      checkHold(request, limits.seats);
      return holds.ask(at(scope, options), request);
    },
    async extend(scope, request, options) {
      checkTime("holdMs", request.holdMs);
      checkTime("maxHoldMs", request.maxHoldMs);
      return extendHold(at(scope, options), request);
    },
    async release(scope, request, options) {
      checkLimit("seats in one release", request.seats?.length ?? 0, limits.seats);
      return releaseSeats(at(scope, options), request);
    },
    async holdOf(scope, owner, options) {
      return readHold(at(scope, options), owner);
    },
    async expire(scope, options) {
      checkCount("limit", options.limit, limits.batch);
      return expireHolds(at(scope, options), options.limit);
    },
    async availability(scope, options) {
      return readAvailability(at(scope, options));
    },
    async counts(scope, options) {
      return countSeats(at(scope, options));
    },
    async apply(scope, truths) {
      checkLimit("truths in one call", truths.length, limits.seats);
      for (const truth of truths) checkTruth(truth, limits.seats);
      const call = at(scope);
      for (const chunk of chunksOf(truths)) {
        const reply = await words.ask(call, chunk);
        if (reply.kind === "stale-epoch") return staleEpoch;
      }
      return { kind: "applied" };
    },
    async restore(scope, { seatCount, claims }) {
      checkId("scope", scope.performanceId);
      checkCount("epoch", scope.epoch, limits.epochs);
      checkCount("seatCount", seatCount, limits.seats);
      checkLimit("claims", claims.length, limits.seats);
      for (const claim of claims) checkTruth(claim, seatCount);
      checkOwners(claims);
      await restoreSeats(at(scope), seatCount, claims);
    },
  };
}

/** One chunk at least: a call without truths still has to tell whether the epoch is stale. */
function chunksOf(truths: readonly SeatTruth[]): (readonly SeatTruth[])[] {
  const count = Math.max(1, Math.ceil(truths.length / chunkSize));
  return Array.from({ length: count }, (_, nth) =>
    truths.slice(nth * chunkSize, (nth + 1) * chunkSize),
  );
}

/** Seen before anything is emptied: a contradiction must not leave a half restored performance. */
function checkOwners(claims: readonly SeatTruth[]): void {
  const ownerOf = new Map<string, string | undefined>();
  for (const { state, holdId, owner } of claims) {
    if (holdId === undefined || (state !== "held" && state !== "paying")) continue;
    const known = ownerOf.get(holdId) ?? owner;
    assert(known === owner, `hold ${holdId} belongs to another owner`);
    ownerOf.set(holdId, owner);
  }
}

async function restoreSeats(
  call: SeatCall,
  seatCount: number,
  claims: readonly SeatTruth[],
): Promise<void> {
  const restore = { ...call, token: `${call.epoch}-${crypto.randomUUID()}` };
  if ((await beginSeats(restore, seatCount)) === "in-force") return;
  for (const chunk of chunksOf(claims)) await restoreTruths(restore, chunk);
  await finishSeats(restore);
}
