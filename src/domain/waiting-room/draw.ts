// The draw: those who came before the opening are put in an order that anyone can recompute and that
// nobody could have chosen. A 32-byte seed is made with the on-sale and its SHA-256 is published at
// once; at the opening the cohort size N is fixed and the seed may be revealed. The position of a
// pre-queue entry is a keyed permutation of its index over [0, N): computed on read, stored nowhere,
// invertible, so the admission tick can ask which index stands at a position.
//
// The algorithm, byte for byte ("usher-draw-1"; docs/draw.md says it again with a worked example):
//   w      the smallest number ≥ 4 with 4^w > N; the domain [0, 4^w) is cut in two halves of w bits
//   F(r,x) round function, r = 0…15, x = 0…2^w−1: take
//          HMAC-SHA256(key = seed, message = "usher-draw-1" (12 ASCII bytes) ‖ N u32 ‖ r u8 ‖ ⌊x/8⌋ u32),
//          big endian; its 32 bytes are eight u32; take number x mod 8 of them, keep the low w bits
//   round  (left, right) → (right, left XOR F(r, right)), sixteen times, on left = ⌊v/2^w⌋, right = v mod 2^w
//   walk   v = index; apply the sixteen rounds until v < N. That v is the position.
// Who has an index ≥ N came after the opening and keeps position = index, behind the cohort.
//
// Why a domain strictly above N: a Feistel network that fills its domain reaches only the even
// permutations. Why w ≥ 4: over halves of two bits it is uneven whatever the number of rounds (four
// entries, 400,000 seeds: χ² 150 deviations off, at 8 rounds as at 32); over four bits nothing is found.
// Why tables: a round function has only 2^w inputs, so a million positions cost two thousand HMACs,
// and afterwards sixteen look-ups each.
// Known limit: the operator knows the seed and could add entries before N is fixed; whoever must be
// protected from the operator needs a public beacon mixed into the seed.
// Read next: wire/draw-check.ts (the same for browsers, on its own), queue.ts.

import { createHash, createHmac } from "node:crypto";
import { assert } from "../../foundation/assert.ts";

export const drawRounds = 16;
export const seedLength = 32;
/** u32 in the message; also bounds the tables to 4 MB. */
export const maxCohort = 2 ** 32 - 1;
const minHalfBits = 4;
const label = "usher-draw-1";

/** One on-sale's drawn order. Positions and indexes count from 0. */
export type Draw = {
  /** N, the number of entries that were there at the opening. */
  readonly cohort: number;
  /** Where the entry with this arrival number stands. */
  positionOf(index: number): number;
  /** The inverse: whose turn it is at this position. */
  indexAt(position: number): number;
};

/** SHA-256 of the seed bytes, 64 lower-case hex characters: published when the on-sale is created. */
export function commitmentOf(seed: Uint8Array): string {
  assert(seed.length === seedLength, `a draw's seed has 32 bytes, not ${seed.length}`);
  return createHash("sha256").update(seed).digest("hex");
}

/** Fixes the draw. Costs about 2^(w+1) HMACs (3 ms for a million entries): keep the result. */
export function openDraw(seed: Uint8Array, cohort: number): Draw {
  assert(seed.length === seedLength, `a draw's seed has 32 bytes, not ${seed.length}`);
  assert(Number.isInteger(cohort) && cohort >= 0 && cohort <= maxCohort, `cohort ${cohort}`);
  const halfBits = halfBitsFor(cohort);
  const tables = roundTables(seed, cohort, halfBits);
  const split = 2 ** halfBits;

  const forward = (value: number) => {
    let left = Math.floor(value / split);
    let right = value % split;
    for (let round = 0; round < drawRounds; round++) {
      const next = left ^ (tables[(round << halfBits) | right] as number);
      left = right;
      right = next;
    }
    return left * split + right;
  };
  const backward = (value: number) => {
    let left = Math.floor(value / split);
    let right = value % split;
    for (let round = drawRounds - 1; round >= 0; round--) {
      const before = right ^ (tables[(round << halfBits) | left] as number);
      right = left;
      left = before;
    }
    return left * split + right;
  };
  const walk = (step: (value: number) => number, from: number) => {
    // A gateway asks this of twenty thousand fans at the opening: a message made for each would be half of it.
    assert(
      Number.isSafeInteger(from) && from >= 0,
      "a place in a line is a whole number, 0 or more",
    );
    if (from >= cohort) return from;
    let value = step(from);
    while (value >= cohort) value = step(value);
    return value;
  };
  return {
    cohort,
    positionOf: (index) => walk(forward, index),
    indexAt: (position) => walk(backward, position),
  };
}

/** The smallest w ≥ 4 with 4^w > N. */
export function halfBitsFor(cohort: number): number {
  let halfBits = minHalfBits;
  while (4 ** halfBits <= cohort) halfBits++;
  return halfBits;
}

function roundTables(seed: Uint8Array, cohort: number, halfBits: number): Uint32Array {
  const size = 2 ** halfBits;
  const mask = size - 1;
  const tables = new Uint32Array(drawRounds * size);
  const message = Buffer.alloc(label.length + 9);
  message.write(label, "latin1");
  message.writeUInt32BE(cohort, label.length);
  for (let round = 0; round < drawRounds; round++) {
    message.writeUInt8(round, label.length + 4);
    for (let first = 0; first < size; first += 8) {
      message.writeUInt32BE(first / 8, label.length + 5);
      const words = createHmac("sha256", seed).update(message).digest();
      for (let word = 0; word < 8; word++) {
        tables[round * size + first + word] = words.readUInt32BE(word * 4) & mask;
      }
    }
  }
  return tables;
}
