// Handing out places, and knowing who is there.
//
// Keeps Q1 (an index is handed out once, never at or above the high-water mark) and Q2 (whoever shows
// a place keeps it): an entry that the store has lost is put back at the index that its queue token
// names. Of identities a rebuilt line knows only those that were admitted (ports/queue-store.ts).

import type { EntryId } from "../../../foundation/ids.ts";
import type {
  AskedTooOften,
  CheckIn,
  CheckInReply,
  EntryShare,
  JoinReply,
  JoinRequest,
  NetworkShare,
} from "../../../ports/queue-store.ts";
import { entryState, noPosition, noSlot } from "./entry-table.ts";
import type { Line } from "./line.ts";

/** @property share of a network, of which `retryMs` are left; undefined: networks are not counted. */
export type Joining = {
  highWaterMark: number;
  share: { joins: number; retryMs: number } | undefined;
  entryShare: EntryShare | undefined;
  now: number;
};

export function join(
  line: Line,
  request: JoinRequest,
  { highWaterMark, share, entryShare, now }: Joining,
): JoinReply {
  const { entries, identities } = line;
  const { identity } = request;
  const given = identity && identities.get(identity.key);
  let slot = entries.slotOf(request.entryId);
  if (slot === noSlot && identity?.places === 1) slot = given ?? noSlot;
  if (slot !== noSlot) {
    const entryId = entries.id(slot);
    const tooOften = countAsk(line, entryId, entryShare, now);
    return tooOften ?? { kind: "known", entryId, index: entries.index(slot) };
  }
  if (identity !== undefined && identity.places > 1 && (given ?? 0) >= identity.places) {
    return { kind: "identity-full" };
  }
  const { network } = request;
  const had = (network !== undefined && line.networks.joins.get(network)) || 0;
  if (share !== undefined && network !== undefined && had >= share.joins) {
    return { kind: "network-full", retryMs: share.retryMs };
  }
  if (line.nextIndex >= highWaterMark) return { kind: "mark-reached" };
  if (share !== undefined && network !== undefined) line.networks.joins.set(network, had + 1);
  const index = line.nextIndex;
  const added = entries.add(request.entryId, index);
  if (identity !== undefined) {
    identities.set(identity.key, identity.places === 1 ? added : (given ?? 0) + 1);
  }
  line.nextIndex = index + 1;
  return { kind: "joined", entryId: request.entryId, index };
}

/** Opens a new span where the last one is over. A clock that was set back opens one as well. */
export function shareAt(
  line: Line,
  share: NetworkShare | undefined,
  now: number,
): Joining["share"] {
  if (share === undefined) return undefined;
  const age = now - line.networks.since;
  if (age < 0 || age >= share.spanMs) line.networks = { since: now, joins: new Map() };
  return { joins: share.joins, retryMs: line.networks.since + share.spanMs - now };
}

/** Counts one ask of the entry; an answer: it has had its share. */
export function countAsk(
  line: Line,
  entryId: EntryId,
  share: EntryShare | undefined,
  now: number,
): AskedTooOften | undefined {
  if (share === undefined) return undefined;
  const age = now - line.asks.since;
  if (age < 0 || age >= share.spanMs) line.asks = { since: now, byEntry: new Map() };
  const { since, byEntry } = line.asks;
  const had = byEntry.get(entryId) ?? 0;
  if (had >= share.asks) return { kind: "asked-too-often", retryMs: since + share.spanMs - now };
  byEntry.set(entryId, had + 1);
  return undefined;
}

export function checkIn(line: Line, entry: CheckIn, presentUntil: number): CheckInReply {
  const { entries } = line;
  const slot = placeOf(line, entry);
  // The index is another entry's: a token from before the records were replaced. It gets no place
  // here, and takes none away.
  if (slot === noSlot) return { kind: "waiting" };
  if (entry.position !== undefined) entries.setPosition(slot, entry.position);
  switch (entries.state(slot)) {
    case entryState.ended:
      return { kind: "ended" };
    case entryState.shopper:
      return { kind: "admitted" };
    case entryState.turn:
      return { kind: "turn", claimBy: entries.deadline(slot) };
    case entryState.waiting:
    case entryState.returned:
      return markPresent(line, slot, presentUntil);
  }
}

function markPresent(line: Line, slot: number, presentUntil: number): CheckInReply {
  const { entries } = line;
  entries.setPresentUntil(slot, Math.max(entries.presentUntil(slot), presentUntil));
  const position = entries.position(slot);
  if (position === noPosition || position >= line.serving) return { kind: "waiting" };
  if (entries.state(slot) === entryState.waiting) entries.setState(slot, entryState.returned);
  line.returned.set(slot, position);
  return { kind: "returned" };
}

/** The row of whoever shows a place, made anew where it was lost; noSlot: the index is another's. */
export function placeOf(line: Line, entry: CheckIn): number {
  const { entries } = line;
  const slot = entries.slotOf(entry.entryId);
  const holder = entries.slotAt(entry.index);
  if (slot === noSlot) {
    if (holder !== noSlot) return noSlot;
    line.nextIndex = Math.max(line.nextIndex, entry.index + 1);
    return entries.add(entry.entryId, entry.index);
  }
  // Joined anew after a wipe, and now shows the token of before: the earlier place is the fan's.
  const inLine = entries.state(slot) <= entryState.returned;
  if (inLine && holder === noSlot && entry.index < entries.index(slot)) {
    entries.move(slot, entry.index);
    if (entry.position === undefined) {
      entries.setPosition(slot, noPosition);
      entries.setState(slot, entryState.waiting);
      line.returned.delete(slot);
    }
  }
  return slot;
}
