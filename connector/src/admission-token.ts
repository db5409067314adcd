// Admission token: the right to shop in one on-sale until a deadline, for one queue entry, once.
// Ed25519 (RFC 8032) over the serialised bytes, so that anybody holding the published keys can check
// it offline; WebCrypto only, so that it runs on Node 20+, Bun, Deno and edge runtimes.
//
//   version u8 = 1 · kind u8 = 0x41 · kid · on-sale · entry · admission id · epoch u32
//   issuedAt u48 · expiresAt u48 (ms since 1970) · signature 64 B over every byte before it
//
// A text is u8 length (1…64) and that many characters of [0-9A-Za-z_-]; numbers are big endian; the
// whole is spelled in base64url without padding, in exactly one way. The kind byte is under the
// signature and queue or session tokens have another one (and another scheme): none passes for this.
// Single use is not a property of bytes: who exchanges the token must remember `admissionId`.

import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { type Layout, readFields, textPattern, version, writeFields } from "./fields.ts";

const layout = {
  kind: 0x41,
  texts: ["kid", "onSale", "entry", "admissionId"],
  numbers: [
    ["epoch", 4],
    ["issuedAt", 6],
    ["expiresAt", 6],
  ],
} as const satisfies Layout;
const signatureLength = 64;
const maxTokenLength = 1024;

/**
 * @property admissionId single use: remember it when you exchange the token.
 * @property epoch the on-sale's admission epoch, 0…2³²−1; a raised epoch voids what was issued before.
 * @property issuedAt @property expiresAt ms since 1970.
 */
export type AdmissionClaims = {
  readonly onSale: string;
  readonly entry: string;
  readonly admissionId: string;
  readonly epoch: number;
  readonly issuedAt: number;
  readonly expiresAt: number;
};

export type AdmissionRefusal =
  | "malformed"
  | "wrong-kind"
  | "unknown-key"
  | "forged"
  | "other-on-sale"
  | "stale-epoch"
  | "not-yet"
  | "expired";

export type AdmissionReading =
  | { readonly kind: "valid"; readonly claims: AdmissionClaims }
  | { readonly kind: AdmissionRefusal };

/** An Ed25519 public key as JSON Web Key (RFC 8037). `x` is the 32-byte key in base64url. */
export type AdmissionPublicKey = {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly kid: string;
  readonly x: string;
};
/** The published key set. Keep a retired key in it for as long as its tokens live. */
export type AdmissionKeySet = { readonly keys: readonly AdmissionPublicKey[] };

export type AdmissionSigner = { readonly kid: string; readonly privateKey: CryptoKey };
export type AdmissionVerifier = { readonly keys: ReadonlyMap<string, CryptoKey> };

/**
 * @property now ms since 1970, by the verifier's clock.
 * @property leewayMs how far the signer's and the verifier's clocks may differ (default 5,000).
 * @property epoch the lowest epoch still accepted; leave out to accept any.
 */
export type AdmissionExpectation = {
  readonly onSale: string;
  readonly now: number;
  readonly leewayMs?: number;
  readonly epoch?: number;
};

/** @throws TypeError for a key that is not an Ed25519 public key, or a `kid` given twice. */
export async function openKeySet(set: AdmissionKeySet): Promise<AdmissionVerifier> {
  const keys = new Map<string, CryptoKey>();
  for (const { kty, crv, kid, x } of set.keys) {
    if (kty !== "OKP" || crv !== "Ed25519") throw new TypeError(`key ${kid}: not Ed25519`);
    if (!textPattern.test(kid) || keys.has(kid)) throw new TypeError(`key ${kid}: bad or twice`);
    keys.set(
      kid,
      await crypto.subtle.importKey("jwk", { kty, crv, x }, "Ed25519", false, ["verify"]),
    );
  }
  return { keys };
}

/** @throws TypeError when a claim does not fit the format: a bug of the signer, never of a fan. */
export async function signAdmission(
  signer: AdmissionSigner,
  claims: AdmissionClaims,
): Promise<string> {
  const signed = serialise(signer.kid, claims);
  const signature = await crypto.subtle.sign("Ed25519", signer.privateKey, signed);
  const token = new Uint8Array(signed.length + signatureLength);
  token.set(signed);
  token.set(new Uint8Array(signature), signed.length);
  return toBase64Url(token);
}

/**
 * Checks in a fixed order, so that each refusal has one code: format, kind, key, signature, on-sale,
 * epoch, times. Nothing of the token is believed before its signature. Never throws on any input.
 */
export async function verifyAdmission(
  verifier: AdmissionVerifier,
  token: unknown,
  expected: AdmissionExpectation,
): Promise<AdmissionReading> {
  const bytes = typeof token === "string" ? fromBase64Url(token, maxTokenLength) : undefined;
  if (bytes === undefined || bytes.length < 2 || bytes[0] !== version) return { kind: "malformed" };
  if (bytes[1] !== layout.kind) return { kind: "wrong-kind" };
  const signedLength = bytes.length - signatureLength;
  const parsed = signedLength > 2 ? parse(bytes.subarray(0, signedLength)) : undefined;
  if (parsed === undefined) return { kind: "malformed" };
  const key = verifier.keys.get(parsed.kid);
  if (key === undefined) return { kind: "unknown-key" };
  const signature = bytes.subarray(signedLength);
  const signed = bytes.subarray(0, signedLength);
  if (!(await crypto.subtle.verify("Ed25519", key, signature, signed))) return { kind: "forged" };
  const { claims } = parsed;
  if (claims.onSale !== expected.onSale) return { kind: "other-on-sale" };
  if (expected.epoch !== undefined && claims.epoch < expected.epoch) return { kind: "stale-epoch" };
  const leewayMs = expected.leewayMs ?? 5_000;
  if (expected.now + leewayMs < claims.issuedAt) return { kind: "not-yet" };
  if (expected.now - leewayMs >= claims.expiresAt) return { kind: "expired" };
  return { kind: "valid", claims };
}

function serialise(kid: string, claims: AdmissionClaims): Uint8Array<ArrayBuffer> {
  const { onSale, entry, admissionId, epoch, issuedAt, expiresAt } = claims;
  return writeFields(layout, {
    texts: { kid, onSale, entry, admissionId },
    numbers: { epoch, issuedAt, expiresAt },
  });
}

function parse(bytes: Uint8Array): { kid: string; claims: AdmissionClaims } | undefined {
  const fields = readFields(layout, bytes);
  if (fields === undefined) return undefined;
  const { kid, ...texts } = fields.texts;
  // The layout's names are those of the claims.
  return { kid: kid as string, claims: { ...texts, ...fields.numbers } as AdmissionClaims };
}
