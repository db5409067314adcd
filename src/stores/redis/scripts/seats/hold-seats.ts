// Takes all the seats asked for, or none. Read the header of hold-seats.lua.

import { Bug } from "../../../../foundation/assert.ts";
import type { EntryId, HoldId } from "../../../../foundation/ids.ts";
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
  parts: ["clock", "seat-table", "holds", "write-holds", "lapse-holds", "pick-places"],
});

export async function holdSeats(call: SeatCall, request: HoldRequest): Promise<HoldReply> {
  const reply = await perform(call, holdSeatsScript, holdArguments(request));
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "no-such-seat":
      throw noSuchSeat(reply);
    case "other-owner":
      throw new Bug(`hold ${request.holdId} belongs to another owner`);
    case "paying":
      return { kind: "paying" };
    case "over-limit":
      return { kind: "over-limit", limit: reply.number(), has: reply.number() };
    case "taken":
      return { kind: "taken", seats: reply.numbers(), areas: reply.numbers() };
    case "held": {
      const added = reply.numbers();
      return { kind: "held", hold: holdFrom(reply, request.owner), added };
    }
    default:
      return reply.unexpected("hold-seats");
  }
}

/** What follows the epoch and the instant. */
export function holdArguments(request: HoldRequest): (string | number)[] {
  const seats = ascendingUnique(request.seats);
  return [
    request.requestId,
    request.owner,
    request.holdId,
    request.holdMs,
    request.maxHoldMs,
    request.limit,
    seats.length,
    ...seats,
    ...(request.areas ?? []).flatMap(({ first, last, count }) => [first, last, count]),
  ];
}

/** The end of every reply that tells a hold. */
export function holdFrom(reply: Reply, owner: EntryId): Hold {
  const holdId = reply.text() as HoldId;
  const [heldAt, deadline] = [reply.number(), reply.number()];
  return { holdId, owner, seats: reply.numbers(), heldAt, deadline };
}
