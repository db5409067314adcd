// Bad weather on demand: rules that make the coming N calls of an operation misbehave, set through
// POST /control/behaviour by tests and the rehearsal. Test cards reach the same weather by their number.
// Rules are taken in the order they were made, live in memory only, and are bounded in number.

import type { CardBehaviour } from "../test-cards.ts";

export type Operation = "authorize" | "capture" | "void" | "refund" | "find" | "ledger" | "webhook";
export const operations = [
  "authorize",
  "capture",
  "void",
  "refund",
  "find",
  "ledger",
  "webhook",
] as const satisfies readonly Operation[];

/** `silent-…`: the call is never answered, before or after it took effect, or takes effect long after. */
export const conducts = [
  "decline",
  "slow",
  "silent-before",
  "silent-after",
  "silent-late",
  "error-before",
  "error-after",
  "twice",
  "late",
  "never",
] as const;
export type Conduct = (typeof conducts)[number];

export type Rule = {
  operation: Operation;
  conduct: Conduct;
  times: number;
  /** Only calls for this order; undefined: any. */
  order: string | undefined;
  code: string | undefined;
  delayMs: number;
};

export const maxRules = 1_000;
export const maxDelayMs = 120_000;

export class Weather {
  private rules: Rule[] = [];
  private readonly erredOnce = new Set<string>();
  private clearing = Promise.withResolvers<void>();

  add(rule: Rule): boolean {
    if (this.rules.length >= maxRules) return false;
    this.rules.push({ ...rule });
    return true;
  }

  /** Also ends the silence of calls that are not answered yet. */
  clear(): void {
    this.rules = [];
    this.clearing.resolve();
    this.clearing = Promise.withResolvers();
  }

  cleared(): Promise<void> {
    return this.clearing.promise;
  }

  list(): readonly Rule[] {
    return this.rules;
  }

  /** Takes one call off the first rule that fits. */
  next(operation: Operation, order: string | undefined): Rule | undefined {
    const at = this.rules.findIndex(
      (rule) => rule.operation === operation && (rule.order === undefined || rule.order === order),
    );
    const rule = this.rules[at];
    if (rule === undefined) return undefined;
    rule.times -= 1;
    if (rule.times <= 0) this.rules.splice(at, 1);
    return rule;
  }

  /** What the card's number asks for. `key` tells one attempt from another for the error that comes once. */
  ofCard(operation: Operation, behaviour: CardBehaviour | undefined, key: string, slowMs: number) {
    if (operation === "authorize" && behaviour === "slow") return fixed(operation, "slow", slowMs);
    if (operation === "authorize" && behaviour === "silent-authorize")
      return fixed(operation, "silent-after", 0);
    if (operation === "capture" && behaviour === "silent-capture")
      return fixed(operation, "silent-after", 0);
    if (operation === "authorize" && behaviour === "error-once" && !this.erredOnce.has(key)) {
      if (this.erredOnce.size >= 100_000) this.erredOnce.clear();
      this.erredOnce.add(key);
      return fixed(operation, "error-before", 0);
    }
    return undefined;
  }
}

function fixed(operation: Operation, conduct: Conduct, delayMs: number): Rule {
  return { operation, conduct, times: 1, order: undefined, code: undefined, delayMs };
}
