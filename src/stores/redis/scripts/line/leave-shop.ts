// Frees shoppers' places. Read the header of leave-shop.lua.

import type { EntryId } from "../../../../foundation/ids.ts";
import type { StaleEpoch } from "../../../../ports/queue-store.ts";
import { script } from "../../script.ts";
import { type LineCall, perform, staleEpoch } from "../calls.ts";

const leaveShopScript = script(import.meta.url, {
  keys: ["meta", "shoppers"],
  parts: ["clock"],
});

export async function leaveShop(
  call: LineCall,
  entries: readonly EntryId[],
): Promise<StaleEpoch | { kind: "left" }> {
  const reply = await perform(call, leaveShopScript, entries);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "left":
      return { kind: "left" };
    default:
      return reply.unexpected("leave-shop");
  }
}
