// How often somebody may try to sign in. Failures are counted per address and e-mail together (tight),
// per address (many e-mails from one place) and per e-mail (many places at one e-mail, kept loose, so
// that a stranger cannot lock an operator out on the night of a sale). Beyond the free ones each
// failure doubles the wait. Keeps: an attempt counts as failed when it begins, so a hundred at once
// are a hundred; the table is bounded and forgets the oldest.

import { createHash } from "node:crypto";

type Rule = { free: number; maxWaitMs: number };
const rules = {
  both: { free: 5, maxWaitMs: 5 * 60_000 },
  address: { free: 30, maxWaitMs: 5 * 60_000 },
  email: { free: 60, maxWaitMs: 20_000 },
} as const satisfies Record<string, Rule>;

const firstWaitMs = 1_000;
const forgetMs = 30 * 60_000;
const maxKept = 20_000;

type Failures = { count: number; lastAt: number };

export type Attempt =
  | { kind: "go"; succeeded(): void }
  /** Not looked at: try again after `retryAfterMs`. */
  | { kind: "wait"; retryAfterMs: number };

export type Attempts = { begin(address: string, email: string, now: number): Attempt };

export function openAttempts(): Attempts {
  const kept = new Map<string, Failures>();

  const failuresOf = (key: string, now: number): Failures => {
    const found = kept.get(key);
    return found === undefined || now - found.lastAt > forgetMs ? { count: 0, lastAt: 0 } : found;
  };

  const note = (key: string, now: number) => {
    const { count } = failuresOf(key, now);
    // Deleted first, so that the map's order is the order of last use.
    kept.delete(key);
    kept.set(key, { count: count + 1, lastAt: now });
    if (kept.size > maxKept) kept.delete(kept.keys().next().value ?? "");
  };

  return {
    begin(address, email, now) {
      const keys = keysOf(address, email);
      const waits = keys.map(([key, rule]) => waitOf(failuresOf(key, now), rule, now));
      const retryAfterMs = Math.max(...waits);
      if (retryAfterMs > 0) return { kind: "wait", retryAfterMs };
      for (const [key] of keys) note(key, now);
      return {
        kind: "go",
        succeeded() {
          for (const [key] of keys) kept.delete(key);
        },
      };
    },
  };
}

/** Hashed: what strangers typed as an e-mail is not kept in memory. */
function keysOf(address: string, email: string): [string, Rule][] {
  const mail = createHash("sha256").update(email.trim().toLowerCase()).digest("base64url");
  return [
    [`both ${address} ${mail}`, rules.both],
    [`address ${address}`, rules.address],
    [`email ${mail}`, rules.email],
  ];
}

function waitOf({ count, lastAt }: Failures, rule: Rule, now: number): number {
  if (count < rule.free) return 0;
  const wait = Math.min(rule.maxWaitMs, firstWaitMs * 2 ** Math.min(30, count - rule.free));
  return Math.max(0, lastAt + wait - now);
}
