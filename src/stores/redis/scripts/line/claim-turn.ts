// From a turn into the shop. Read the header of claim-turn.lua.

import type { Claim, ClaimReply, EntryShare } from "../../../../ports/queue-store.ts";
import { script } from "../../script.ts";
import { type LineCall, perform, staleEpoch } from "../calls.ts";

const claimTurnScript = script(import.meta.url, {
  keys: [
    "meta",
    "line",
    "positions",
    "presence",
    "returned",
    "turns",
    "shoppers",
    "admissions",
    "asks",
  ],
  parts: ["clock", "spans", "asks", "lapse-turns", "places"],
});

export async function claimTurn(
  call: LineCall,
  { entryId, index, position, admissionId, deadline }: Claim,
  { presenceMs, entryShare }: { presenceMs: number; entryShare: EntryShare | undefined },
): Promise<ClaimReply> {
  const reply = await perform(call, claimTurnScript, [
    entryId,
    index,
    position,
    admissionId,
    deadline,
    presenceMs,
    entryShare?.asks ?? "",
    entryShare?.spanMs ?? "",
  ]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "claimed":
    case "already":
      return { kind: reply.word, admissionId: reply.text(), deadline: reply.number() };
    case "asked-too-often":
      return { kind: reply.word, retryMs: reply.number() };
    case "no-turn":
    case "ended":
      return { kind: reply.word };
    default:
      return reply.unexpected("claim-turn");
  }
}
