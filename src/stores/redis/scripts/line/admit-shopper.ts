// Brings a durable admission in. Read the header of admit-shopper.lua.

import type { KnownAdmission, StaleEpoch } from "../../../../ports/queue-store.ts";
import { script } from "../../script.ts";
import { type LineCall, perform, staleEpoch } from "../calls.ts";

const admitShopperScript = script(import.meta.url, {
  keys: ["meta", "line", "positions", "presence", "returned", "turns", "shoppers", "admissions"],
  parts: ["clock", "lapse-turns", "places"],
});

export async function admitShopper(
  call: LineCall,
  { entryId, index, admissionId, deadline }: KnownAdmission,
): Promise<StaleEpoch | { kind: "active"; deadline: number } | { kind: "ended" }> {
  const args = [entryId, index, admissionId, deadline];
  const reply = await perform(call, admitShopperScript, args);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "active":
      return { kind: "active", deadline: reply.number() };
    case "ended":
      return { kind: "ended" };
    default:
      return reply.unexpected("admit-shopper");
  }
}
