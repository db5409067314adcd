// How often somebody may try to sign in. Failures are counted per address and e-mail together (tight),
// per address (many e-mails from one place) and per e-mail (many places at one e-mail, kept loose, so
// that a stranger cannot lock an operator out on the night of a sale). Beyond the free ones each
// failure doubles the wait. Keeps: an attempt counts as failed when it begins, so a hundred at once
// are a hundred; the count is the same at every box office.
// Read next: stores/postgres/desk/sign-in-failures.ts.

import { createHash } from "node:crypto";
import type { SignInFailures } from "../../../ports/catalog.ts";

type Rule = { free: number; maxWaitMs: number };
const rules = {
  both: { free: 5, maxWaitMs: 5 * 60_000 },
  address: { free: 30, maxWaitMs: 5 * 60_000 },
  email: { free: 60, maxWaitMs: 20_000 },
} as const satisfies Record<string, Rule>;

const firstWaitMs = 1_000;

export type Attempt =
  | { kind: "go"; succeeded(): Promise<void> }
  /** Not looked at: try again after `retryAfterMs`. */
  | { kind: "wait"; retryAfterMs: number };

export type Attempts = { begin(address: string, email: string, now: number): Promise<Attempt> };

export function openAttempts(failures: SignInFailures): Attempts {
  return {
    async begin(address, email, now) {
      const ruleOf = rulesFor(address, email);
      const keys = [...ruleOf.keys()];
      const retryAfterMs = await failures.begin(keys, now, (key, failed) => {
        const rule = ruleOf.get(key);
        return rule === undefined ? 0 : waitOf(failed, rule, now);
      });
      if (retryAfterMs > 0) return { kind: "wait", retryAfterMs };
      return { kind: "go", succeeded: () => failures.forget(keys) };
    },
  };
}

/** Hashed: what strangers typed as an e-mail, and where they are, is not kept. */
function rulesFor(address: string, email: string): Map<string, Rule> {
  const mail = email.trim().toLowerCase();
  return new Map<string, Rule>([
    [hashOf(`both ${address} ${mail}`), rules.both],
    [hashOf(`address ${address}`), rules.address],
    [hashOf(`email ${mail}`), rules.email],
  ]);
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url");

function waitOf({ count, lastAt }: { count: number; lastAt: number }, rule: Rule, now: number) {
  if (count < rule.free) return 0;
  const wait = Math.min(rule.maxWaitMs, firstWaitMs * 2 ** Math.min(30, count - rule.free));
  return Math.max(0, lastAt + wait - now);
}
