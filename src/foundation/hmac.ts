// HMAC-SHA-256 (RFC 2104) for short messages, without making an object: both halves are hashed from
// buffers that are at hand. Every poll checks a seal; the usual ways make a native object for each, and
// what the collector then had to do cost several times the hashing (P2 in bench/README.md).
// Not to be used across an await: the buffers are shared, and each call leaves them to the next.

import { assert } from "./assert.ts";

const blockLength = 64;
export const macLength = 32;
const longestMessage = 1_024;

type Pads = { inner: Uint8Array; outer: Uint8Array };

const inner = new Uint8Array(blockLength + longestMessage);
const outer = new Uint8Array(blockLength + macLength);
const innerMac = outer.subarray(blockLength);
const padsOf = new WeakMap<Uint8Array, Pads>();

/** @param into gets the 32 bytes. @param secret is taken to stay as it is: its blocks are kept. */
export function hmacSha256(secret: Uint8Array, message: Uint8Array, into: Uint8Array): void {
  assert(message.length <= longestMessage, `hmac: a message of ${message.length} bytes`);
  const pads = padsOf.get(secret) ?? padsFor(secret);
  inner.set(pads.inner);
  inner.set(message, blockLength);
  outer.set(pads.outer);
  Bun.SHA256.hash(inner.subarray(0, blockLength + message.length), innerMac);
  Bun.SHA256.hash(outer, into);
}

function padsFor(secret: Uint8Array): Pads {
  const key = new Uint8Array(blockLength);
  if (secret.length > blockLength) Bun.SHA256.hash(secret, key.subarray(0, macLength));
  else key.set(secret);
  const pads = { inner: key.map((byte) => byte ^ 0x36), outer: key.map((byte) => byte ^ 0x5c) };
  padsOf.set(secret, pads);
  return pads;
}
