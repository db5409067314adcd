// The waiting fan as a pure state machine: step(state, event, now) → the next state and what to do.
// The page is a thin shell around it that carries out `effects`, and draws the scene that `state` makes
// (web/fan/waiting-room/scene.ts).
//
// Keeps: a queue token, once had, is never given up; never two claims or two joins in flight; nothing
// but an admission, an end of the on-sale or a refusal ends the waiting, so offline always recovers.
// How: an event changes what is known (`learn`), the kind is a function of what is known (`kindOf`),
// and the effects follow from the difference. So no event can be "forgotten" in some state.
// Shapes: waiting-state.ts. Arithmetic of the line: domain/waiting-room/queue.ts and estimate.ts.

import { nextPollMs } from "../domain/waiting-room/estimate.ts";
import { isCalled, peopleAhead } from "../domain/waiting-room/queue.ts";
import type { Frontier } from "./contract.ts";
import type {
  KeptPlace,
  WaitingEffect,
  WaitingInput,
  WaitingFan,
  WaitingKind,
  WaitingStep,
} from "./waiting-state.ts";

const firstRetryMs = 1_000;
const longestRetryMs = 30_000;
/** Who watched the line open is spread over this: in the pre-queue the order of arrival gives nothing. */
const joinSpreadMs = 3_000;
/** A stream says something well within a minute (gateway/live/cadence.ts); longer in silence is a dead one. */
const silenceMs = 75_000;
const failuresUntilReconnecting = 2;
const hintsBeforeFrontier = { near: 0, nearMs: 2_000, farMs: 5_000 };

/** @param kept what the browser had stored, or a new entry id. @param jitter uniform in [0, 1). */
export function startWaiting(
  kept: Pick<KeptPlace, "entryId"> & Partial<KeptPlace>,
  jitter: number,
  now: number,
): WaitingStep {
  const state: WaitingFan = {
    kind: "loading",
    entryId: kept.entryId,
    queueToken: kept.queueToken,
    index: kept.index,
    position: kept.position,
    frontier: undefined,
    admission: undefined,
    problem: undefined,
    told: undefined,
    online: true,
    stream: "closed",
    streamAt: now,
    failures: 0,
    join: "none",
    joinAt: now,
    rejoined: false,
    claim: "none",
    claimAt: now,
    heardAt: now,
    jitter,
  };
  // The entry id is stored before it is first used: a reload during the first join keeps the place.
  return {
    state,
    effects: [
      { kind: "persist", place: placeOf(state) },
      { kind: "poll-after", ms: 0 },
    ],
  };
}

export function step(before: WaitingFan, event: WaitingInput, now: number): WaitingStep {
  // An end is an end, except that an admission already on its way is never thrown away.
  const isLateAdmission = event.kind === "claim-ok" && before.kind !== "admitted";
  if (isEnd(before.kind) && !isLateAdmission) return { state: before, effects: [] };
  const learnt = learn(before, event, now);
  const effects: WaitingEffect[] = [];
  if (event.kind === "tick" && before.stream === "open" && learnt.stream === "closed") {
    effects.push({ kind: "close-stream" }, { kind: "poll-after", ms: retryMs(learnt) });
  }
  const state = isEnd(kindOf(learnt)) ? learnt : act(learnt, event, now, effects);
  const kind = kindOf(state);
  if (isEnd(kind) && state.stream !== "closed") effects.push({ kind: "close-stream" });
  if (!samePlace(before, state)) effects.push({ kind: "persist", place: placeOf(state) });
  return { state: { ...state, kind }, effects };
}

/** People ahead, or undefined while there is no position. */
export function aheadOf(fan: WaitingFan): number | undefined {
  if (fan.frontier === undefined || fan.position === undefined) return undefined;
  return peopleAhead(fan.position, fan.frontier.serving);
}

function isEnd(kind: WaitingKind): boolean {
  return kind === "admitted" || kind === "sold-out" || kind === "closed" || kind === "failed";
}

