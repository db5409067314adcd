// On-sales at the desk: the list with its live numbers, one of them, creating, and what an operator
// does (actions.ts). Numbers that cannot be read are left out and said to be missing; the on-sale
// itself is always shown, because a desk is needed most when something does not answer.

import { parseId } from "../../foundation/ids.ts";
import type { Call, Mounted } from "../../http/mount.ts";
import { readJson } from "../../http/read-body.ts";
import { json, Refusal } from "../../http/respond.ts";
import { asOfOwnWrites } from "../../http/seen-position.ts";
import type { OnSale, Performance } from "../../ports/catalog.ts";
import type { Once } from "../../ports/requests/once.ts";
import { mayLag } from "../../ports/reads/freshness.ts";
import { checkAccent } from "../../wire/accent-shades.ts";
import type {
  DeskPerformance,
  DeskSale,
  DeskSaleList,
  DeskSaleRow,
} from "../../wire/desk-contract.ts";
import { makesOnce } from "../idempotency.ts";
import { act, type ActionDeps, actionBody, allow, previewOf } from "./actions.ts";
import { createOnSale, createPerformance, onSaleBody, performanceBody } from "./creating.ts";
import type { DeskLive } from "./live/live.ts";
import type { OperatorGuard, SeatedHandler } from "./sign-in/operator-guard.ts";

/** The newest; older ones are found in the audit. */
const maxListed = 100;

type Deps = ActionDeps & { guard: OperatorGuard; live: DeskLive; once: Once };

export function onSaleRoutes(deps: Deps): Mounted {
  const { catalog, guard, live } = deps;
  const named = async ({ params }: Call): Promise<OnSale> => {
    const id = parseId("on-sale", params.onSaleId);
    const onSale = id && (await catalog.onSale(id));
    if (!onSale) throw new Refusal("not-found");
    return onSale;
  };
  const rowOf = async (onSale: OnSale): Promise<DeskSaleRow | undefined> => {
    const [performance, sample] = await Promise.all([
      // What is shown of it never changes.
      catalog.performance(onSale.performanceId, mayLag),
      live.numbers.sample(onSale).catch(() => undefined),
    ]);
    return performance && { sale: saleOf(onSale, performance), live: sample };
  };

  const list = async ({ request }: Call) => {
    const onSales = (await catalog.onSales(asOfOwnWrites(request))).slice(0, maxListed);
    const rows = (await Promise.all(onSales.map(rowOf))).filter((row) => row !== undefined);
    return json({ rows, now: deps.clock.now() } satisfies DeskSaleList);
  };

  return {
    deskOnSales: { GET: guard.reads(list), POST: guard.acts(create(deps)) },
    deskOnSale: { GET: guard.reads(async (call) => json(await rowOf(await named(call)))) },
    deskOnSalePreview: {
      POST: guard.reads(async (call) => {
        const onSale = await named(call);
        const action = await readJson(call.request, actionBody);
        allow(onSale, action, deps.clock.now());
        return json(previewOf(onSale, action, await live.numbers.sample(onSale)));
      }),
    },
    deskOnSaleActions: {
      POST: guard.acts(async (call) => {
        const onSale = await named(call);
        const action = await readJson(call.request, actionBody);
        return json(await rowOf(await act(deps, onSale, action, call.operator)));
      }),
    },
    deskAccent: {
      GET: guard.reads(({ params }) => json(checkAccent(`#${(params.hex ?? "").slice(0, 6)}`))),
    },
    ...performanceRoutes(deps),
  };
}

function performanceRoutes({ catalog, guard, once }: Deps): Mounted {
  return {
    deskPerformances: {
      GET: guard.reads(async ({ request }) => {
        const performances = await catalog.performances(asOfOwnWrites(request));
        return json({ performances: performances.map(performanceOf) });
      }),
      POST: guard.acts(
        makesOnce(once, performanceBody, async ({ body, operator }, stores) => {
          const made = performanceOf(await createPerformance(stores.catalog, body));
          await stores.operators.audit({
            operatorId: operator.operatorId,
            action: "performance.create",
            subject: made.performanceId,
            detail: { after: made },
          });
          return made;
        }),
      ),
    },
  };
}

/** A new performance and its on-sale are made together, or neither. */
function create({ once, clock }: Deps): SeatedHandler {
  return makesOnce(once, onSaleBody, async ({ body, operator }, stores) => {
    const of = "performanceId" in body.performance ? body.performance.performanceId : undefined;
    if (of !== undefined && (await stores.cancellations.find(of)) !== undefined) {
      const what = "does not take place: it was cancelled";
      throw new Refusal("bad-request", { errors: [{ where: "performance", what }] });
    }
    const { onSale, performance } = await createOnSale(stores.catalog, body, clock.now());
    const sale = saleOf(onSale, performance);
    await stores.operators.audit({
      operatorId: operator.operatorId,
      action: "on-sale.create",
      subject: onSale.onSaleId,
      detail: { after: sale },
    });
    return sale;
  });
}

function performanceOf(performance: Performance): DeskPerformance {
  const { performanceId, name, venue, planHash, seatCount, startsAt, timeZone } = performance;
  return { performanceId, name, venue, planHash, seatCount, startsAt, timeZone };
}

/** Without the seed: before the opening nobody reads it, the operator neither. */
function saleOf(onSale: OnSale, performance: Performance): DeskSale {
  const { seed: _, performanceId: __, ...rest } = onSale;
  return { ...rest, performance: performanceOf(performance) };
}
