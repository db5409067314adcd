// Gives each request its place, in the order of the list: a new one, or the one that the entry or its
// identity has. An identity goes with how many places it has, where that is more than one.
// Read the header of join-line.lua.

import type { EntryId } from "../../../../foundation/ids.ts";
import type {
  JoinOptions,
  JoinReply,
  JoinRequest,
  StaleEpoch,
} from "../../../../ports/queue-store.ts";
import { limits } from "../../../hot/limits.ts";
import { type Reply, script } from "../../script.ts";
import { identityText, type LineCall, lineIsFull, perform, staleEpoch } from "../calls.ts";

const joinLineScript = script(import.meta.url, {
  keys: ["meta", "line", "identities", "networks", "asks"],
  parts: ["clock", "spans", "asks"],
});

export async function joinLine(
  call: LineCall,
  requests: readonly JoinRequest[],
  { highWaterMark, networkShare, entryShare }: JoinOptions,
): Promise<StaleEpoch | { kind: "ok"; replies: JoinReply[] }> {
  const mark = Math.min(highWaterMark, limits.indexes);
  const reply = await perform(call, joinLineScript, [
    mark,
    limits.entries,
    networkShare?.joins ?? "",
    networkShare?.spanMs ?? "",
    entryShare?.asks ?? "",
    entryShare?.spanMs ?? "",
    ...requests.flatMap(({ entryId, identity, network = "" }) => [
      entryId,
      identityText(identity),
      network,
    ]),
  ]);
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "full":
      throw lineIsFull();
    case "ok":
      return { kind: "ok", replies: requests.map(() => placeFrom(reply)) };
    default:
      return reply.unexpected("join-line");
  }
}

function placeFrom(reply: Reply): JoinReply {
  const kind = reply.text();
  const entryId = reply.text() as EntryId;
  const index = reply.text();
  switch (kind) {
    case "joined":
    case "known":
      return { kind, entryId, index: Number(index) };
    case "mark-reached":
    case "identity-full":
      return { kind };
    case "network-full":
    case "asked-too-often":
      return { kind, retryMs: Number(index) };
    default:
      return reply.unexpected("join-line");
  }
}
