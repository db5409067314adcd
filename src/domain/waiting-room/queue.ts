// Where a fan stands. Three numbers, all counted from 0, must not be mixed up:
//   index     arrival number, fixed at joining, in the queue token
//   position  place in the line after the draw: the draw's permutation of the index, or the index
//             itself for those who came after the opening
//   serving   the cursor: every position below it has been called
// Position never changes and serving never falls (Q7), so "people ahead" can only shrink (Q2); the
// pre-queue says no number at all, because before the draw there is none. `ahead` counts places, and
// some of them are empty by then (closed tabs): it is an upper bound on people.
// Pure arithmetic without imports of its own weight: the waiting page runs this same file.

import { assert } from "../../foundation/assert.ts";
import type { Draw } from "./draw.ts";

export type Standing =
  | { readonly kind: "not-drawn"; readonly index: number; readonly joined: number }
  | { readonly kind: "waiting"; readonly position: number; readonly ahead: number }
  | { readonly kind: "your-turn"; readonly position: number };

/**
 * A fan's own situation, from the queue token (index) and the frontier (serving, joined).
 * @param line.draw undefined before the opening; an on-sale without a pre-queue opens with cohort 0.
 */
export function standingOf(
  index: number,
  line: { draw: Draw | undefined; serving: number; joined: number },
): Standing {
  assert(Number.isSafeInteger(index) && index >= 0, `index ${index}`);
  if (line.draw === undefined) return { kind: "not-drawn", index, joined: line.joined };
  const position = line.draw.positionOf(index);
  if (isCalled(position, line.serving)) return { kind: "your-turn", position };
  return { kind: "waiting", position, ahead: peopleAhead(position, line.serving) };
}

/** How many places are called before this one: 0 means next. */
export function peopleAhead(position: number, serving: number): number {
  return Math.max(0, position - serving);
}

/** Has this position been called? Who returns late is called at once: the cursor has passed. */
export function isCalled(position: number, serving: number): boolean {
  return position < serving;
}

/**
 * How many have come so far, before the opening; undefined: nobody knows. A line that was rebuilt counts on
 * above the high-water mark, and knows those alone who have come since.
 */
export function arrived({ joined, waiting }: { joined: number; waiting: number }) {
  return joined === waiting ? joined : undefined;
}

/** The number a person is told: the first in line is 1. */
export function spokenPosition(position: number): number {
  return position + 1;
}
