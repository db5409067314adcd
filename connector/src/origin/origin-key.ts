// The origin key: one secret that the operator makes at the desk and gives to the shop. Two keys are
// derived from it. One seals the shop's own session cookies and never leaves the shop; the other signs
// the commands that the shop sends to Usher, and is all that Usher keeps. So neither a copy of Usher's
// database nor a recorded command lets anybody make a session of the shop.
//
// A command travels with four headers, and its signature is HMAC-SHA256 over these lines, joined by \n:
//   usher-origin-1 · on-sale id · timestamp (ms since 1970) · nonce · SHA-256 of the body in hex
// Usher refuses timestamps that are off by more than a minute, and a nonce that it has seen.

import { fromBase64Url, toBase64Url } from "../base64url.ts";

export type OriginKey = {
  readonly keyId: string;
  readonly sealing: CryptoKey;
  readonly signing: CryptoKey;
};
export type CommandFacts = {
  readonly onSale: string;
  readonly timestamp: number;
  readonly nonce: string;
  readonly body: string;
};

export const commandHeaders = {
  keyId: "usher-origin-key",
  timestamp: "usher-timestamp",
  nonce: "usher-nonce",
  signature: "usher-signature",
} as const;

const pattern = /^usher_ok_([0-9A-Za-z]{22})_([0-9A-Za-z_-]{43})$/;
const hmac = { name: "HMAC", hash: "SHA-256" } as const;
const bytesOf = (text: string) => new TextEncoder().encode(text);

export function isOriginKey(text: string): boolean {
  return pattern.test(text);
}

/** @throws TypeError when the text is no origin key. The message never repeats it. */
export async function openOriginKey(text: string): Promise<OriginKey> {
  const [, keyId, secretText] = pattern.exec(text) ?? [];
  const secret = fromBase64Url(secretText ?? "", 43);
  if (keyId === undefined || secret?.length !== 32) {
    throw new TypeError("usher connector: originKey is not a key made at the desk (usher_ok_…)");
  }
  return {
    keyId,
    sealing: await macKey(await derive(secret, "usher-connector-session-1")),
    signing: await macKey(await commandSecretOf(secret)),
  };
}

/** What Usher keeps of a key: enough to check commands, nothing else. */
export function commandSecretOf(secret: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return derive(secret, "usher-origin-command-1");
}

export async function signCommand(key: CryptoKey, facts: CommandFacts): Promise<string> {
  const text = bytesOf(await linesOf(facts));
  return toBase64Url(new Uint8Array(await crypto.subtle.sign("HMAC", key, text)));
}

/** In constant time, as WebCrypto compares. */
export async function checkCommand(
  key: CryptoKey,
  facts: CommandFacts,
  signature: string,
): Promise<boolean> {
  const bytes = fromBase64Url(signature, 64);
  if (bytes === undefined) return false;
  return crypto.subtle.verify("HMAC", key, bytes, bytesOf(await linesOf(facts)));
}

export function macKey(secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", secret, hmac, false, ["sign", "verify"]);
}

async function derive(
  secret: Uint8Array<ArrayBuffer>,
  label: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await macKey(secret);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(label)));
}

async function linesOf({ onSale, timestamp, nonce, body }: CommandFacts): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(body)));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return ["usher-origin-1", onSale, timestamp, nonce, hex].join("\n");
}
