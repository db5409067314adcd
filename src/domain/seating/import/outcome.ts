// What an import answers. Keeps: either a plan that passed checkPlan, or problems with their places
// in the source; never half a plan. Notes say what was made up, moved or looks odd, and where.

import { checkPlan } from "../check-plan.ts";
import type { Problem, Problems } from "../problems.ts";
import type { VenuePlan } from "../venue-plan.ts";

export type SourceFile = { readonly name: string; readonly text: string };
export type SourceFormat = "pretix" | "traced-stadium" | "ballpark-grid" | "usher-plan";

export type ImportNote = {
  readonly level: "warning" | "note";
  /** In the words of the source: `zones[2].rows[0]`, `line 57`. */
  readonly place: string;
  readonly message: string;
};

/** Pairs of seats that follow each other in a row without being neighbours, by what parts them. */
export type PartedBy = { readonly aisles: number; readonly pillars: number; readonly gaps: number };

export type Imported = {
  readonly plan: VenuePlan;
  readonly parted: PartedBy;
  readonly notes: readonly ImportNote[];
};

export type ImportOutcome =
  | ({ readonly kind: "imported"; readonly format: SourceFormat } & Imported)
  | {
      readonly kind: "refused";
      readonly problems: readonly Problem[];
      /** How many more problems there are than those listed. */
      readonly more: number;
    };

export function refused(problems: Problems): ImportOutcome {
  const { count } = problems;
  return { kind: "refused", problems: problems.problems, more: count - problems.problems.length };
}

export function refusedFor(path: string, message: string): ImportOutcome {
  return { kind: "refused", problems: [{ path, message }], more: 0 };
}

/** The last gate of every importer: limits and uniqueness are those of any plan. */
export function accepted(format: SourceFormat, imported: Imported): ImportOutcome {
  const check = checkPlan(imported.plan);
  if (check.kind === "plan") return { kind: "imported", format, ...imported };
  const { problems, more } = check;
  return {
    kind: "refused",
    problems: problems.map(({ path, message }) => ({ path: `as a plan: ${path}`, message })),
    more,
  };
}
