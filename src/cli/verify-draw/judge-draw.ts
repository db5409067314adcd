// The verdict on a draw, from what was published and nothing else. Three questions: is the seed the one
// that was promised; is the order a permutation, so that every position belongs to exactly one entry;
// and do two implementations that share no line (domain/waiting-room/draw.ts and wire/draw-check.ts)
// give the same positions. The second is counted out for every entry, not believed.

import { commitmentOf, type Draw, openDraw } from "../../domain/waiting-room/draw.ts";
import { openDrawCheck } from "../../wire/draw-check.ts";
import type { DrawDocument } from "./published-draw.ts";

export type DrawQuestion = {
  published: DrawDocument;
  /** What somebody wrote down before the opening; undefined: what is published now is taken. */
  promised: string | undefined;
  /** The arrival number whose position is asked for. */
  index: number | undefined;
};
export type DrawVerdict =
  | {
      kind: "holds";
      cohort: number;
      /** How many entries were counted out; fewer than the cohort only where it is larger than that. */
      counted: number;
      compared: number;
      position: number | undefined;
    }
  /** The seed is told at the opening. */
  | { kind: "not-drawn-yet" }
  /** Another commitment is published than the one that was written down. */
  | { kind: "promise-changed" }
  /** The seed is not the one that was promised. */
  | { kind: "broken-promise" }
  /** Two entries, or none, at one position. */
  | { kind: "no-permutation"; position: number }
  | { kind: "implementations-differ"; index: number };

/** Above it a bit for every entry is not affordable everywhere; it is said how far it was counted. */
export const mostCounted = 50_000_000;
const compareUpTo = 2_000;
const progressEvery = 100_000;

export async function judgeDraw(
  { published, promised, index }: DrawQuestion,
  progress: (counted: number, of: number) => void = () => {},
  open: (seed: Uint8Array, cohort: number) => Draw = openDraw,
): Promise<DrawVerdict> {
  const { commitment, seed: seedText, cohort } = published;
  if (promised !== undefined && promised !== commitment) return { kind: "promise-changed" };
  if (seedText === undefined || cohort === undefined) return { kind: "not-drawn-yet" };
  const seed = Buffer.from(seedText, "hex");
  if (commitmentOf(seed) !== commitment) return { kind: "broken-promise" };

  const draw = open(seed, cohort);
  const counted = Math.min(cohort, mostCounted);
  const wrong = countOut(draw, counted, progress);
  if (wrong !== undefined) return { kind: "no-permutation", position: wrong };

  const second = await openDrawCheck({ commitment, seed: seedText, cohort });
  const compared = Math.min(cohort, compareUpTo);
  // Spread over the whole cohort; and the one that was asked for.
  const indexes = Array.from({ length: compared }, (_, n) => Math.floor((n * cohort) / compared));
  if (index !== undefined) indexes.push(index);
  for (const asked of indexes) {
    const check = await second.check(asked);
    if (check.kind !== "holds" || check.position !== draw.positionOf(asked)) {
      return { kind: "implementations-differ", index: asked };
    }
  }
  const position = index === undefined ? undefined : draw.positionOf(index);
  return { kind: "holds", cohort, counted, compared, position };
}

/** Every position once, and each leads back to its entry. Answers the first that is wrong. */
function countOut(
  draw: Draw,
  counted: number,
  progress: (counted: number, of: number) => void,
): number | undefined {
  const taken = new Uint8Array(Math.ceil(draw.cohort / 8));
  for (let index = 0; index < counted; index++) {
    const position = draw.positionOf(index);
    const bit = 1 << (position & 7);
    const isOutside = position < 0 || position >= draw.cohort;
    if (isOutside || ((taken[position >> 3] ?? 0) & bit) !== 0) return position;
    if (draw.indexAt(position) !== index) return position;
    taken[position >> 3] = (taken[position >> 3] ?? 0) | bit;
    if (index % progressEvery === 0) progress(index, counted);
  }
  progress(counted, counted);
  // N different positions below N are all of them: nothing is left to look for.
  return undefined;
}