/** What the page shows is decided here and nowhere else; the first line that holds wins. */
function kindOf(fan: WaitingFan): WaitingKind {
  const { frontier } = fan;
  if (fan.admission !== undefined) return "admitted";
  if (fan.problem !== undefined) return "failed";
  if (frontier?.phase === "sold-out" || frontier?.phase === "closed") return frontier.phase;
  if (!fan.online) return "offline";
  if (fan.failures >= failuresUntilReconnecting && fan.stream !== "open") return "reconnecting";
  if (frontier === undefined) return "loading";
  if (frontier.phase === "scheduled") return "scheduled";
  if (fan.queueToken === undefined || fan.join !== "none") return "joining";
  if (frontier.phase === "pre-queue") return "pre-queue";
  if (fan.claim === "in-flight") return "claiming";
  if (frontier.paused) return "paused";
  if (fan.position === undefined) return "waiting";
  if (isCalled(fan.position, frontier.serving)) return "your-turn";
  return peopleAhead(fan.position, frontier.serving) <= frontier.poll.near ? "near" : "waiting";
}

/** What an event teaches. No effects here. */
function learn(fan: WaitingFan, event: WaitingInput, now: number): WaitingFan {
  const heard = { ...fan, online: true, failures: 0, heardAt: now };
  const accepted = { ...heard, rejoined: false }; // the platform took the token
  switch (event.kind) {
    case "frontier":
      return withFrontier(heard, event.frontier, now);
    case "joined": {
      const { queueToken, entryId, index, frontier } = event.joined;
      const placed = { ...heard, join: "none", queueToken, entryId, index } as const;
      const position = index === fan.index ? fan.position : undefined;
      return withFrontier({ ...placed, position }, frontier, now);
    }
    case "join-failed":
      if (!event.retryable) {
        return { ...fan, join: "none", problem: event.problem, told: event.told };
      }
      return { ...missed(fan), join: "due", joinAt: now + retryMs(fan) };
    case "stream-open":
      return { ...accepted, stream: "open" };
    case "stream-lost":
      return {
        ...(fan.stream === "open" ? fan : missed(fan)),
        stream: "closed",
        streamAt: now + (event.afterMs ?? retryMs(fan)),
      };
    case "poll-ok": {
      const { standing, frontier } = event.status;
      const position = standing.kind === "not-drawn" ? fan.position : standing.position;
      return withFrontier({ ...accepted, position }, frontier, now);
    }
    case "poll-failed":
      return missed(fan);
    case "placed":
      return { ...fan, position: event.position };
    case "claim-ok":
      return { ...heard, claim: "none", admission: event.admission };
    case "claim-wait":
      return { ...accepted, claim: "none", claimAt: now + event.retryMs };
    case "claim-failed":
      if (!event.retryable) return { ...fan, claim: "none", problem: event.problem };
      return { ...missed(fan), claim: "none", claimAt: now + retryMs(fan) };
    case "token-invalid":
      return withoutTrust(heard, event.during, now);
    case "online":
      return { ...fan, online: true, failures: 0, heardAt: now, streamAt: now };
    case "offline":
      return { ...fan, online: false };
    case "tick":
      return fan.stream === "open" && now - fan.heardAt > silenceMs
        ? { ...fan, stream: "closed", streamAt: now }
        : fan;
  }
}

/** Joining again with the same entry id gives the same place, under a token of today's keys. */
function withoutTrust(
  fan: WaitingFan,
  during: "poll" | "stream" | "claim",
  now: number,
): WaitingFan {
  const answered: WaitingFan = {
    ...fan,
    claim: during === "claim" ? "none" : fan.claim,
    stream: during === "stream" ? "closed" : fan.stream,
  };
  if (fan.join !== "none") return answered;
  if (fan.rejoined) return { ...answered, problem: "queue-token-invalid" };
  return { ...answered, rejoined: true, join: "due", joinAt: now };
}

