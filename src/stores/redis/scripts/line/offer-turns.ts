// One admission tick: sends the candidates, reads the turns that were given. Read the header of
// offer-turns.lua for what it keeps.

import type { EntryId } from "../../../../foundation/ids.ts";
import type {
  OfferTurns,
  OfferTurnsReply,
  QueueCounts,
  Turn,
} from "../../../../ports/queue-store.ts";
import { type Reply, script } from "../../script.ts";
import { type LineCall, perform, staleEpoch } from "../calls.ts";

const offerTurnsScript = script(import.meta.url, {
  keys: ["meta", "line", "positions", "presence", "returned", "turns", "shoppers", "admissions"],
  parts: ["clock", "lapse-turns", "places"],
});

export async function offerTurns(call: LineCall, request: OfferTurns): Promise<OfferTurnsReply> {
  const { requestId, leaderFence, take, serving, claimWindowMs, candidates } = request;
  const reply = await perform(call, offerTurnsScript, [
    requestId ?? "",
    leaderFence,
    take,
    serving,
    claimWindowMs,
    ...candidates,
  ]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "stale-leader":
      return { kind: "stale-leader" };
    case "offered":
      return offeredFrom(reply);
    default:
      return reply.unexpected("offer-turns");
  }
}

function offeredFrom(reply: Reply): OfferTurnsReply {
  const serving = reply.number();
  const counts = countsFrom(reply);
  const turns: Turn[] = [];
  while (!reply.isRead) {
    turns.push({
      entryId: reply.text() as EntryId,
      index: reply.number(),
      position: reply.number(),
      claimBy: reply.number(),
    });
  }
  return { kind: "offered", serving, turns, counts };
}

export function countsFrom(reply: Reply): QueueCounts {
  return {
    joined: reply.number(),
    waiting: reply.number(),
    returned: reply.number(),
    turns: reply.number(),
    shoppers: reply.number(),
  };
}
