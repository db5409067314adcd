// Moves or reads a shopper's deadline. Read the header of touch-shopper.lua.

import type { EntryId } from "../../../../foundation/ids.ts";
import type { StaleEpoch } from "../../../../ports/queue-store.ts";
import { script } from "../../script.ts";
import { type LineCall, perform, staleEpoch } from "../calls.ts";

const touchShopperScript = script(import.meta.url, {
  keys: ["meta", "turns", "shoppers"],
  parts: ["clock", "lapse-turns"],
});

/** @param deadline undefined: only tells it. */
export async function touchShopper(
  call: LineCall,
  { entryId, deadline }: { entryId: EntryId; deadline: number | undefined },
): Promise<StaleEpoch | { kind: "active"; deadline: number } | { kind: "ended" }> {
  const reply = await perform(call, touchShopperScript, [entryId, deadline ?? ""]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "active":
      return { kind: "active", deadline: reply.number() };
    case "ended":
      return { kind: "ended" };
    default:
      return reply.unexpected("touch-shopper");
  }
}
