// The halves of the origin keys that check what a shop of one's own has signed: its commands (../origin.ts)
// and its word for who somebody is (proofs.ts). Read anew every few seconds: so soon a revoked key is
// refused, and a new one known.

import { macKey } from "../../../connector/src/origin/origin-key.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { OriginKeys } from "../../ports/keys.ts";

const keysKeptMs = 5_000;
const unknownAgainMs = 1_000;

export type CheckingKeys = (keyId: string) => Promise<CryptoKey | undefined>;

/** All of them at hand: whoever knocks with invented keys must not reach the database each time. */
export function openCheckingKeys({
  originKeys,
  clock,
}: {
  originKeys: Pick<OriginKeys, "commandSecrets">;
  clock: Clock;
}): CheckingKeys {
  let held: ReadonlyMap<string, CryptoKey> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  const read = async () => {
    const secrets = [...(await originKeys.commandSecrets())];
    held = new Map(
      await Promise.all(
        secrets.map(async ([keyId, secret]) => [keyId, await macKey(secret)] as const),
      ),
    );
    readAt = clock.now();
  };
  return async (keyId) => {
    const ageMs = clock.now() - readAt;
    if (ageMs >= keysKeptMs || (ageMs >= unknownAgainMs && !held.has(keyId))) {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      await reading;
    }
    return held.get(keyId);
  };
}
