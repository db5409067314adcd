// A performance that does not take place, at the desk: what it will cost, the word that it is given back,
// and how far that has come. The word is written before anything is asked of the provider, and what
// follows is the canceller's (workers/canceller.ts): this page may be closed, and any other shows the same.
//
// Keeps: no amount and no fee comes from the page; the performance is the name of the wish, so that a
// second one is the first one; nothing is cancelled that an on-sale could still sell.

import { z } from "zod";
import type { Clock } from "../../../foundation/clock.ts";
import { parseId } from "../../../foundation/ids.ts";
import type { Call, Mounted } from "../../../http/mount.ts";
import { readJson } from "../../../http/read-body.ts";
import { json, Refusal } from "../../../http/respond.ts";
import type { Catalog, Performance } from "../../../ports/catalog.ts";
import type { Cancellations } from "../../../ports/tickets/cancellations.ts";
import type { CancellationView } from "../../../wire/desk/desk-orders.ts";
import type { OperatorGuard } from "../sign-in/operator-guard.ts";

export type CancellingDeps = {
  guard: OperatorGuard;
  cancellations: Cancellations;
  catalog: Pick<Catalog, "performance">;
  clock: Clock;
};

const wishBody = z.object({
  keepFee: z.boolean(),
  reason: z.string().trim().min(3, "a few words on why").max(300),
});

export function cancellingRoutes(deps: CancellingDeps): Mounted {
  const { guard, cancellations } = deps;
  const performanceOf = async ({ params }: Call): Promise<Performance> => {
    const id = parseId("performance", params["performanceId"]);
    const performance = id && (await deps.catalog.performance(id));
    if (!performance) throw new Refusal("not-found");
    return performance;
  };
  return {
    deskCancellation: {
      GET: guard.reads(async (call) => json(await viewOf(deps, await performanceOf(call)))),
      POST: guard.acts(async (call) => {
        const performance = await performanceOf(call);
        const wish = await readJson(call.request, wishBody);
        const { performanceId } = performance;
        const { operatorId } = call.operator;
        const { kind } = await cancellations.begin({ performanceId, operatorId, ...wish });
        if (kind === "on-sale") throw new Refusal("performance-on-sale");
        return json(await viewOf(deps, performance));
      }),
    },
  };
}

async function viewOf(
  { cancellations, clock }: CancellingDeps,
  { performanceId, name, venue, startsAt, timeZone }: Performance,
): Promise<CancellationView> {
  const [found, left, refunds] = await Promise.all([
    cancellations.find(performanceId),
    cancellations.cost(performanceId),
    cancellations.progress(performanceId),
  ]);
  const word = found && (({ operatorId: _, performanceId: __, ...rest }) => rest)(found);
  const performance = { performanceId, name, venue, startsAt, timeZone };
  return { performance, cancellation: word, left, refunds, now: clock.now() };
}
