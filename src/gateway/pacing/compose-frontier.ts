// Puts the frontier together from what is durable (phase, serving, draw) and what is counted. Pure.

import type { PollHints } from "../../domain/waiting-room/estimate.ts";
import type { Frontier } from "../../domain/waiting-room/frontier.ts";
import type { OnSale } from "../../ports/catalog.ts";
import type { Checkpoint } from "../../ports/line-records.ts";
import type { QueueCounts } from "../../ports/queue-store.ts";

export type FrontierParts = {
  onSale: OnSale;
  checkpoint: Checkpoint;
  counts: QueueCounts;
  seats: { free: number; held: number; total: number } | undefined;
  pacePerMin: Frontier["pacePerMin"];
  now: number;
};

/** Near fans are told sooner; far ones ask rarely. A minute's worth of places counts as near. */
const leastNear = 200;
const nearMs = 2_000;
const farMs = 20_000;
/**
 * Near the end of the seats, so that everybody who polls learns "sold out" within five seconds (Q10):
 * a second for the tick, and this with its jitter.
 */
const lastFarMs = 3_000;
/** A poll that was put off under `farMs`, with its jitter, must still come before the seats can be gone. */
const foresightMs = 25_000;

export function composeFrontier(parts: FrontierParts): Frontier {
  const { onSale, checkpoint, counts, now } = parts;
  const opened = checkpoint.cohort !== undefined && onSale.seed !== undefined;
  return {
    onSaleId: onSale.onSaleId,
    phase: onSale.phase,
    paused: onSale.paused,
    now,
    preQueueAt: onSale.preQueueAt,
    opensAt: onSale.opensAt,
    closesAt: onSale.closesAt,
    serving: checkpoint.serving,
    joined: counts.joined,
    waiting: counts.waiting,
    pacePerMin: parts.pacePerMin,
    claimWindowMs: onSale.settings.claimWindowMs,
    seats: onSale.settings.showSeatsLeft ? parts.seats : undefined,
    draw: {
      commitment: onSale.commitment,
      seed: opened ? onSale.seed : undefined,
      cohort: opened ? checkpoint.cohort : undefined,
    },
    admissionEpoch: checkpoint.admissionEpoch,
    poll: pollHints({
      ratePerSec: onSale.settings.ratePerSec,
      seatsPerFan: onSale.settings.seatsPerFan,
      isOpen: onSale.phase === "open",
      inside: counts.turns + counts.shoppers,
      seatsLeft: parts.seats && parts.seats.free + parts.seats.held,
    }),
  };
}

type PollFacts = {
  ratePerSec: number;
  seatsPerFan: number;
  isOpen: boolean;
  /** With a turn or in the shop. */
  inside: number;
  /** Free or held; undefined: not known. */
  seatsLeft: number | undefined;
};

export function pollHints(facts: PollFacts): PollHints {
  const near = Math.max(leastNear, facts.ratePerSec * 60);
  return { near, nearMs, farMs: mayEndSoon(facts) ? lastFarMs : farMs };
}

/** Could what is left be gone in that time, if everybody inside and everybody let in took all they may? */
function mayEndSoon({ isOpen, ratePerSec, seatsPerFan, inside, seatsLeft }: PollFacts): boolean {
  if (seatsLeft === undefined || !isOpen) return false;
  // The bucket gives one second's worth at once.
  const letIn = ratePerSec * (1 + foresightMs / 1_000);
  return seatsLeft <= (inside + letIn) * seatsPerFan;
}
