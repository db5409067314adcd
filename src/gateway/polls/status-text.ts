// The personal status as JSON: the fan's own part, and behind it the frontier's text, which is made once
// a tick for everybody. The own part is three numbers or four in a fixed shape, so it is written and not
// serialised; the test holds it to what JSON.stringify makes of the contract's `Status`.

import { unreachable } from "../../foundation/assert.ts";
import type { Standing, Wait } from "../../wire/contract.ts";
import type { Line } from "../line.ts";
import { waitOf } from "../wait.ts";

export function statusText(line: Line, standing: Standing): string {
  const { wait, nextPollMs } = waitOf(line, standing);
  return `{"standing":${standingText(standing)}${waitText(wait)},"nextPollMs":${nextPollMs},"frontier":${line.prepared.text}}`;
}

function standingText(standing: Standing): string {
  switch (standing.kind) {
    case "not-drawn":
      return `{"kind":"not-drawn","index":${standing.index},"joined":${standing.joined}}`;
    case "waiting":
      return `{"kind":"waiting","position":${standing.position},"ahead":${standing.ahead}}`;
    case "your-turn":
      return `{"kind":"your-turn","position":${standing.position}}`;
    default:
      return unreachable(standing);
  }
}

/** A wait that nobody knows is left out, as JSON leaves out what is undefined. */
function waitText(wait: Wait): string {
  return wait === undefined ? "" : `,"wait":{"lowMs":${wait.lowMs},"highMs":${wait.highMs}}`;
}
