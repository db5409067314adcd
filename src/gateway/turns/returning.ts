// A priority return: a fan whose payment came too late comes back at the front of the line, once, with a
// token that the order's page had. The page asks again every second until it is let in; every call does
// the same: the place of before ends, the entry of the return stands among those who are next at the
// coming tick, and a turn that it was given is claimed. Nothing of it is stored but the admission.
// What it costs the others, and why so: domain/waiting-room/priority-token.ts.

import { z } from "zod";
import { priorityPosition, readPriority } from "../../domain/waiting-room/priority-token.ts";
import type { SealingKeys } from "../../foundation/sealed-bytes.ts";
import { readJson } from "../../http/read-body.ts";
import { json, Refusal } from "../../http/respond.ts";
import { type ClaimDeps, claimTurn } from "../claim.ts";
import type { Places } from "../places.ts";
import type { LineHandler } from "../polls/on-line.ts";
import { presenceMs } from "../presence.ts";

const body = z.object({ priority: z.string().max(256) });

export type ReturningDeps = ClaimDeps & { places: Places; queueKeys: () => SealingKeys };

export function priorityReturn(deps: ReturningDeps): LineHandler {
  const { queue, records, epochs, clock } = deps;
  return async (line, call) => {
    const { onSaleId } = line;
    const { priority } = await readJson(call.request, body);
    const reading = readPriority(deps.queueKeys(), priority, { onSaleId, now: clock.now() });
    if (reading.kind !== "valid")
      throw new Refusal("priority-ended", { facts: { reason: reading.kind } });
    const { entryId, formerEntryId } = reading.claims;
    const index = await deps.places.give(line, entryId, call.ip);
    await records.end(onSaleId, formerEntryId);
    await epochs.queue(onSaleId, (scope) => queue.leave(scope, formerEntryId));
    const present = { entryId, index, position: priorityPosition };
    await epochs.queue(onSaleId, (scope) => queue.checkIn(scope, [present], { presenceMs }));
    return json(await claimTurn(deps, line, { entryId, index, priority: priorityPosition }));
  };
}
