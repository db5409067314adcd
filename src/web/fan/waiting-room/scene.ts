// From the waiting fan (wire/waiting.ts) to what the page shows. The machine's kinds "offline",
// "reconnecting" and "paused" are not scenes of their own here: they are a notice on top of the last
// thing known, because a fan without network still wants to see the place.

import { isCalled } from "../../../domain/waiting-room/queue.ts";
import type { WaitingFan } from "../../../wire/waiting-state.ts";
import type { Notice, Scene } from "./picture.ts";

export type TurnFacts = {
  /** Server time. */
  now: number;
  /** Until when a turn that waits for the fan to look can be claimed; undefined where none does. */
  claimBy: number | undefined;
  /** A claim was answered with "wait". */
  passedOver: boolean;
};

const failuresUntilSaid = 2;

export function sceneOf(fan: WaitingFan, { now, claimBy, passedOver }: TurnFacts): Scene {
  if (fan.admission) return fan.admission.expiresAt > now ? "turn" : "returning";
  if (fan.problem !== undefined) return sceneOfProblem(fan.problem);
  const { frontier, position } = fan;
  if (!frontier) return fan.online && fan.failures < failuresUntilSaid ? "loading" : "failed";
  const { phase } = frontier;
  if (phase === "sold-out" || phase === "closed" || phase === "scheduled") return phase;
  if (fan.queueToken === undefined) return "loading";
  if (phase === "pre-queue" || position === undefined) return "pre-queue";
  if (!isCalled(position, frontier.serving)) return "waiting";
  if (claimBy !== undefined) return claimBy > now ? "turn" : "returning";
  // The first claim is a matter of milliseconds: nobody is told anything before its answer.
  return passedOver ? "returning" : "waiting";
}

/** @param pageNow by the page's clock, like `heardAt`. */
export function noticeOf(fan: WaitingFan, kept: boolean, pageNow: number): Notice {
  if (!fan.online) return "offline";
  // A stream that cannot be had is no news while the polls are answered: silence is.
  const silentMs = pageNow - fan.heardAt;
  const patienceMs = Math.max(10_000, 2 * (fan.frontier?.poll.farMs ?? 0));
  if (fan.failures >= failuresUntilSaid && fan.stream !== "open" && silentMs > patienceMs) {
    return "reconnecting";
  }
  if (fan.frontier?.phase === "open" && fan.frontier.paused) return "paused";
  return kept ? undefined : "notKept";
}

function sceneOfProblem(code: string): Scene {
  if (code.startsWith("presale-code")) return "code";
  switch (code) {
    case "shop-session-ended":
      return "spent";
    case "queue-token-invalid":
      return "invalid";
    case "not-found":
      return "not-found";
    case "identity-needed":
    case "identity-refused":
      return "stranger";
    case "queue-closed":
      return "closed";
    default:
      return "failed";
  }
}
