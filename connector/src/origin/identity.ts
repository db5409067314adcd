// The shop's word for who a fan is, where an on-sale asks for it: same account, same place in line, from
// any device. The shop signs it with its origin key when a fan is signed in, and sends the fan to the
// waiting room with it. Whoever has it has the fan's place: it lives for minutes, and belongs to nobody's
// log (the waiting page takes it out of its address at once).
//
//   key id . account . valid until (ms since 1970) . signature          account, signature: base64url
//   account   = SHA-256("usher-account-1\n" + on-sale id + "\n" + account id)
//   signature = HMAC-SHA256(signing half of the origin key,
//               "usher-identity-1\n" + on-sale id + "\n" + account + "\n" + valid until)
// Usher never sees the account id, and the same account at two on-sales is two different words.

import { fromBase64Url, toBase64Url } from "../base64url.ts";
import { openOriginKey } from "./origin-key.ts";

/** The query parameter of the waiting page that carries it. */
export const identityParameter = "usher-identity";
const usualMs = 10 * 60_000;
/** Longer is not believed. */
export const longestIdentityMs = 60 * 60_000;

export type IdentityFacts = { readonly account: string; readonly validUntil: number };
export type IdentityReading =
  | { readonly kind: "valid"; readonly account: string }
  | { readonly kind: "malformed" | "unknown-key" | "forged" | "expired" };

const bytesOf = (text: string) => new TextEncoder().encode(text);

/**
 * For the link to the waiting room: `${address}?usher-identity=${await signIdentity(…)}`.
 * @param accountId the shop's own id of the fan, up to 256 characters; the same for ever.
 * @throws TypeError when the key is none made at the desk, or the account id is empty or too long.
 */
export async function signIdentity(
  originKey: string,
  fan: {
    readonly onSale: string;
    readonly accountId: string;
    readonly validMs?: number;
    readonly now?: number;
  },
): Promise<string> {
  const { onSale, accountId, validMs = usualMs, now = Date.now() } = fan;
  if (accountId === "" || accountId.length > 256) {
    throw new TypeError("usher connector: accountId is empty or longer than 256 characters");
  }
  const { keyId, signing } = await openOriginKey(originKey);
  const hash = await crypto.subtle.digest(
    "SHA-256",
    bytesOf(`usher-account-1\n${onSale}\n${accountId}`),
  );
  const account = toBase64Url(new Uint8Array(hash));
  const validUntil = Math.floor(now + Math.min(validMs, longestIdentityMs));
  const text = bytesOf(linesOf(onSale, { account, validUntil }));
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", signing, text));
  return [keyId, account, validUntil, toBase64Url(signature)].join(".");
}

/** @param keyOf the half of an origin key that checks; undefined: there is none, or it was revoked. */
export async function readIdentity(
  text: string,
  onSale: string,
  { keyOf, now }: { keyOf: (keyId: string) => Promise<CryptoKey | undefined>; now: number },
): Promise<IdentityReading> {
  const [, keyId, account, until, seal] =
    /^([0-9A-Za-z]{22})\.([0-9A-Za-z_-]{43})\.(\d{1,15})\.([0-9A-Za-z_-]{43})$/.exec(text) ?? [];
  const signature = fromBase64Url(seal ?? "", 43);
  if (keyId === undefined || account === undefined || signature === undefined) {
    return { kind: "malformed" };
  }
  const key = await keyOf(keyId);
  if (key === undefined) return { kind: "unknown-key" };
  const validUntil = Number(until);
  const lines = bytesOf(linesOf(onSale, { account, validUntil }));
  if (!(await crypto.subtle.verify("HMAC", key, signature, lines))) return { kind: "forged" };
  // The shop's clock may be a minute ahead of ours.
  const tooLong = validUntil > now + longestIdentityMs + 60_000;
  return validUntil <= now || tooLong ? { kind: "expired" } : { kind: "valid", account };
}

function linesOf(onSale: string, { account, validUntil }: IdentityFacts): string {
  return ["usher-identity-1", onSale, account, validUntil].join("\n");
}
