// Presale codes: twenty letters that somebody types, signed, so that a gateway believes one without
// asking a store. A code names its on-sale, its batch, its number in the batch, and how many places it
// is good for; nothing is kept of it, and a batch can be written out again at any time.
//
// 19 letters of 5 bits, big endian, then a check letter:
//   batch 10 bits · number 17 bits · places 13 bits · the first 55 bits of
//   HMAC-SHA256(secret, 0x01 · kind · kid u16 · on-sale id 22 B · the 40 bits before)
// 55 bits are a wall because nobody can try them but here (gateway/proofs/proofs.ts counts): at half a million
// guesses a second one hit in two thousand years. The check letter tells a slip from a wrong code.

import { createHmac, timingSafeEqual } from "node:crypto";
import { assert } from "../../foundation/assert.ts";
import type { OnSaleId } from "../../foundation/ids.ts";
import { type SealingKey, type SealingKeys, sealedKinds } from "../../foundation/sealed-bytes.ts";
import { type Identity, identityOf, maxPlaces } from "./identity.ts";

/** No I, L, O, U: read as 1, 1, 0, V where somebody types them (Crockford's alphabet). */
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const dataLetters = 19;
const macBits = 55n;
export const maxBatches = 1_023;
export const maxCodesInBatch = 100_000;

/** @property number from 0 in its batch. @property places how many may stand in line with it. */
export type PresaleCode = {
  readonly batch: number;
  readonly number: number;
  readonly places: number;
};

export type PresaleCodeReading =
  | { readonly kind: "valid"; readonly code: PresaleCode }
  /** Not a code at all, or a slip of the finger. */
  | { readonly kind: "mistyped" }
  /** Well written, and not of this on-sale. */
  | { readonly kind: "wrong" };

/** @param key of the batch: one that was made before a rotation is written out with its own. */
export function writePresaleCode(key: SealingKey, onSaleId: OnSaleId, code: PresaleCode): string {
  const { batch, number, places } = code;
  const isInBounds =
    inRange(batch, 1, maxBatches) &&
    inRange(number, 0, maxCodesInBatch - 1) &&
    inRange(places, 1, maxPlaces);
  assert(isInBounds, `presale code: ${batch} ${number} ${places}`);
  const body = (BigInt(batch) << 30n) | (BigInt(number) << 13n) | BigInt(places);
  let rest = (body << macBits) | macOf(key, onSaleId, body);
  let text = "";
  for (let nth = 0; nth < dataLetters; nth++) {
    text = letters[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return (text + checkLetter(text)).replace(/(.{5})(?=.)/g, "$1-");
}

/** Never throws: the text is a stranger's. Spaces, dashes, small letters and full-width ones are fine. */
export function readPresaleCode(
  keys: SealingKeys,
  text: string,
  onSaleId: OnSaleId,
): PresaleCodeReading {
  const value = numberIn(text);
  if (value === undefined) return { kind: "mistyped" };
  const body = value >> macBits;
  const shown = bytesOf(value & ((1n << macBits) - 1n));
  const isOurs = keys.some((key) => timingSafeEqual(bytesOf(macOf(key, onSaleId, body)), shown));
  if (!isOurs) return { kind: "wrong" };
  const batch = Number(body >> 30n);
  const number = Number((body >> 13n) & 0x1ffffn);
  return { kind: "valid", code: { batch, number, places: Number(body & 0x1fffn) } };
}

/** Whether it may be a code at all: told without a secret, and before anybody is made to work for it. */
export function isWellTyped(text: string): boolean {
  return numberIn(text) !== undefined;
}

/** One code is one identity: its places are counted together, whoever types it. */
export function identityOfCode(
  onSaleId: OnSaleId,
  { batch, number, places }: PresaleCode,
): Identity {
  return identityOf("presale-code", `${onSaleId}:${batch}:${number}`, places);
}

function macOf({ kid, secret }: SealingKey, onSaleId: OnSaleId, body: bigint): bigint {
  const head = Buffer.from([1, sealedKinds.presaleCode, kid >> 8, kid & 0xff]);
  const mac = createHmac("sha256", secret).update(head).update(onSaleId.slice(-22));
  return mac.update(bytesOf(body)).digest().readBigUInt64BE(0) >> (64n - macBits);
}

/** What its letters say; undefined: a slip of the finger, or no code. */
function numberIn(text: string): bigint | undefined {
  const code = plainLetters(text);
  const written = code.slice(0, dataLetters);
  if (code.length !== dataLetters + 1 || checkLetter(written) !== code[dataLetters]) {
    return undefined;
  }
  let value = 0n;
  for (const letter of written) {
    const digit = letters.indexOf(letter);
    if (digit < 0) return undefined;
    value = (value << 5n) | BigInt(digit);
  }
  return value;
}

function bytesOf(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** Weighted, so that it also notices two letters that changed places. */
function checkLetter(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += (at + 1) * letters.indexOf(text[at] as string);
  return letters[sum % 31] as string;
}

function plainLetters(text: string): string {
  return text
    .slice(0, 100)
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replace(/[IL]/g, "1")
    .replace(/O/g, "0")
    .replace(/U/g, "V");
}

const inRange = (value: number, least: number, most: number) =>
  Number.isInteger(value) && value >= least && value <= most;
