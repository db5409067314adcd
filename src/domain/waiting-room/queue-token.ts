// Queue token: the place in line as a signed document in the fan's hands. Whoever shows it stands
// where it says, even when every store was wiped; so it has no deadline, and a key that once signed
// queue tokens of a running on-sale must stay in the key set until that on-sale is closed (Q11).
// It carries the index (arrival number); the position follows from it and the draw.
//
// Body, 56 bytes, in the format of foundation/sealed-bytes.ts:
//   on-sale id 22 B (its random part, ASCII) · entry id 22 B · index u48 · joinedAt u48 (ms)
// Where the on-sale asks who comes, it is of another kind and 18 bytes longer:
//   … · identity 16 B · places of the identity u16

import { assert } from "../../foundation/assert.ts";
import type { EntryId, OnSaleId } from "../../foundation/ids.ts";
import { type SealingKeys, seal, unseal } from "../../foundation/sealed-bytes.ts";
import { type Identity, identityBytes } from "./identity.ts";

const idLength = 22;
const bodyLength = 56;
const identifiedLength = bodyLength + identityBytes + 2;
const maxU48 = 2 ** 48 - 1;

/** @property index arrival number from 0. @property joinedAt ms since 1970, by the server's clock. */
export type QueueClaims = {
  readonly onSaleId: OnSaleId;
  readonly entryId: EntryId;
  readonly index: number;
  readonly joinedAt: number;
  /** Whom the place belongs to, where the on-sale asks. */
  readonly identity?: Identity;
};

export type QueueTokenReading =
  | { readonly kind: "valid"; readonly claims: QueueClaims }
  | {
      readonly kind: "malformed" | "wrong-kind" | "unknown-key" | "forged" | "other-on-sale";
    };

export function signQueueToken(keys: SealingKeys, claims: QueueClaims): string {
  assertU48("index", claims.index);
  assertU48("joinedAt", claims.joinedAt);
  const { identity } = claims;
  const body = Buffer.allocUnsafe(identity ? identifiedLength : bodyLength);
  body.write(claims.onSaleId.slice(-idLength), 0, "latin1");
  body.write(claims.entryId.slice(-idLength), idLength, "latin1");
  body.writeUIntBE(claims.index, 44, 6);
  body.writeUIntBE(claims.joinedAt, 50, 6);
  if (identity === undefined) return seal(keys, "queue", body);
  const key = Buffer.from(identity.key, "base64url");
  assert(key.length === identityBytes, "queue token: an identity is 16 bytes");
  body.set(key, bodyLength);
  body.writeUInt16BE(identity.places, bodyLength + identityBytes);
  return seal(keys, "queueOfIdentity", body);
}

/** One HMAC, no store. `other-on-sale` is told only about tokens that are genuine. */
export function readQueueToken(
  keys: SealingKeys,
  token: unknown,
  onSaleId: OnSaleId,
): QueueTokenReading {
  let opened = unseal(keys, "queue", bodyLength, token);
  if (opened.kind === "wrong-kind") {
    opened = unseal(keys, "queueOfIdentity", identifiedLength, token);
  }
  if (opened.kind !== "valid") return opened;
  const { body } = opened;
  if (`os_${body.toString("latin1", 0, idLength)}` !== onSaleId) return { kind: "other-on-sale" };
  // Not parsed again: it was an entry id when we sealed it.
  const entryId = `qe_${body.toString("latin1", idLength, 2 * idLength)}` as EntryId;
  const index = body.readUIntBE(44, 6);
  const joinedAt = body.readUIntBE(50, 6);
  const claims = { onSaleId, entryId, index, joinedAt };
  if (body.length === bodyLength) return { kind: "valid", claims };
  const key = body.toString("base64url", bodyLength, bodyLength + identityBytes);
  const places = body.readUInt16BE(bodyLength + identityBytes);
  return { kind: "valid", claims: { ...claims, identity: { key, places } } };
}

function assertU48(name: string, value: number): void {
  assert(Number.isInteger(value) && value >= 0 && value <= maxU48, `queue token: ${name} ${value}`);
}
