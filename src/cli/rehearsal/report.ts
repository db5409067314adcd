// The verdict as a person reads it: a table of the invariants, then what was broken, with evidence.

import type { Verdict } from "../../checks/check.ts";

const words: Record<Verdict["result"], string> = {
  holds: "holds",
  violated: "BROKEN",
  "nothing-seen": "nothing to judge",
  "not-checked": "not checked",
};

export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ id, sentence, result, seen, count, missing }) => {
    const detail = missing.length > 0 ? ` (no ${missing.join(", ")})` : "";
    const found = count > 0 ? ` ${count}×` : "";
    return `  ${id.padEnd(4)} ${`${words[result]}${found}`.padEnd(17)} ${String(seen).padStart(9)}  ${sentence}${detail}`;
  });
  return ["", `  ${"".padEnd(4)} ${"".padEnd(17)} ${"looked at".padStart(9)}`, ...rows].join("\n");
}

/** The first violations of each broken invariant, with their evidence. */
export function violationLines(verdicts: readonly Verdict[]): string {
  return verdicts
    .filter(({ result }) => result === "violated")
    .flatMap(({ id, sentence, count, violations }) => [
      "",
      `${id} is broken ${count} ${count === 1 ? "time" : "times"}: ${sentence}`,
      ...violations.map(
        ({ says, evidence }) => `  · ${says}\n    ${JSON.stringify(evidence).slice(0, 1_500)}`,
      ),
    ])
    .join("\n");
}

export function isKept(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ result }) => result === "holds" || result === "nothing-seen");
}

export function summaryLine(verdicts: readonly Verdict[]): string {
  const of = (result: Verdict["result"]) =>
    verdicts.filter((verdict) => verdict.result === result).length;
  const parts = [`${of("holds")} invariants hold`];
  if (of("violated") > 0) parts.push(`${of("violated")} BROKEN`);
  if (of("nothing-seen") > 0) parts.push(`${of("nothing-seen")} had nothing to judge`);
  if (of("not-checked") > 0) parts.push(`${of("not-checked")} not checked`);
  return parts.join(", ");
}
