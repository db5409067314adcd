// A check is one invariant, its sentence, and a function that looks at every piece of evidence it
// concerns. It counts what it looked at: a check that saw nothing has not held, it has nothing to say.
// Every check has planted violations in planted.test.ts that it alone (with what follows from it by
// logic) must catch. The list of all: all-checks.ts.

import type { CaseFile, Witness } from "./evidence/case-file.ts";

export type Violation = { says: string; evidence: Record<string, unknown> };

export type Finder = {
  /** One more thing was looked at. */
  saw(count?: number): void;
  violation(says: string, evidence: Record<string, unknown>): void;
};

export type Check = {
  id: string;
  /** The invariant, as a person reads it. */
  sentence: string;
  /** Without these it cannot be judged. */
  needs: readonly Witness[];
  find(file: CaseFile, finder: Finder): void | Promise<void>;
};

export type Verdict = {
  id: string;
  sentence: string;
  result: "holds" | "violated" | "nothing-seen" | "not-checked";
  /** How many things were looked at. */
  seen: number;
  count: number;
  /** The first ones. */
  violations: Violation[];
  /** Why it was not checked. */
  missing: Witness[];
};

const listed = 10;

export async function runCheck(check: Check, file: CaseFile): Promise<Verdict> {
  const { id, sentence, needs } = check;
  const missing = needs.filter((witness) => file[witness] === undefined || file[witness] === false);
  const verdict = { id, sentence, seen: 0, count: 0, violations: [] as Violation[], missing };
  if (missing.length > 0) return { ...verdict, result: "not-checked" };
  await check.find(file, {
    saw(count = 1) {
      verdict.seen += count;
    },
    violation(says, evidence) {
      verdict.count += 1;
      if (verdict.violations.length < listed) verdict.violations.push({ says, evidence });
    },
  });
  const clean = verdict.seen === 0 ? "nothing-seen" : "holds";
  return { ...verdict, result: verdict.count > 0 ? "violated" : clean };
}

export async function runChecks(checks: readonly Check[], file: CaseFile): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const check of checks) verdicts.push(await runCheck(check, file));
  return verdicts;
}

export function groupBy<T, K>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export function sum<T>(items: Iterable<T>, amountOf: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += amountOf(item);
  return total;
}
