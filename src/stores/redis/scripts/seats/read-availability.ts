// The map of all seats. Read the header of read-availability.lua.

import type { StaleEpoch } from "../../../../ports/queue-store.ts";
import type { AvailabilitySnapshot } from "../../../../ports/seat-store.ts";
import { script } from "../../script.ts";
import { type SeatCall, staleEpoch } from "../calls.ts";

const readAvailabilityScript = script(import.meta.url, {
  keys: ["meta", "seats", "looks", "holds", "owners", "deadlines", "near", "expired", "notices"],
  parts: ["clock", "seat-table", "holds", "write-holds", "lapse-holds"],
});

export async function readAvailability({
  run,
  keys,
  epoch,
  now,
}: SeatCall): Promise<StaleEpoch | ({ kind: "ok" } & AvailabilitySnapshot)> {
  const call = { keys, args: [epoch, now], isBinary: true };
  const reply = await run(readAvailabilityScript, call);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "ok":
      return {
        kind: "ok",
        version: reply.number(),
        seatCount: reply.number(),
        // A copy of its own: the client's buffer is shared with other replies.
        bits: new Uint8Array(reply.bytes()),
      };
    default:
      return reply.unexpected("read-availability");
  }
}
