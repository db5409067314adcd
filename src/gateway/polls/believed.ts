// Queue tokens that were checked before. A fan polls with the same bytes again and again, and whether a
// seal is right is a pure function of those bytes and the keys: who was believed once under these keys is
// believed again by comparing bytes, at a tenth of the cost.
//
// Why this opens nothing:
//   - only what `check` has accepted is kept, under the whole header; a header that differs in one
//     character is another one, and is checked. Nonsense is never kept, so a stranger fills nothing;
//   - a queue token has no deadline of its own (queue-token.ts), so there is none to outlive. Tokens that
//     have one (session, admission) must not be put here;
//   - with a key fewer, or another secret under its number, everything is forgotten at once. A key more
//     takes nothing away from a seal that was right;
//   - the claims are the ones of the token, on-sale included, and that is compared on every poll;
//   - the header is looked up by the hash of all of it, so the time that it takes tells nobody how much
//     of a guess was right.
// Two generations, the elder forgotten whole: who polls stays, and no poll pays for the forgetting.

import type { QueueClaims } from "../../domain/waiting-room/queue-token.ts";
import type { SealingKey, SealingKeys } from "../../foundation/sealed-bytes.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import type { Line } from "../line.ts";

const scheme = "Bearer ";

/** About 400 bytes each, 20 MiB at most: the fans of one process who poll because they have no stream. */
const maxBelieved = 50_000;

export type Believed = {
  /** The claims of the header's token. Throws what `check` throws. */
  of(line: Line, authorization: string | null): QueueClaims;
  bounds: Bounds;
};

export function openBelieved(deps: {
  queueKeys: () => SealingKeys;
  /** Reads and checks the token. Throws the refusal. */
  check: (line: Line, token: string | undefined) => QueueClaims;
  max?: number;
}): Believed {
  const perGeneration = Math.ceil((deps.max ?? maxBelieved) / 2);
  let young = new Map<string, QueueClaims>();
  let elder = new Map<string, QueueClaims>();
  let keys = deps.queueKeys();

  const keep = (authorization: string, claims: QueueClaims) => {
    if (young.size >= perGeneration) {
      elder = young;
      young = new Map();
    }
    young.set(authorization, claims);
  };

  /** They are read anew every few seconds, and are nearly always the same. */
  const followKeys = () => {
    const current = deps.queueKeys();
    if (current === keys) return;
    if (!keys.every((key) => current.some((other) => isSame(key, other)))) {
      young = new Map();
      elder = new Map();
    }
    keys = current;
  };

  return {
    of(line, authorization) {
      if (authorization === null) return deps.check(line, undefined);
      followKeys();
      const recent = young.get(authorization);
      const known = recent ?? elder.get(authorization);
      if (known?.onSaleId !== line.onSaleId) {
        const claims = deps.check(line, bearerIn(authorization));
        keep(authorization, claims);
        return claims;
      }
      if (recent === undefined) keep(authorization, known);
      return known;
    },
    bounds: () => ({
      tokens_believed: { size: young.size + elder.size, limit: 2 * perGeneration },
    }),
  };
}

function isSame(one: SealingKey, other: SealingKey): boolean {
  return one.kid === other.kid && Buffer.compare(one.secret, other.secret) === 0;
}

export function bearerIn(authorization: string | null): string | undefined {
  return authorization?.startsWith(scheme) ? authorization.slice(scheme.length) : undefined;
}
