// The owner's running hold. Read the header of read-hold.lua.

import type { EntryId } from "../../../../foundation/ids.ts";
import type { SeatStore } from "../../../../ports/seat-store.ts";
import { script } from "../../script.ts";
import { perform, type SeatCall, staleEpoch } from "../calls.ts";
import { holdFrom } from "./hold-seats.ts";

const readHoldScript = script(import.meta.url, {
  keys: ["meta", "seats", "looks", "holds", "owners", "deadlines", "near", "expired", "notices"],
  parts: ["clock", "seat-table", "holds", "write-holds", "lapse-holds"],
});

export async function readHold(
  call: SeatCall,
  owner: EntryId,
): Promise<Awaited<ReturnType<SeatStore["holdOf"]>>> {
  const reply = await perform(call, readHoldScript, [owner]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "no-hold":
      return { kind: "no-hold" };
    case "held": {
      const paying = reply.number() > 0;
      return { kind: "held", hold: holdFrom(reply, owner), paying };
    }
    default:
      return reply.unexpected("read-hold");
  }
}
