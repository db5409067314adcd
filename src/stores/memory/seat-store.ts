// The seat port in process: finds the seats of the epoch, checks bounds before anything is written,
// lapses what is due, and leaves the rest to seats/. Each call runs to its end without awaiting
// anything: that is what makes check-all-then-write-all atomic here.

import type { Clock } from "../../foundation/clock.ts";
import type { PerformanceId } from "../../foundation/ids.ts";
import type { StaleEpoch } from "../../ports/queue-store.ts";
import type { SeatScope, SeatStore } from "../../ports/seat-store.ts";
import { checkCount, checkLimit, checkTime, limits } from "../hot/limits.ts";
import { checkHold, checkTruth } from "../hot/requests.ts";
import type { Scopes } from "./scopes.ts";
import { nowFor } from "./store-clock.ts";
import { applyTruth } from "./seats/apply-truths.ts";
import { holdView } from "./seats/holds.ts";
import {
  countsOf,
  lapseHolds,
  type PerformanceSeats,
  performanceSeats,
} from "./seats/performance-seats.ts";
import type { SeatNotices } from "./seats/seat-notices.ts";
import { extended, takeSeats } from "./seats/take-seats.ts";

type Performances = Scopes<PerformanceId, PerformanceSeats>;

const staleEpoch: StaleEpoch = { kind: "stale-epoch" };

export function memorySeatStore(
  performances: Performances,
  notices: SeatNotices,
  clock: Clock,
): SeatStore {
  return {
    ...fansCalls(performances, clock),
    ...readersCalls(performances, clock),
    ...truthsCalls(performances, notices),
  };
}

/** The seats with every hold lapsed that is due; undefined: stale. */
function seatsAt(
  performances: Performances,
  scope: SeatScope,
  now: number,
): PerformanceSeats | undefined {
  const seats = performances.at(scope.performanceId, scope.epoch);
  if (seats !== undefined) lapseHolds(seats, now);
  return seats;
}

function fansCalls(
  performances: Performances,
  clock: Clock,
): Pick<SeatStore, "hold" | "extend" | "release"> {
  return {
    async hold(scope, request, options) {
      const now = nowFor(options, clock);
      const seats = performances.at(scope.performanceId, scope.epoch);
      if (seats === undefined) return staleEpoch;
      // First, so that a refused request changes nothing, not even what is due.
      checkHold(request, seats.table.seatCount);
      lapseHolds(seats, now);
      const known = seats.replies.find(request.requestId, request.owner);
      if (known !== undefined) return known;
      const reply = takeSeats(seats, request, now);
      seats.replies.keep(request.requestId, request.owner, { reply, now });
      return reply;
    },
    async extend(scope, { owner, holdId, holdMs, maxHoldMs }, options) {
      const now = nowFor(options, clock);
      const seats = seatsAt(performances, scope, now);
      if (seats === undefined) return staleEpoch;
      checkTime("holdMs", holdMs);
      checkTime("maxHoldMs", maxHoldMs);
      const hold = seats.holds.find(owner, holdId);
      if (hold === undefined) return { kind: "no-hold" };
      if (hold.paying > 0) return { kind: "paying" };
      seats.holds.setDeadline(hold, extended(hold, now, { holdMs, maxHoldMs }));
      return { kind: "held", hold: holdView(hold) };
    },
    async release(scope, request, options) {
      const seats = seatsAt(performances, scope, nowFor(options, clock));
      if (seats === undefined) return staleEpoch;
      const hold = seats.holds.find(request.owner, request.holdId);
      if (hold === undefined) return { kind: "no-hold" };
      if (hold.paying > 0) return { kind: "paying" };
      const named = request.seats === undefined ? undefined : new Set(request.seats);
      const freed = hold.seats.filter((seat) => named?.has(seat) ?? true);
      for (const seat of freed) seats.holds.free(seat);
      return { kind: "released", seats: freed };
    },
  };
}

function readersCalls(
  performances: Performances,
  clock: Clock,
): Pick<SeatStore, "holdOf" | "availability" | "counts" | "expire"> {
  return {
    async holdOf(scope, owner, options) {
      const seats = seatsAt(performances, scope, nowFor(options, clock));
      if (seats === undefined) return staleEpoch;
      const hold = seats.holds.running(owner);
      if (hold === undefined) return { kind: "no-hold" };
      return { kind: "held", hold: holdView(hold), paying: hold.paying > 0 };
    },
    async availability(scope, options) {
      const seats = seatsAt(performances, scope, nowFor(options, clock));
      return seats === undefined ? staleEpoch : { kind: "ok", ...seats.table.snapshot() };
    },
    async counts(scope, options) {
      const now = nowFor(options, clock);
      const seats = seatsAt(performances, scope, now);
      return seats === undefined ? staleEpoch : { kind: "ok", ...countsOf(seats, now) };
    },
    async expire(scope, options) {
      checkCount("limit", options.limit, limits.batch);
      const seats = seatsAt(performances, scope, nowFor(options, clock));
      if (seats === undefined) return staleEpoch;
      return { kind: "expired", holds: seats.expired.splice(0, options.limit) };
    },
  };
}

function truthsCalls(
  performances: Performances,
  notices: SeatNotices,
): Pick<SeatStore, "apply" | "restore"> {
  return {
    async apply(scope, truths) {
      const seats = performances.at(scope.performanceId, scope.epoch);
      if (seats === undefined) return staleEpoch;
      checkLimit("truths in one call", truths.length, limits.seats);
      for (const truth of truths) checkTruth(truth, seats.table.seatCount);
      for (const truth of truths) applyTruth(seats, truth);
      return { kind: "applied" };
    },
    async restore({ performanceId, epoch }, { seatCount, claims }) {
      checkCount("seatCount", seatCount, limits.seats);
      checkLimit("claims", claims.length, limits.seats);
      for (const claim of claims) checkTruth(claim, seatCount);
      // What the restore itself writes is told as a whole afterwards, not seat by seat.
      let told = false;
      const seats = performances.replace(performanceId, epoch, () => {
        const built = performanceSeats(seatCount, epoch, (seat, look, version) => {
          if (told) notices.changed(performanceId, seat, look, version);
        });
        for (const claim of claims) applyTruth(built, claim);
        return built;
      });
      told = true;
      if (seats !== undefined) notices.replaced(performanceId, seats.table.version);
    },
  };
}
