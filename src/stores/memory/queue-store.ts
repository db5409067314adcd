// The queue port in process: finds the line of the epoch, checks bounds before anything is written,
// lapses what is due, and leaves the rest to line/. Each call runs to its end without awaiting
// anything, so calls cannot interleave.

import type { Clock } from "../../foundation/clock.ts";
import type { OnSaleId } from "../../foundation/ids.ts";
import type { QueueScope, QueueStore, StaleEpoch } from "../../ports/queue-store.ts";
import { checkLimit, checkTime, limits } from "../hot/limits.ts";
import {
  checkAdmission,
  checkCheckIn,
  checkClaim,
  checkEntryShare,
  checkJoin,
  checkNetworkShare,
  checkOffer,
} from "../hot/requests.ts";
import { countsOf, type Line, lapse, restoredLine } from "./line/line.ts";
import { checkIn, join, shareAt } from "./line/places.ts";
import { admit, claim, leave, standing, touch } from "./line/shopping.ts";
import { offerTurns } from "./line/turns.ts";
import type { Scopes } from "./scopes.ts";
import { nowFor } from "./store-clock.ts";

type Lines = Scopes<OnSaleId, Line>;

const staleEpoch: StaleEpoch = { kind: "stale-epoch" };
/** Presence that a claim without an open turn is worth, where the caller does not say. */
const claimPresenceMs = 60_000;

export function memoryQueueStore(lines: Lines, clock: Clock): QueueStore {
  return { ...placeCalls(lines, clock), ...turnCalls(lines, clock), ...shopCalls(lines, clock) };
}

/** The line with everything lapsed that is due; undefined: stale. */
function lineAt(lines: Lines, scope: QueueScope, now: number): Line | undefined {
  const line = lines.at(scope.onSaleId, scope.epoch);
  if (line !== undefined) lapse(line, now);
  return line;
}

function placeCalls(lines: Lines, clock: Clock): Pick<QueueStore, "join" | "checkIn" | "restore"> {
  return {
    async join(scope, requests, options) {
      const now = nowFor(options, clock);
      const line = lineAt(lines, scope, now);
      if (line === undefined) return staleEpoch;
      checkLimit("joins in one call", requests.length, limits.batch);
      checkLimit("entries in one line", line.entries.size + requests.length, limits.entries);
      for (const request of requests) checkJoin(request);
      if (options.networkShare !== undefined) checkNetworkShare(options.networkShare);
      if (options.entryShare !== undefined) checkEntryShare(options.entryShare);
      // Nobody's join begins no span.
      if (requests.length === 0) return { kind: "ok", replies: [] };
      const joining = {
        highWaterMark: Math.min(options.highWaterMark, limits.indexes),
        share: shareAt(line, options.networkShare, now),
        entryShare: options.entryShare,
        now,
      };
      return { kind: "ok", replies: requests.map((request) => join(line, request, joining)) };
    },
    async checkIn(scope, entries, options) {
      const now = nowFor(options, clock);
      const line = lineAt(lines, scope, now);
      if (line === undefined) return staleEpoch;
      checkLimit("check-ins in one call", entries.length, limits.batch);
      checkLimit("entries in one line", line.entries.size + entries.length, limits.entries);
      checkTime("presenceMs", options.presenceMs);
      for (const entry of entries) checkCheckIn(entry);
      const until = now + options.presenceMs;
      return { kind: "ok", replies: entries.map((entry) => checkIn(line, entry, until)) };
    },
    async restore(scope, truth) {
      lines.replace(scope.onSaleId, scope.epoch, () => restoredLine(truth));
    },
  };
}

function turnCalls(lines: Lines, clock: Clock): Pick<QueueStore, "offerTurns" | "counts"> {
  return {
    async offerTurns(scope, request, options) {
      const now = nowFor(options, clock);
      const line = lineAt(lines, scope, now);
      if (line === undefined) return staleEpoch;
      checkOffer(request);
      return offerTurns(line, request, now);
    },
    async counts(scope, options) {
      const line = lineAt(lines, scope, nowFor(options, clock));
      return line === undefined ? staleEpoch : { kind: "ok", ...countsOf(line) };
    },
  };
}

function shopCalls(
  lines: Lines,
  clock: Clock,
): Pick<QueueStore, "claim" | "admit" | "touch" | "shopper" | "leave"> {
  return {
    async claim(scope, request, options) {
      const now = nowFor(options, clock);
      const line = lineAt(lines, scope, now);
      if (line === undefined) return staleEpoch;
      checkClaim(request);
      const { presenceMs = claimPresenceMs, entryShare } = options ?? {};
      if (entryShare !== undefined) checkEntryShare(entryShare);
      return claim(line, request, { now, presenceMs, ...(entryShare && { entryShare }) });
    },
    async admit(scope, admission, options) {
      const now = nowFor(options, clock);
      const line = lineAt(lines, scope, now);
      if (line === undefined) return staleEpoch;
      checkAdmission(admission);
      return admit(line, admission, now);
    },
    async touch(scope, shopper, options) {
      const line = lineAt(lines, scope, nowFor(options, clock));
      return line === undefined ? staleEpoch : touch(line, shopper.entryId, shopper.deadline);
    },
    async shopper(scope, entryId, options) {
      const line = lineAt(lines, scope, nowFor(options, clock));
      return line === undefined ? staleEpoch : standing(line, entryId);
    },
    async leave(scope, entryId) {
      const line = lines.at(scope.onSaleId, scope.epoch);
      if (line === undefined) return staleEpoch;
      leave(line, entryId);
      return { kind: "left" };
    },
  };
}
