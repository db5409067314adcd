// The estimated wait and the next poll of one fan: the domain's arithmetic on this line's frontier,
// the same for the status, the stream and the page without JavaScript.

import { nextPollMs, waitRange } from "../domain/waiting-room/estimate.ts";
import type { Standing, Wait } from "../wire/contract.ts";
import type { Line } from "./line.ts";

const turnPollMs = 1_000;

export function waitOf(line: Line, standing: Standing): { wait: Wait; nextPollMs: number } {
  const { poll, pacePerMin, opensAt, now } = line.prepared.frontier;
  const jitter = Math.random();
  if (standing.kind === "your-turn")
    return { wait: { lowMs: 0, highMs: 0 }, nextPollMs: turnPollMs };
  if (standing.kind === "not-drawn") {
    // Nobody sleeps through the opening: the last poll before it falls shortly after it.
    const far = nextPollMs(undefined, poll, jitter);
    return {
      wait: undefined,
      nextPollMs: Math.round(Math.min(far, Math.max(0, opensAt - now) + 1_000 + 2_000 * jitter)),
    };
  }
  return {
    wait: waitRange(standing.ahead, pacePerMin),
    nextPollMs: nextPollMs(standing.ahead, poll, jitter),
  };
}
