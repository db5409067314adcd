// Moves the deadline of a hold. Read the header of extend-hold.lua.

import type { EntryId, HoldId } from "../../../../foundation/ids.ts";
import type { HoldChangeReply } from "../../../../ports/seat-store.ts";
import { script } from "../../script.ts";
import { perform, type SeatCall, staleEpoch } from "../calls.ts";
import { holdFrom } from "./hold-seats.ts";

const extendHoldScript = script(import.meta.url, {
  keys: ["meta", "seats", "looks", "holds", "owners", "deadlines", "near", "expired", "notices"],
  parts: ["clock", "seat-table", "holds", "write-holds", "lapse-holds"],
});

export async function extendHold(
  call: SeatCall,
  request: { owner: EntryId; holdId: HoldId; holdMs: number; maxHoldMs: number },
): Promise<HoldChangeReply> {
  const { owner, holdId, holdMs, maxHoldMs } = request;
  const reply = await perform(call, extendHoldScript, [owner, holdId, holdMs, maxHoldMs]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "no-hold":
    case "paying":
      return { kind: reply.word };
    case "held":
      return { kind: "held", hold: holdFrom(reply, owner) };
    default:
      return reply.unexpected("extend-hold");
  }
}
