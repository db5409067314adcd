// From the turn into the shop and out again. Keeps Q6: one admission per entry; the first claim's
// stays, every later one answers it, and an ended one is never revived.

import type { EntryId } from "../../../foundation/ids.ts";
import type { Claim, ClaimReply, EntryShare, KnownAdmission } from "../../../ports/queue-store.ts";
import { entryState, noSlot } from "./entry-table.ts";
import { endShopping, lapse, type Line, openShop } from "./line.ts";
import { checkIn, countAsk, placeOf } from "./places.ts";

type Standing = { kind: "active"; deadline: number } | { kind: "ended" };

/** The caller has lapsed what was due. */
export function claim(
  line: Line,
  request: Claim,
  { now, presenceMs, entryShare }: { now: number; presenceMs: number; entryShare?: EntryShare },
): ClaimReply {
  const { entries } = line;
  const tooOften = countAsk(line, request.entryId, entryShare, now);
  if (tooOften !== undefined) return tooOften;
  const slot = entries.slotOf(request.entryId);
  const state = slot === noSlot ? entryState.waiting : entries.state(slot);
  switch (state) {
    case entryState.ended:
      return { kind: "ended" };
    case entryState.shopper:
      return {
        kind: "already",
        admissionId: entries.admissionId(slot),
        deadline: entries.deadline(slot),
      };
    case entryState.turn:
      entries.setAdmissionId(slot, request.admissionId);
      openShop(line, slot, request.deadline);
      return { kind: "claimed", admissionId: request.admissionId, deadline: request.deadline };
    case entryState.waiting:
    case entryState.returned:
      checkIn(line, request, now + presenceMs);
      return { kind: "no-turn" };
  }
}

export function admit(line: Line, admission: KnownAdmission, now: number): Standing {
  const { entries } = line;
  const { entryId, index, admissionId, deadline } = admission;
  const slot = placeOf(line, { entryId, index, position: undefined });
  if (slot === noSlot || entries.state(slot) === entryState.ended) return { kind: "ended" };
  line.returned.delete(slot);
  entries.setAdmissionId(slot, admissionId);
  openShop(line, slot, deadline);
  lapse(line, now);
  return standing(line, entryId);
}

export function touch(line: Line, entryId: EntryId, deadline: number): Standing {
  const slot = shopperSlot(line, entryId);
  if (slot === noSlot) return { kind: "ended" };
  openShop(line, slot, deadline);
  return { kind: "active", deadline };
}

export function standing(line: Line, entryId: EntryId): Standing {
  const slot = shopperSlot(line, entryId);
  return slot === noSlot
    ? { kind: "ended" }
    : { kind: "active", deadline: line.entries.deadline(slot) };
}

export function leave(line: Line, entryId: EntryId): void {
  const slot = shopperSlot(line, entryId);
  if (slot !== noSlot) endShopping(line, slot);
}

function shopperSlot(line: Line, entryId: EntryId): number {
  const slot = line.entries.slotOf(entryId);
  return slot !== noSlot && line.entries.state(slot) === entryState.shopper ? slot : noSlot;
}
