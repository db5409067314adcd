// The one byte format of every token that Usher seals for itself (queue token, session cookie):
//
//   offset 0  version  u8   always 1
//          1  kind     u8   what the token is; it is under the seal, so no kind can pass for another
//          2  kid      u16  which secret sealed it (big endian, as every number here)
//          4  body          fixed length per kind
//        end  seal     32 B HMAC-SHA256(secret, every byte before it)
//
// spelled in base64url without padding, and every token has exactly one spelling. The seal covers the
// serialised bytes, never re-joined fields, and no byte names an algorithm: nothing can be relabelled
// or downgraded. Read next: domain/waiting-room/queue-token.ts, http/session-token.ts.

import { timingSafeEqual } from "node:crypto";
import { assert } from "./assert.ts";
import { hmacSha256, macLength } from "./hmac.ts";

const version = 1;
const headerLength = 4;
const minSecretLength = 32;

/** @property kid 0…65535 @property secret at least 32 random bytes. */
export type SealingKey = { readonly kid: number; readonly secret: Uint8Array };
/** The first key seals; all of them open. Rotate by putting the new key first, keep the old ones. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]];

/**
 * The kind bytes in use. The admission token (connector) has 0x41 and another signature scheme; a presale
 * code is too short for this format, and signs its kind all the same.
 */
export const sealedKinds = {
  priority: 0x42,
  challenge: 0x43,
  presaleCode: 0x50,
  queue: 0x51,
  queueOfIdentity: 0x52,
  session: 0x53,
} as const;
export type SealedKind = Exclude<keyof typeof sealedKinds, "presaleCode">;

export type Unsealed =
  | { readonly kind: "valid"; readonly body: Buffer }
  | { readonly kind: "malformed" }
  | { readonly kind: "wrong-kind" }
  | { readonly kind: "unknown-key" }
  | { readonly kind: "forged" };

const malformed: Unsealed = { kind: "malformed" };
const wrongKind: Unsealed = { kind: "wrong-kind" };
const unknownKey: Unsealed = { kind: "unknown-key" };
const forged: Unsealed = { kind: "forged" };

/** Faults in the configuration are found here, at the start, and not at the first fan. */
export function sealingKeys(keys: readonly SealingKey[]): SealingKeys {
  const [first, ...rest] = keys;
  assert(first !== undefined, "sealing keys: at least one is needed");
  const seen = new Set<number>();
  for (const { kid, secret } of keys) {
    assert(
      Number.isInteger(kid) && kid >= 0 && kid <= 0xffff,
      `sealing key ${kid}: kid is 0…65535`,
    );
    assert(secret.length >= minSecretLength, `sealing key ${kid}: at least 32 bytes of secret`);
    assert(!seen.has(kid), `sealing key ${kid}: given twice`);
    seen.add(kid);
  }
  return [first, ...rest];
}

/** A token may be this long; ours are shorter. */
const longestToken = 512;
/** Where tokens are decoded, one after the other; nothing keeps a view of it. */
const decoded = Buffer.allocUnsafe(longestToken);
const mac = Buffer.allocUnsafe(macLength);

/** @param body is copied; its length is what `unseal` must later be told. */
export function seal(keys: SealingKeys, kind: SealedKind, body: Uint8Array): string {
  const key = keys[0];
  const signedLength = headerLength + body.length;
  const bytes = Buffer.allocUnsafe(signedLength + macLength);
  bytes[0] = version;
  bytes[1] = sealedKinds[kind];
  bytes.writeUInt16BE(key.kid, 2);
  bytes.set(body, headerLength);
  hmacSha256(key.secret, bytes.subarray(0, signedLength), bytes.subarray(signedLength));
  return bytes.toString("base64url");
}

/** Never throws: the token is a stranger's. Reading costs one HMAC, and none at all for nonsense. */
export function unseal(
  keys: SealingKeys,
  kind: SealedKind,
  bodyLength: number,
  token: unknown,
): Unsealed {
  if (typeof token !== "string" || token.length > longestToken) return malformed;
  const length = decoded.write(token, "base64url");
  if (length < headerLength + macLength || decoded[0] !== version) return malformed;
  // Decoding skips what it does not know; only the one spelling that `seal` writes is a token.
  if (decoded.toString("base64url", 0, length) !== token) return malformed;
  if (decoded[1] !== sealedKinds[kind]) return wrongKind;
  if (length !== headerLength + bodyLength + macLength) return malformed;
  const kid = decoded.readUInt16BE(2);
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) return unknownKey;
  const signedLength = headerLength + bodyLength;
  hmacSha256(key.secret, decoded.subarray(0, signedLength), mac);
  if (!timingSafeEqual(mac, decoded.subarray(signedLength, length))) return forged;
  const body = Buffer.allocUnsafe(bodyLength);
  decoded.copy(body, 0, headerLength, signedLength);
  return { kind: "valid", body };
}
