// How many are where. Read the header of count-line.lua.

import type { QueueCounts, StaleEpoch } from "../../../../ports/queue-store.ts";
import { script } from "../../script.ts";
import { type LineCall, perform, staleEpoch } from "../calls.ts";
import { countsFrom } from "./offer-turns.ts";

const countLineScript = script(import.meta.url, {
  keys: ["meta", "line", "returned", "turns", "shoppers", "admissions"],
  parts: ["clock", "lapse-turns"],
});

export async function countLine(
  call: LineCall,
): Promise<StaleEpoch | ({ kind: "ok" } & QueueCounts)> {
  const reply = await perform(call, countLineScript, []);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "ok":
      return { kind: "ok", ...countsFrom(reply) };
    default:
      return reply.unexpected("count-line");
  }
}
