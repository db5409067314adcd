// Joining as any client does it, pages apart: ask, and come back with the challenge that is the first
// answer. For rehearsals, benchmarks, tests; a page has its own way through its own calls.

import type { JoinBody, JoinChallengeView } from "./contract.ts";
import { solveChallenge } from "./solve-challenge.ts";

/** @returns the last answer, whatever it is: the place, or a refusal. */
export async function joinPlace<Answer extends { body: unknown }>(
  { entryId }: Pick<JoinBody, "entryId">,
  ask: (body: JoinBody) => Promise<Answer>,
): Promise<Answer> {
  const first = await ask({ entryId });
  const { challenge, work = 0 } = (first.body ?? {}) as Partial<JoinChallengeView>;
  if (challenge === undefined) return first;
  return ask({ entryId, challenge, nonce: await solveChallenge(challenge, work) });
}
