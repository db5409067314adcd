// The identity of a plan: SHA-256 over a serialisation that does not depend on the order in which
// an author wrote the keys. Two plans with the same hash number their seats alike, for ever.

import { createHash } from "node:crypto";
import type { VenuePlan } from "./venue-plan.ts";

/** 64 hexadecimal characters. */
export function planHash(plan: VenuePlan): string {
  return createHash("sha256").update(canonicalJson(plan)).digest("hex");
}

/** JSON with keys sorted at every level and absent members left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member) => {
    if (member === null || typeof member !== "object" || Array.isArray(member)) return member;
    const sorted: Record<string, unknown> = {};
    for (const key of Object.keys(member).sort()) sorted[key] = member[key];
    return sorted;
  });
}
