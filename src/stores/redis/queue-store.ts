// The queue port on Redis: checks what is asked for, as every hot store does, and hands it to the
// scripts in scripts/line, in chunks that keep one script call under a few milliseconds.
//
// Chunks of a batch are separate calls: when the epoch goes stale between them the whole answer is
// stale, and the caller repeats it, which is safe. A restore goes in chunks as well; its marker sees
// to it that nothing is in force before the last one.

import type { Bounds } from "../../foundation/bounds.ts";
import type { QueueScope, QueueStore, RestoreQueue, StaleEpoch } from "../../ports/queue-store.ts";
import { checkCount, checkId, checkLimit, checkTime, limits } from "../hot/limits.ts";
import {
  checkAdmission,
  checkCheckIn,
  checkClaim,
  checkEntryShare,
  checkJoin,
  checkNetworkShare,
  checkOffer,
  checkRestoredLine,
} from "../hot/requests.ts";
import type { CallContext } from "./call-context.ts";
import { lineKeys } from "./keys.ts";
import { leaveBatches } from "./batches/leave-batches.ts";
import type { LineCall } from "./scripts/calls.ts";
import { admitShopper } from "./scripts/line/admit-shopper.ts";
import { beginLine } from "./scripts/line/begin-line.ts";
import { checkIn } from "./scripts/line/check-in.ts";
import { claimTurn } from "./scripts/line/claim-turn.ts";
import { countLine } from "./scripts/line/count-line.ts";
import { finishLine } from "./scripts/line/finish-line.ts";
import { joinLine } from "./scripts/line/join-line.ts";
import { offerTurns } from "./scripts/line/offer-turns.ts";
import { restoreAdmissions } from "./scripts/line/restore-admissions.ts";
import { touchShopper } from "./scripts/line/touch-shopper.ts";

/** Presence that a claim without an open turn is worth, where the caller does not say. */
const claimPresenceMs = 60_000;
/** Joins, check-ins or admissions in one script call: one to four milliseconds of the shard. */
const chunkSize = 1_000;

export function redisQueueStore(context: CallContext): QueueStore & { bounds: Bounds } {
  const leaving = leaveBatches();
  const at = (scope: QueueScope, options?: { now?: number }): LineCall => ({
    run: context.run,
    keys: lineKeys(context.prefix, scope.onSaleId),
    epoch: scope.epoch,
    now: context.nowFor(options),
  });
  return {
    bounds: () => ({ hot_leaving: leaving.bound }),
    async join(scope, requests, options) {
      checkLimit("joins in one call", requests.length, limits.batch);
      for (const request of requests) checkJoin(request);
      if (options.networkShare !== undefined) checkNetworkShare(options.networkShare);
      if (options.entryShare !== undefined) checkEntryShare(options.entryShare);
      const call = at(scope, options);
      return inChunks(requests, (chunk) => joinLine(call, chunk, options));
    },
    async checkIn(scope, entries, options) {
      checkLimit("check-ins in one call", entries.length, limits.batch);
      checkTime("presenceMs", options.presenceMs);
      for (const entry of entries) checkCheckIn(entry);
      const call = at(scope, options);
      return inChunks(entries, (chunk) => checkIn(call, chunk, options.presenceMs));
    },
    async offerTurns(scope, request, options) {
      checkOffer(request);
      return offerTurns(at(scope, options), request);
    },
    async claim(scope, request, options) {
      checkClaim(request);
      const { presenceMs = claimPresenceMs, entryShare } = options ?? {};
      if (entryShare !== undefined) checkEntryShare(entryShare);
      return claimTurn(at(scope, options), request, { presenceMs, entryShare });
    },
    async admit(scope, admission, options) {
      checkAdmission(admission);
      return admitShopper(at(scope, options), admission);
    },
    async touch(scope, { entryId, deadline }, options) {
      checkTime("deadline", deadline);
      return touchShopper(at(scope, options), { entryId, deadline });
    },
    async shopper(scope, entryId, options) {
      return touchShopper(at(scope, options), { entryId, deadline: undefined });
    },
    async leave(scope, entryId) {
      return leaving.ask(at(scope), entryId);
    },
    async counts(scope, options) {
      return countLine(at(scope, options));
    },
    async restore(scope, truth) {
      checkId("scope", scope.onSaleId);
      checkCount("epoch", scope.epoch, limits.epochs);
      checkRestoredLine(truth);
      await restoreLine(at(scope), truth);
    },
  };
}

async function inChunks<Item, One>(
  items: readonly Item[],
  send: (chunk: readonly Item[]) => Promise<StaleEpoch | { kind: "ok"; replies: One[] }>,
): Promise<StaleEpoch | { kind: "ok"; replies: One[] }> {
  if (items.length <= chunkSize) return send(items);
  const replies: One[] = [];
  for (let from = 0; from < items.length; from += chunkSize) {
    const reply = await send(items.slice(from, from + chunkSize));
    if (reply.kind === "stale-epoch") return reply;
    for (const one of reply.replies) replies.push(one);
  }
  return { kind: "ok", replies };
}

async function restoreLine(call: LineCall, truth: RestoreQueue): Promise<void> {
  const restore = { ...call, token: `${call.epoch}-${crypto.randomUUID()}` };
  if ((await beginLine(restore, truth)) === "in-force") return;
  for (let from = 0; from < truth.admissions.length; from += chunkSize) {
    await restoreAdmissions(restore, truth.admissions.slice(from, from + chunkSize));
  }
  await finishLine(restore);
}
