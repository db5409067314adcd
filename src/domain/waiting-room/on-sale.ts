// The phases of an on-sale and who may move it between them:
//
//   scheduled → pre-queue → open → sold-out | closed        (`paused` is a switch on `open`)
//
// A phase never goes back. The clock follows the schedule, the operator may be earlier than it, and
// only the sold-out rule (no seat free, held or being paid) may say "sold out". Fans may join in
// `pre-queue` (and are drawn at the opening) and in `open` (and stand behind, in order of arrival).
// Read next: draw.ts for what happens at the opening, pacing.ts for what `open` and `paused` mean.

import type { Phase } from "./frontier.ts";

export type Mover = "clock" | "operator" | "sold-out-rule";

type Movers = readonly Mover[];
const clock: Movers = ["clock", "operator"];
const never: Movers = [];

/** transitions[from][to] = who may do it. Every pair is written down, also the impossible ones. */
export const transitions: Record<Phase, Record<Phase, Movers>> = {
  scheduled: {
    scheduled: never,
    "pre-queue": clock,
    open: clock, // an on-sale without a pre-queue, or a platform that slept through it
    "sold-out": never,
    closed: clock,
  },
  "pre-queue": {
    scheduled: never,
    "pre-queue": never,
    open: clock,
    "sold-out": never,
    closed: clock,
  },
  open: {
    scheduled: never,
    "pre-queue": never,
    open: never,
    "sold-out": ["sold-out-rule"],
    closed: clock,
  },
  "sold-out": {
    scheduled: never,
    "pre-queue": never,
    open: never,
    "sold-out": never,
    closed: never, // both are ends: seats that come back later are sold by a new on-sale
  },
  closed: {
    scheduled: never,
    "pre-queue": never,
    open: never,
    "sold-out": never,
    closed: never,
  },
};

/** Instants in ms since 1970. `preQueueAt` = `opensAt`: no pre-queue, so nobody is drawn. */
export type Schedule = {
  readonly preQueueAt: number;
  readonly opensAt: number;
  readonly closesAt: number;
};

/** @property changedAt when `phase` or `paused` last changed. */
export type OnSaleState = {
  readonly phase: Phase;
  readonly paused: boolean;
  readonly changedAt: number;
};

export type PhaseRefusal = "already-there" | "no-such-transition" | "not-yours-to-do" | "not-open";
export type PhaseChange =
  | { readonly kind: "changed"; readonly state: OnSaleState }
  | { readonly kind: "refused"; readonly reason: PhaseRefusal };

/** The phase the schedule alone would give. The end counts before the opening, so a wrong schedule sells nothing. */
export function phaseAt(
  schedule: Schedule,
  now: number,
): "scheduled" | "pre-queue" | "open" | "closed" {
  if (now >= schedule.closesAt) return "closed";
  if (now >= schedule.opensAt) return "open";
  if (now >= schedule.preQueueAt) return "pre-queue";
  return "scheduled";
}

/** What is wrong with a schedule, or undefined. The words are codes; the desk has the sentences. */
export function scheduleProblem(
  schedule: Schedule,
): "not-an-instant" | "pre-queue-after-opening" | "closing-before-opening" | undefined {
  const { preQueueAt, opensAt, closesAt } = schedule;
  for (const instant of [preQueueAt, opensAt, closesAt]) {
    if (!(Number.isSafeInteger(instant) && instant >= 0)) {
      return "not-an-instant";
    }
  }
  if (preQueueAt > opensAt) return "pre-queue-after-opening";
  if (closesAt <= opensAt) return "closing-before-opening";
  return undefined;
}

export function initialState(now: number): OnSaleState {
  return { phase: "scheduled", paused: false, changedAt: now };
}

/** Moves to another phase, if the table lets `by` do it. An end also takes the pause away. */
export function changePhase(state: OnSaleState, to: Phase, by: Mover, now: number): PhaseChange {
  if (state.phase === to) return { kind: "refused", reason: "already-there" };
  const movers = transitions[state.phase][to];
  if (movers.length === 0) return { kind: "refused", reason: "no-such-transition" };
  if (!movers.includes(by)) return { kind: "refused", reason: "not-yours-to-do" };
  return { kind: "changed", state: { phase: to, paused: false, changedAt: now } };
}

/** The operator's switch: a paused on-sale admits nobody, and nobody loses a place, hold or turn. */
export function setPaused(state: OnSaleState, paused: boolean, now: number): PhaseChange {
  if (state.phase !== "open") return { kind: "refused", reason: "not-open" };
  if (state.paused === paused) return { kind: "refused", reason: "already-there" };
  return { kind: "changed", state: { phase: "open", paused, changedAt: now } };
}

/**
 * Follows the schedule forward. Returns the same object when nothing is due: an on-sale that the
 * operator opened early, or that ended, is never pulled back to what the schedule says.
 */
export function followClock(state: OnSaleState, schedule: Schedule, now: number): OnSaleState {
  const change = changePhase(state, phaseAt(schedule, now), "clock", now);
  return change.kind === "changed" ? change.state : state;
}

/** May a fan join the line now? */
export function takesEntries(phase: Phase): boolean {
  return phase === "pre-queue" || phase === "open";
}
