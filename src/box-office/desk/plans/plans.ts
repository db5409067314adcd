// Venue plans at the desk: the list, one plan in numbers, and two ways in: a file that somebody
// drew, and the demo arena. A plan is immutable by its hash, so importing the same file twice keeps
// one plan. What the importer noticed is shown, never swallowed.

import { demoArena } from "../../../domain/seating/demo-arena.ts";
import { summarizePlan } from "../../../domain/seating/plan-summary.ts";
import { planLimits, type VenuePlan } from "../../../domain/seating/venue-plan.ts";
import type { Mounted } from "../../../http/mount.ts";
import { json, Refusal } from "../../../http/respond.ts";
import { asOfOwnWrites } from "../../../http/seen-position.ts";
import type { Catalog, Operators } from "../../../ports/catalog.ts";
import { mayLag } from "../../../ports/reads/freshness.ts";
import type { DeskPlan, PlanImported } from "../../../wire/desk-contract.ts";
import { openPlanReader, readPlanFiles } from "./import-plan.ts";
import type { OperatorGuard, Seated } from "../sign-in/operator-guard.ts";

type Deps = { catalog: Catalog; operators: Operators; guard: OperatorGuard };

/** Longer lists of warnings are counted, not sent: nobody reads the 201st. */
const listed = 200;

export function planRoutes({ catalog, operators, guard }: Deps): Mounted {
  const readPlan = openPlanReader();

  const keep = async (call: Seated, plan: VenuePlan, format: string): Promise<DeskPlan> => {
    const { hash, seatCount } = await catalog.savePlan(plan);
    await operators.audit({
      operatorId: call.operator.operatorId,
      action: "plan.import",
      subject: hash,
      detail: { after: { name: plan.name.en, seats: seatCount, format } },
    });
    return { hash, ...summarizePlan(plan) };
  };

  return {
    deskPlans: {
      GET: guard.reads(async ({ request }) =>
        json({ plans: await catalog.plans(asOfOwnWrites(request)) }),
      ),
    },
    deskPlan: {
      GET: guard.reads(async ({ params }) => {
        const hash = params.planHash ?? "";
        const isHash = /^[0-9a-zA-Z_:-]{1,128}$/.test(hash);
        const plan = isHash ? await catalog.plan(hash, mayLag) : undefined;
        if (plan === undefined) throw new Refusal("not-found");
        return json({ hash, ...summarizePlan(plan) } satisfies DeskPlan);
      }),
    },
    deskPlanImport: {
      POST: guard.acts(async (call) => {
        const outcome = await readPlan(await readPlanFiles(call.request));
        if (outcome.kind === "refused") {
          throw new Refusal("plan-refused", {
            errors: outcome.problems.map(({ path, message }) => ({ where: path, what: message })),
            facts: { more: outcome.more },
          });
        }
        const plan = renamed(outcome.plan, new URL(call.request.url).searchParams.get("called"));
        const notes = outcome.notes.slice(0, listed);
        const answer: PlanImported = {
          plan: await keep(call, plan, outcome.format),
          format: outcome.format,
          parted: outcome.parted,
          notes,
          more: outcome.notes.length - notes.length,
        };
        return json(answer, 201);
      }),
    },
    deskPlanDemo: {
      POST: guard.acts(async (call) => {
        const answer: PlanImported = {
          plan: await keep(call, demoArena(), "demo"),
          format: "demo",
          parted: { aisles: 0, pillars: 0, gaps: 0 },
          notes: [],
          more: 0,
        };
        return json(answer, 201);
      }),
    },
  };
}

function renamed(plan: VenuePlan, called: string | null): VenuePlan {
  const name = called?.trim().slice(0, planLimits.wordLength);
  return name ? { ...plan, name: { ko: name, en: name } } : plan;
}
