// Takes all the seats asked for, or none, for many requests in one call. Read the header of
// hold-seats.lua for what it keeps; hold-batches.ts gathers the requests.

import { Bug } from "../../../../foundation/assert.ts";
import type { EntryId, HoldId } from "../../../../foundation/ids.ts";
import type { StaleEpoch } from "../../../../ports/queue-store.ts";
import type { Hold, HoldReply, HoldRequest } from "../../../../ports/seat-store.ts";
import { ascendingUnique } from "../../../hot/requests.ts";
import { type Reply, script } from "../../script.ts";
import { noSuchSeat, perform, type SeatCall, staleEpoch } from "../calls.ts";

export const holdSeatsScript = script(import.meta.url, {
  keys: [
    "meta",
    "seats",
    "looks",
    "holds",
    "owners",
    "deadlines",
    "near",
    "expired",
    "notices",
    "young",
    "elder",
  ],
  parts: [
    "clock",
    "seat-table",
    "holds",
    "write-holds",
    "lapse-holds",
    "pick-places",
    "take-seats",
    "recent-replies",
  ],
});

/** One call for all requests; their replies in the same order. */
export async function holdSeats(
  call: SeatCall,
  requests: readonly HoldRequest[],
): Promise<StaleEpoch | { kind: "ok"; replies: Reply[] }> {
  const reply = await perform(call, holdSeatsScript, requests.flatMap(holdArguments));
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "ok":
      return { kind: "ok", replies: requests.map(() => reply.inner()) };
    default:
      return reply.unexpected("hold-seats");
  }
}

/** What one request was answered; throws where it could not be meant. */
export function holdReplyFrom(reply: Reply, request: HoldRequest): HoldReply {
  switch (reply.word) {
    case "no-such-seat":
      throw noSuchSeat(reply);
    case "other-owner":
      throw new Bug(`hold ${request.holdId} belongs to another owner`);
    case "paying":
      return { kind: "paying" };
    case "over-limit":
      return { kind: "over-limit", limit: reply.number(), has: reply.number() };
    case "taken":
      return {
        kind: "taken",
        seats: reply.numbers(),
        areas: reply.numbers(),
        // A reply remembered from a process before this one may lack it: then look.
        has: reply.isRead ? 1 : reply.number(),
      };
    case "held": {
      const added = reply.numbers();
      return { kind: "held", hold: holdFrom(reply, request.owner), added };
    }
    default:
      return reply.unexpected("hold-seats");
  }
}

/** What follows the epoch and the instant, for one request. */
export function holdArguments(request: HoldRequest): (string | number)[] {
  const seats = ascendingUnique(request.seats);
  const areas = request.areas ?? [];
  return [
    request.requestId,
    request.owner,
    request.holdId,
    request.holdMs,
    request.maxHoldMs,
    request.limit,
    seats.length,
    ...seats,
    areas.length,
    ...areas.flatMap(({ first, last, count }) => [first, last, count]),
  ];
}

/** The end of every reply that tells a hold. */
export function holdFrom(reply: Reply, owner: EntryId): Hold {
  const holdId = reply.text() as HoldId;
  const [heldAt, deadline] = [reply.number(), reply.number()];
  return { holdId, owner, seats: reply.numbers(), heldAt, deadline };
}
