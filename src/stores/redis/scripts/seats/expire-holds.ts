// Hands the sweeper what has expired. Read the header of expire-holds.lua.

import type { EntryId, HoldId, SeatNumber } from "../../../../foundation/ids.ts";
import type { StaleEpoch } from "../../../../ports/queue-store.ts";
import { script } from "../../script.ts";
import { perform, type SeatCall, staleEpoch } from "../calls.ts";

const expireHoldsScript = script(import.meta.url, {
  keys: ["meta", "seats", "looks", "holds", "owners", "deadlines", "near", "expired", "notices"],
  parts: ["clock", "seat-table", "holds", "write-holds", "lapse-holds"],
});

export type ExpiredHold = { holdId: HoldId; owner: EntryId; seats: SeatNumber[] };

export async function expireHolds(
  call: SeatCall,
  limit: number,
): Promise<StaleEpoch | { kind: "expired"; holds: ExpiredHold[] }> {
  const reply = await perform(call, expireHoldsScript, [limit]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "expired": {
      const holds: ExpiredHold[] = [];
      while (!reply.isRead) {
        holds.push({
          holdId: reply.text() as HoldId,
          owner: reply.text() as EntryId,
          seats: reply.numbers(),
        });
      }
      return { kind: "expired", holds };
    }
    default:
      return reply.unexpected("expire-holds");
  }
}
