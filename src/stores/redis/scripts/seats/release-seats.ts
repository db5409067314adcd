// Gives seats back. Read the header of release-seats.lua.

import type { EntryId, HoldId, SeatNumber } from "../../../../foundation/ids.ts";
import type { HoldChangeReply } from "../../../../ports/seat-store.ts";
import { script } from "../../script.ts";
import { perform, type SeatCall, staleEpoch } from "../calls.ts";

const releaseSeatsScript = script(import.meta.url, {
  keys: ["meta", "seats", "looks", "holds", "owners", "deadlines", "near", "expired", "notices"],
  parts: ["clock", "seat-table", "holds", "write-holds", "lapse-holds"],
});

export async function releaseSeats(
  call: SeatCall,
  { owner, holdId, seats }: { owner: EntryId; holdId: HoldId; seats?: readonly SeatNumber[] },
): Promise<HoldChangeReply> {
  const which = seats === undefined ? ["all"] : ["named", ...seats];
  const reply = await perform(call, releaseSeatsScript, [owner, holdId, ...which]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "no-hold":
    case "paying":
      return { kind: reply.word };
    case "released":
      return { kind: "released", seats: reply.numbers() };
    default:
      return reply.unexpected("release-seats");
  }
}
