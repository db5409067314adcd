// Marks entries present. Read the header of check-in.lua.

import type { CheckIn, CheckInReply, StaleEpoch } from "../../../../ports/queue-store.ts";
import { limits } from "../../../hot/limits.ts";
import { type Reply, script } from "../../script.ts";
import { type LineCall, lineIsFull, perform, staleEpoch } from "../calls.ts";

const checkInScript = script(import.meta.url, {
  keys: ["meta", "line", "positions", "presence", "returned", "turns", "shoppers", "admissions"],
  parts: ["clock", "lapse-turns", "places"],
});

export async function checkIn(
  call: LineCall,
  entries: readonly CheckIn[],
  presenceMs: number,
): Promise<StaleEpoch | { kind: "ok"; replies: CheckInReply[] }> {
  const reply = await perform(call, checkInScript, [
    presenceMs,
    limits.entries,
    ...entries.flatMap(({ entryId, index, position }) => [entryId, index, position ?? ""]),
  ]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "full":
      throw lineIsFull();
    case "ok":
      return { kind: "ok", replies: entries.map(() => standingFrom(reply)) };
    default:
      return reply.unexpected("check-in");
  }
}

function standingFrom(reply: Reply): CheckInReply {
  const kind = reply.text();
  const deadline = reply.text();
  switch (kind) {
    case "waiting":
    case "returned":
    case "admitted":
    case "ended":
      return { kind };
    case "turn":
      return { kind, claimBy: Number(deadline) };
    default:
      return reply.unexpected("check-in");
  }
}