/** Does what is due in the new state, at most once each, and records it as under way. */
function act(
  fan: WaitingFan,
  event: WaitingInput,
  now: number,
  effects: WaitingEffect[],
): WaitingFan {
  let next = fan;
  if (!next.online) {
    // Browsers are wrong about "offline" at times: ask now and then, whatever they say.
    const isArming = event.kind === "offline" || event.kind === "poll-failed";
    if (isArming) effects.push({ kind: "poll-after", ms: longestRetryMs });
    return next;
  }
  const phase = next.frontier?.phase;
  const lineIsOpen = phase === "pre-queue" || phase === "open";
  if (lineIsOpen && next.queueToken === undefined && next.join === "none") {
    next = { ...next, join: "due" };
  }
  if (lineIsOpen && next.join === "due" && now >= next.joinAt) {
    next = { ...next, join: "in-flight" };
    effects.push({ kind: "join", entryId: next.entryId });
  }
  const { queueToken } = next;
  if (queueToken !== undefined && next.join === "none" && lineIsOpen) {
    if (next.stream === "closed" && now >= next.streamAt) {
      next = { ...next, stream: "opening" };
      effects.push({ kind: "open-stream", queueToken });
    }
    if (kindOf(next) === "your-turn" && now >= next.claimAt) {
      next = { ...next, claim: "in-flight" };
      effects.push({ kind: "claim", queueToken });
    }
  }
  const pollMs = pollAfter(next, event);
  if (pollMs !== undefined) effects.push({ kind: "poll-after", ms: pollMs });
  return next;
}

/**
 * Polling is the fallback of the stream, and near the front also the check-in. With an open stream a
 * far fan asks nothing; a poll that was answered arms the next one, so there is one timer at most.
 */
function pollAfter(fan: WaitingFan, event: WaitingInput): number | undefined {
  const hints = fan.frontier?.poll ?? hintsBeforeFrontier;
  const ahead = aheadOf(fan);
  const isNear = ahead !== undefined && ahead <= hints.near;
  const needsPosition = fan.frontier?.phase === "open" && ahead === undefined;
  const streamSuffices = fan.stream === "open" && !isNear && !needsPosition;
  switch (event.kind) {
    case "poll-failed":
      return retryMs(fan);
    case "online":
      return Math.round(firstRetryMs * fan.jitter);
    case "joined":
    case "stream-lost":
    case "poll-ok":
    case "frontier":
      if (streamSuffices) return undefined;
      // A frontier on an open stream must not put off the poll that a near fan has armed already.
      if (event.kind === "frontier" && fan.stream === "open" && fan.kind === kindOf(fan)) {
        return undefined;
      }
      return nextPollMs(ahead, hints, fan.jitter);
    default:
      return undefined;
  }
}

/** Frontiers may overtake one another on their way; serving never falls (Q7), so ahead never grows. */
function withFrontier(fan: WaitingFan, frontier: Frontier, now: number): WaitingFan {
  const known = fan.frontier;
  if (known !== undefined && frontier.now < known.now) return fan;
  const serving = Math.max(frontier.serving, known?.serving ?? 0);
  const justOpened = known?.phase === "scheduled" && frontier.phase === "pre-queue";
  return {
    ...fan,
    frontier: serving === frontier.serving ? frontier : { ...frontier, serving },
    joinAt: justOpened ? now + Math.round(joinSpreadMs * fan.jitter) : fan.joinAt,
  };
}

function missed(fan: WaitingFan): WaitingFan {
  return { ...fan, failures: fan.failures + 1 };
}

/** 1, 2, 4 … 30 seconds, spread by a half either way so that fans do not return together. */
function retryMs(fan: WaitingFan): number {
  const grown = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(fan.failures, 5));
  return Math.round(grown * (0.5 + fan.jitter));
}

function placeOf({ entryId, queueToken, index, position }: KeptPlace): KeptPlace {
  return { entryId, queueToken, index, position };
}

function samePlace(one: KeptPlace, other: KeptPlace): boolean {
  return (
    one.entryId === other.entryId &&
    one.queueToken === other.queueToken &&
    one.index === other.index &&
    one.position === other.position
  );
}
