// Queue token: the place in line as a signed document in the fan's hands. Whoever shows it stands
// where it says, even when every store was wiped; so it has no deadline, and a key that once signed
// queue tokens of a running on-sale must stay in the key set until that on-sale is closed (Q11).
// It carries the index (arrival number); the position follows from it and the draw.
//
// Body, 56 bytes, in the format of foundation/sealed-bytes.ts:
//   on-sale id 22 B (its random part, ASCII) · entry id 22 B · index u48 · joinedAt u48 (ms)

import { assert } from "../../foundation/assert.ts";
import { type EntryId, type OnSaleId, parseId } from "../../foundation/ids.ts";
import { type SealingKeys, seal, unseal } from "../../foundation/sealed-bytes.ts";

const idLength = 22;
const bodyLength = 56;
const maxU48 = 2 ** 48 - 1;

/** @property index arrival number from 0. @property joinedAt ms since 1970, by the server's clock. */
export type QueueClaims = {
  readonly onSaleId: OnSaleId;
  readonly entryId: EntryId;
  readonly index: number;
  readonly joinedAt: number;
};

export type QueueTokenReading =
  | { readonly kind: "valid"; readonly claims: QueueClaims }
  | {
      readonly kind: "malformed" | "wrong-kind" | "unknown-key" | "forged" | "other-on-sale";
    };

export function signQueueToken(keys: SealingKeys, claims: QueueClaims): string {
  assertU48("index", claims.index);
  assertU48("joinedAt", claims.joinedAt);
  const body = Buffer.allocUnsafe(bodyLength);
  body.write(claims.onSaleId.slice(-idLength), 0, "latin1");
  body.write(claims.entryId.slice(-idLength), idLength, "latin1");
  body.writeUIntBE(claims.index, 44, 6);
  body.writeUIntBE(claims.joinedAt, 50, 6);
  return seal(keys, "queue", body);
}

/** One HMAC, no store. `other-on-sale` is told only about tokens that are genuine. */
export function readQueueToken(
  keys: SealingKeys,
  token: unknown,
  onSaleId: OnSaleId,
): QueueTokenReading {
  const opened = unseal(keys, "queue", bodyLength, token);
  if (opened.kind !== "valid") return opened;
  const { body } = opened;
  if (`os_${body.toString("latin1", 0, idLength)}` !== onSaleId) return { kind: "other-on-sale" };
  const entryId = parseId("entry", `qe_${body.toString("latin1", idLength, 2 * idLength)}`);
  assert(entryId !== undefined, "a sealed queue token holds an entry id");
  const index = body.readUIntBE(44, 6);
  const joinedAt = body.readUIntBE(50, 6);
  return { kind: "valid", claims: { onSaleId, entryId, index, joinedAt } };
}

function assertU48(name: string, value: number): void {
  assert(Number.isInteger(value) && value >= 0 && value <= maxU48, `queue token: ${name} ${value}`);
}
