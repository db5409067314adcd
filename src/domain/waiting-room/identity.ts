// Whom places belong to, where an on-sale asks who comes. An identity is proved, never named: by a
// presale code (presale-code.ts) or by the signed word of a shop of one's own (connector/src/origin/
// identity.ts). With one place, the same identity is the same place from any device; with more (a code
// for a fan club) each browser gets one of them, until there is none left.
//
// It travels in the queue token, so that PostgreSQL can count it at the admission (line-records.ts) even
// after the hot store was wiped: no identity is ever let in more often than it has places.

import { createHash } from "node:crypto";

/** @property key 22 base64url characters, a hash. @property places 1…8,191. */
export type Identity = { readonly key: string; readonly places: number };

export const identityBytes = 16;
export const maxPlaces = 8_191;

/** @param source names the kind of proof, so that no two kinds ever mean the same. */
export function identityOf(
  source: "presale-code" | "shop",
  subject: string,
  places: number,
): Identity {
  const hash = createHash("sha256").update(`${source}:${subject}`).digest();
  return { key: hash.subarray(0, identityBytes).toString("base64url"), places };
}
