// Before a number is given, the client must come back with what it was given: a challenge, sealed for
// its entry id. Nothing is remembered for it, so a flood of joins that reads no answers consumes
// nothing: no number, no memory, no call of a store. Where the on-sale asks for work, the challenge must
// also be answered: a nonce such that SHA-256("<challenge>.<nonce>") begins with so many zero bits. A
// fan without JavaScript answers by patience instead. A challenge spent twice gives one place: it names
// its entry, and one entry has one place.
//
// Body, 51 bytes, in the format of foundation/sealed-bytes.ts:
//   on-sale id 22 B · entry id 22 B · issuedAt u48 (ms) · work u8 (bits)

import { createHash } from "node:crypto";
import { assert } from "../../foundation/assert.ts";
import type { EntryId, OnSaleId } from "../../foundation/ids.ts";
import { type SealingKeys, seal, unseal } from "../../foundation/sealed-bytes.ts";

const idLength = 22;
const bodyLength = 51;
/** Long enough for a slow phone's work and a lost network; a new one costs nothing. */
const validMs = 10 * 60_000;
/** Another process's clock may be this far ahead. */
const clockSkewMs = 5_000;
/** A phone makes about 100,000 hashes a second: 20 bits are ten seconds of it, and more is a wall. */
export const maxWork = 20;
/** What patience is asked for instead of work. */
export const patienceMs = 15_000;
const maxNonceLength = 32;

/** @property work leading zero bits asked for; 0: coming back is enough. */
export type JoinChallenge = {
  onSaleId: OnSaleId;
  entryId: EntryId;
  issuedAt: number;
  work: number;
};

export type ChallengeAnswer = { challenge: string; nonce?: string | undefined };

export function sealChallenge(keys: SealingKeys, challenge: JoinChallenge): string {
  const { work } = challenge;
  assert(Number.isInteger(work) && work >= 0 && work <= maxWork, `join challenge: work ${work}`);
  const body = Buffer.allocUnsafe(bodyLength);
  body.write(challenge.onSaleId.slice(-idLength), 0, "latin1");
  body.write(challenge.entryId.slice(-idLength), idLength, "latin1");
  body.writeUIntBE(challenge.issuedAt, 44, 6);
  body.writeUInt8(work, 50);
  return seal(keys, "challenge", body);
}

/** Is it ours, for this entry, of late, and answered? @param asked what the join is about. */
export function isAnswered(
  keys: SealingKeys,
  answer: ChallengeAnswer,
  asked: { onSaleId: OnSaleId; entryId: EntryId; now: number; isPatient?: boolean },
): boolean {
  const opened = unseal(keys, "challenge", bodyLength, answer.challenge);
  if (opened.kind !== "valid") return false;
  const { body } = opened;
  const isFor =
    body.toString("latin1", 0, idLength) === asked.onSaleId.slice(-idLength) &&
    body.toString("latin1", idLength, 2 * idLength) === asked.entryId.slice(-idLength);
  const age = asked.now - body.readUIntBE(44, 6);
  if (!isFor || age < -clockSkewMs || age > validMs) return false;
  const work = body.readUInt8(50);
  if (work === 0) return true;
  return asked.isPatient === true ? age >= patienceMs : isWorkDone(answer, work);
}

/** The rule that a page works by; it stops at the first nonce for which this holds. */
export function isWorkDone({ challenge, nonce = "" }: ChallengeAnswer, work: number): boolean {
  if (nonce.length > maxNonceLength) return false;
  const hash = createHash("sha256").update(`${challenge}.${nonce}`).digest();
  return Math.clz32(hash.readUInt32BE(0)) >= work;
}
