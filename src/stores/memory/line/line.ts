// The line of one on-sale: its allocator, its serving position, its entries.
//
// An entry is waiting, then has a turn, then is a shopper, then ended. A turn that lapses costs no
// place: the entry is waiting again, absent, and behind the serving position; when it checks in it is
// `returned` and next. A turn or a shopper past its deadline is gone for every reader at once,
// because each call lapses what is due first (Q4).
// Read next: places.ts (join, check-in), turns.ts (the tick), shopping.ts (claim, touch, leave).

import type { EntryId } from "../../../foundation/ids.ts";
import type { OfferTurnsReply, QueueCounts, RestoreQueue } from "../../../ports/queue-store.ts";
import { KeyedHeap } from "../keyed-heap.ts";
import { checkTime } from "../../hot/limits.ts";
import { checkRestoredLine } from "../../hot/requests.ts";
import { EntryTable, entryState } from "./entry-table.ts";

export type Line = {
  nextIndex: number;
  serving: number;
  leaderFence: number;
  readonly entries: EntryTable;
  /** Rows of the returned, by position. */
  readonly returned: KeyedHeap<number>;
  /** Rows with a turn or in the shop, by deadline. */
  readonly deadlines: KeyedHeap<number>;
  /** By identity: the row of its place, where it has one; how many were given, where it has more. */
  readonly identities: Map<string, number>;
  /** New places by network, since the span began. */
  networks: { since: number; joins: Map<string, number> };
  /** Repeated joins and claims by entry, since the span began. */
  asks: { since: number; byEntry: Map<EntryId, number> };
  /** The last tick that was named, so that a pacer whose reply was lost may ask again. */
  lastTick: { requestId: string; reply: OfferTurnsReply } | undefined;
};

export function restoredLine(truth: RestoreQueue): Line {
  checkRestoredLine(truth);
  const line: Line = {
    nextIndex: truth.nextIndex,
    serving: truth.serving,
    leaderFence: truth.leaderFence,
    entries: new EntryTable(),
    returned: new KeyedHeap(),
    deadlines: new KeyedHeap(),
    identities: new Map(),
    networks: { since: 0, joins: new Map() },
    asks: { since: 0, byEntry: new Map() },
    lastTick: undefined,
  };
  for (const admission of truth.admissions) {
    const slot = line.entries.add(admission.entryId, admission.index);
    line.nextIndex = Math.max(line.nextIndex, admission.index + 1);
    const { identity } = admission;
    if (identity !== undefined) {
      const given = Math.max(line.identities.get(identity.key) ?? 0, identity.use);
      line.identities.set(identity.key, identity.places === 1 ? slot : given);
    }
    line.entries.setPosition(slot, admission.position);
    line.entries.setAdmissionId(slot, admission.admissionId);
    if (admission.deadline === undefined) line.entries.setState(slot, entryState.ended);
    else openShop(line, slot, admission.deadline);
  }
  return line;
}

export function openShop(line: Line, slot: number, deadline: number): void {
  checkTime("deadline", deadline);
  line.entries.setState(slot, entryState.shopper);
  line.entries.setDeadline(slot, deadline);
  line.deadlines.set(slot, deadline);
}

export function endShopping(line: Line, slot: number): void {
  line.deadlines.delete(slot);
  line.entries.setState(slot, entryState.ended);
}

/** Ends every turn and every shopper whose deadline has passed: over AT the deadline. */
export function lapse(line: Line, now: number): void {
  while (line.deadlines.leastKey <= now) {
    const slot = line.deadlines.take() as number;
    if (line.entries.state(slot) === entryState.shopper) {
      line.entries.setState(slot, entryState.ended);
    } else {
      line.entries.setState(slot, entryState.waiting);
      line.entries.setPresentUntil(slot, 0);
    }
  }
}

export function countsOf(line: Line): QueueCounts {
  const returned = line.entries.count(entryState.returned);
  return {
    joined: line.nextIndex,
    waiting: line.entries.count(entryState.waiting) + returned,
    returned,
    turns: line.entries.count(entryState.turn),
    shoppers: line.entries.count(entryState.shopper),
  };
}
