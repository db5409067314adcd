// The connector's own session: what the cookie holds once an admission token has been exchanged, so
// that the token leaves the address and no request after that needs a signature check or a call.
//
//   version u8 = 1 · kind u8 = 0x4f · on-sale · entry · admission id · epoch u32
//   confirmedAt u48 · expiresAt u48 (ms since 1970) · HMAC-SHA256 (32 B) over every byte before it
//
// Texts and numbers as in admission-token.ts. `confirmedAt` says when Usher last said that this fan
// may shop: guard.ts asks again when that is too long ago.

import { fromBase64Url, toBase64Url } from "./base64url.ts";
import { type Layout, readFields, version, writeFields } from "./fields.ts";

export type Session = {
  readonly onSale: string;
  readonly entry: string;
  readonly admissionId: string;
  readonly epoch: number;
  readonly confirmedAt: number;
  readonly expiresAt: number;
};
export type SessionReading =
  | { readonly kind: "valid"; readonly session: Session }
  | { readonly kind: "malformed" | "wrong-kind" | "forged" | "other-on-sale" | "expired" };

const layout = {
  kind: 0x4f,
  texts: ["onSale", "entry", "admissionId"],
  numbers: [
    ["epoch", 4],
    ["confirmedAt", 6],
    ["expiresAt", 6],
  ],
} as const satisfies Layout;
const macLength = 32;
const maxLength = 512;

export async function sealSession(key: CryptoKey, session: Session): Promise<string> {
  const { onSale, entry, admissionId, epoch, confirmedAt, expiresAt } = session;
  const sealed = writeFields(layout, {
    texts: { onSale, entry, admissionId },
    numbers: { epoch, confirmedAt, expiresAt },
  });
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, sealed));
  const bytes = new Uint8Array(sealed.length + macLength);
  bytes.set(sealed);
  bytes.set(mac, sealed.length);
  return toBase64Url(bytes);
}

/** No leeway: the same servers seal and read. Never throws on a stranger's text. */
export async function readSession(
  key: CryptoKey,
  text: string,
  expected: { readonly onSale: string; readonly now: number },
): Promise<SessionReading> {
  const bytes = fromBase64Url(text, maxLength);
  if (bytes === undefined || bytes.length <= macLength + 2 || bytes[0] !== version) {
    return { kind: "malformed" };
  }
  if (bytes[1] !== layout.kind) return { kind: "wrong-kind" };
  const sealed = bytes.subarray(0, bytes.length - macLength);
  const mac = bytes.subarray(bytes.length - macLength);
  if (!(await crypto.subtle.verify("HMAC", key, mac, sealed))) return { kind: "forged" };
  const fields = readFields(layout, sealed);
  if (fields === undefined) return { kind: "malformed" };
  // The layout's names are those of the session.
  const session = { ...fields.texts, ...fields.numbers } as Session;
  if (session.onSale !== expected.onSale) return { kind: "other-on-sale" };
  if (expected.now >= session.expiresAt) return { kind: "expired" };
  return { kind: "valid", session };
}
