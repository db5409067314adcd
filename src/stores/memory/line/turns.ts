// One admission tick. First the returned, in order of position; then the candidates behind the serving
// position that are present. Absent ones are passed, keep their place, and come back as `returned`.
//
// Keeps Q4 (never more than `take` turns a tick, and a tick that is repeated gives nothing twice),
// Q7 (serving never falls), and that only the leader with the highest fence ticks.

import type { OfferTurns, OfferTurnsReply, Turn } from "../../../ports/queue-store.ts";
import { entryState, noSlot } from "./entry-table.ts";
import { countsOf, type Line } from "./line.ts";

/** The caller has lapsed what was due. */
export function offerTurns(line: Line, request: OfferTurns, now: number): OfferTurnsReply {
  if (request.leaderFence < line.leaderFence) return { kind: "stale-leader" };
  line.leaderFence = request.leaderFence;
  const { requestId } = request;
  if (requestId !== undefined && line.lastTick?.requestId === requestId) return line.lastTick.reply;

  const turns: Turn[] = [];
  // A pacer behind the store has missed a reply (or is new): it learns the serving position first,
  // and gives turns at its next tick.
  if (request.serving >= line.serving) {
    const claimBy = now + request.claimWindowMs;
    offerToReturned(line, { take: request.take, claimBy, now }, turns);
    offerToCandidates(line, request, { claimBy, now }, turns);
  }
  const reply: OfferTurnsReply = {
    kind: "offered",
    serving: line.serving,
    turns,
    counts: countsOf(line),
  };
  if (requestId !== undefined) line.lastTick = { requestId, reply };
  return reply;
}

function offerToReturned(
  line: Line,
  { take, claimBy, now }: { take: number; claimBy: number; now: number },
  turns: Turn[],
): void {
  while (turns.length < take) {
    const slot = line.returned.take();
    if (slot === undefined) return;
    if (line.entries.presentUntil(slot) > now) turns.push(give(line, slot, claimBy));
    else line.entries.setState(slot, entryState.waiting);
  }
}

function offerToCandidates(
  line: Line,
  request: OfferTurns,
  { claimBy, now }: { claimBy: number; now: number },
  turns: Turn[],
): void {
  let position = request.serving;
  for (const index of request.candidates) {
    if (turns.length >= request.take) break;
    const slot = line.entries.slotAt(index);
    if (slot !== noSlot && line.entries.state(slot) === entryState.waiting) {
      line.entries.setPosition(slot, position);
      if (line.entries.presentUntil(slot) > now) turns.push(give(line, slot, claimBy));
    }
    position++;
  }
  line.serving = position;
}

function give(line: Line, slot: number, claimBy: number): Turn {
  const { entries } = line;
  entries.setState(slot, entryState.turn);
  entries.setDeadline(slot, claimBy);
  line.deadlines.set(slot, claimBy);
  return {
    entryId: entries.id(slot),
    index: entries.index(slot),
    position: entries.position(slot),
    claimBy,
  };
}
