// How many seats are in which state. Read the header of count-seats.lua.

import type { StaleEpoch } from "../../../../ports/queue-store.ts";
import type { SeatCounts } from "../../../../ports/seat-store.ts";
import { script } from "../../script.ts";
import { perform, type SeatCall, staleEpoch } from "../calls.ts";

const countSeatsScript = script(import.meta.url, {
  keys: ["meta", "seats", "looks", "holds", "owners", "deadlines", "near", "expired", "notices"],
  parts: ["clock", "seat-table", "holds", "write-holds", "lapse-holds"],
});

export async function countSeats(
  call: SeatCall,
): Promise<StaleEpoch | ({ kind: "ok" } & SeatCounts)> {
  const reply = await perform(call, countSeatsScript, []);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "ok":
      return {
        kind: "ok",
        free: reply.number(),
        held: reply.number(),
        paying: reply.number(),
        sold: reply.number(),
        withheld: reply.number(),
        holds: reply.number(),
        holdsNearDeadline: reply.number(),
      };
    default:
      return reply.unexpected("count-seats");
  }
}
