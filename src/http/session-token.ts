// Session token: what the `__Host-` cookie of the shop holds after an admission token was exchanged
// for it. The shop reads it on every protected request, so it is an HMAC over bytes (one microsecond)
// and not a signature. It says who shops (entry), by which admission, and until when; the order of
// the checks is fixed so that every refusal has one stable code.
//
// Body, 86 bytes, in the format of foundation/sealed-bytes.ts:
//   on-sale id 22 B · entry id 22 B · admission id 32 B, left-aligned, zero-filled (all ASCII)
//   expiresAt u48 (ms) · epoch u32

import { assert } from "../foundation/assert.ts";
import { type EntryId, type OnSaleId, parseId } from "../foundation/ids.ts";
import { type SealingKeys, seal, unseal } from "../foundation/sealed-bytes.ts";

const idLength = 22;
const bodyLength = 86;

/**
 * @property admissionId the single-use id of the admission token it was exchanged for: 1…32 of [0-9A-Za-z_-].
 * @property expiresAt ms since 1970; the session is over at this instant.
 * @property epoch the on-sale's admission epoch; raising it ends every earlier session at once.
 */
export type SessionClaims = {
  readonly onSale: OnSaleId;
  readonly entry: EntryId;
  readonly admissionId: string;
  readonly expiresAt: number;
  readonly epoch: number;
};

export type SessionRefusal =
  | "malformed"
  | "wrong-kind"
  | "unknown-key"
  | "forged"
  | "other-on-sale"
  | "stale-epoch"
  | "expired";

export type SessionReading =
  | { readonly kind: "valid"; readonly claims: SessionClaims }
  | { readonly kind: SessionRefusal };

/** What the server expects of a session now. */
export type SessionExpectation = {
  readonly onSale: OnSaleId;
  readonly epoch: number;
  readonly now: number;
};

export function signSessionToken(keys: SealingKeys, claims: SessionClaims): string {
  assert(/^[0-9A-Za-z_-]{1,32}$/.test(claims.admissionId), "session token: admission id");
  assert(Number.isInteger(claims.expiresAt) && claims.expiresAt >= 0, "session token: expiresAt");
  const body = Buffer.alloc(bodyLength);
  body.write(claims.onSale.slice(-idLength), 0, "latin1");
  body.write(claims.entry.slice(-idLength), idLength, "latin1");
  body.write(claims.admissionId, 2 * idLength, "latin1");
  body.writeUIntBE(claims.expiresAt, 76, 6);
  body.writeUInt32BE(claims.epoch, 82);
  return seal(keys, "session", body);
}

/** One HMAC, no store, no leeway: the same server signs and reads. Never throws on a stranger's text. */
export function readSessionToken(
  keys: SealingKeys,
  token: unknown,
  expected: SessionExpectation,
): SessionReading {
  const opened = unseal(keys, "session", bodyLength, token);
  if (opened.kind !== "valid") return opened;
  const { body } = opened;
  if (`os_${body.toString("latin1", 0, idLength)}` !== expected.onSale)
    return { kind: "other-on-sale" };
  const epoch = body.readUInt32BE(82);
  if (epoch < expected.epoch) return { kind: "stale-epoch" };
  const expiresAt = body.readUIntBE(76, 6);
  if (expected.now >= expiresAt) return { kind: "expired" };
  const entry = parseId("entry", `qe_${body.toString("latin1", idLength, 2 * idLength)}`);
  assert(entry !== undefined, "a sealed session token holds an entry id");
  const admissionId = body.toString("latin1", 2 * idLength, 76).replace(/\0+$/, "");
  return {
    kind: "valid",
    claims: { onSale: expected.onSale, entry, admissionId, expiresAt, epoch },
  };
}
