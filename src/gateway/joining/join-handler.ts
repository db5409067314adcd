// A join over HTTP: whoever has a place is shown it; anybody else is given a challenge, and a place when
// coming back with it, proved as the on-sale asks. A flood that reads no answers is given nothing.

import { json, jsonText } from "../../http/respond.ts";
import { bearerIn } from "../polls/believed.ts";
import type { EntryAsks } from "../entry-asks.ts";
import { withFrontier } from "../line.ts";
import type { Lines } from "../lines.ts";
import type { Places } from "../places.ts";
import type { LineHandler } from "../polls/on-line.ts";
import type { Proofs } from "../proofs/proofs.ts";
import { readJoin } from "./join-body.ts";

export type JoinHandlerDeps = {
  lines: Pick<Lines, "known">;
  places: Places;
  proofs: Proofs;
  asks: EntryAsks;
};

export function joinHandler({ lines, places, proofs, asks }: JoinHandlerDeps): LineHandler {
  return async (line, call) => {
    const asked = await readJoin(call.request);
    const { entryId, challenge, nonce } = asked;
    const known = places.shown(line, entryId, bearerIn(call.request.headers.get("authorization")));
    if (known !== undefined) {
      asks.count(line.onSaleId, known.index);
      return jsonText(withFrontier(line, known));
    }
    proofs.mustShow(line, asked);
    const cameBack =
      challenge !== undefined && places.cameBack(line, entryId, { challenge, nonce });
    if (!cameBack) return json(places.challenge(line, entryId));
    const proof = line.onSale.settings.joinProof;
    const identity = proof && (await proofs.identityFor(line, asked, call.ip));
    const joined = await places.join(line, entryId, { address: call.ip, identity });
    return jsonText(withFrontier(lines.known(line.onSaleId) ?? line, joined));
  };
}
