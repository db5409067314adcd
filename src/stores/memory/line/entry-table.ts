// The entries of one line, a row each in typed arrays: a million entries in 150 to 200 MB, ids
// included, and no object per entry for the collector to walk. A row number (slot) is dense; an index
// has gaps.
//
// Keeps: one row per entry id, one entry per index, and the number of entries in each state.
// Read next: line.ts (what the states mean), turns.ts (how they change).

import type { EntryId } from "../../../foundation/ids.ts";
import { checkLimit, limits } from "../../hot/limits.ts";

/** returned: served while absent and now back. ended: the admission was used; the place is spent. */
export const entryState = { waiting: 0, returned: 1, turn: 2, shopper: 3, ended: 4 } as const;
export type EntryState = (typeof entryState)[keyof typeof entryState];

export const noSlot = -1;
export const noPosition = -1;

export class EntryTable {
  private readonly slotById = new Map<EntryId, number>();
  private readonly ids: EntryId[] = [];
  private readonly admissionIds = new Map<number, string>();
  private readonly counts = [0, 0, 0, 0, 0];
  private slotByIndex = new Int32Array(1024).fill(noSlot);
  private states = new Uint8Array(1024);
  private indexes = new Int32Array(1024);
  private positions = new Int32Array(1024);
  private presence = new Float64Array(1024);
  private deadlines = new Float64Array(1024);

  get size(): number {
    return this.ids.length;
  }

  slotOf(id: EntryId): number {
    return this.slotById.get(id) ?? noSlot;
  }

  slotAt(index: number): number {
    return this.slotByIndex[index] ?? noSlot;
  }

  /** The caller has seen to it that neither id nor index is known. */
  add(id: EntryId, index: number): number {
    const slot = this.ids.length;
    checkLimit("entries in one line", slot + 1, limits.entries);
    this.reserve(slot, index);
    this.ids.push(id);
    this.slotById.set(id, slot);
    this.slotByIndex[index] = slot;
    this.indexes[slot] = index;
    this.positions[slot] = noPosition;
    this.states[slot] = entryState.waiting;
    this.counts[entryState.waiting] = this.count(entryState.waiting) + 1;
    return slot;
  }

  move(slot: number, index: number): void {
    this.reserve(slot, index);
    this.slotByIndex[this.index(slot)] = noSlot;
    this.slotByIndex[index] = slot;
    this.indexes[slot] = index;
  }

  id(slot: number): EntryId {
    return this.ids[slot] as EntryId;
  }
  index(slot: number): number {
    return this.indexes[slot] as number;
  }
  state(slot: number): EntryState {
    return this.states[slot] as EntryState;
  }
  position(slot: number): number {
    return this.positions[slot] as number;
  }
  presentUntil(slot: number): number {
    return this.presence[slot] as number;
  }
  /** When the turn lapses, or the shopper's place is given up. */
  deadline(slot: number): number {
    return this.deadlines[slot] as number;
  }
  admissionId(slot: number): string {
    return this.admissionIds.get(slot) ?? "";
  }
  count(state: EntryState): number {
    return this.counts[state] as number;
  }

  setState(slot: number, state: EntryState): void {
    const was = this.state(slot);
    this.counts[was] = this.count(was) - 1;
    this.counts[state] = this.count(state) + 1;
    this.states[slot] = state;
  }
  setPosition(slot: number, position: number): void {
    this.positions[slot] = position;
  }
  setPresentUntil(slot: number, until: number): void {
    this.presence[slot] = until;
  }
  setDeadline(slot: number, deadline: number): void {
    this.deadlines[slot] = deadline;
  }
  setAdmissionId(slot: number, admissionId: string): void {
    this.admissionIds.set(slot, admissionId);
  }

  private reserve(slot: number, index: number): void {
    checkLimit("index", index + 1, limits.indexes);
    if (index >= this.slotByIndex.length) {
      const larger = new Int32Array(Math.max(2 * this.slotByIndex.length, index + 1)).fill(noSlot);
      larger.set(this.slotByIndex);
      this.slotByIndex = larger;
    }
    if (slot < this.states.length) return;
    const size = 2 * this.states.length;
    this.states = grown(this.states, new Uint8Array(size));
    this.indexes = grown(this.indexes, new Int32Array(size));
    this.positions = grown(this.positions, new Int32Array(size));
    this.presence = grown(this.presence, new Float64Array(size));
    this.deadlines = grown(this.deadlines, new Float64Array(size));
  }
}

function grown<Column extends Uint8Array | Int32Array | Float64Array>(
  from: Column,
  to: Column,
): Column {
  to.set(from);
  return to;
}
