// Who has which seats: a record per hold (held or being paid for) and per owner (sold seats too).
//
// Keeps: a seat is in at most one hold and has at most one owner; `has` is the number of seats an
// owner holds, is paying for or bought; exactly the holds that are not being paid for have a place
// among the deadlines, because a paying one never expires.
// Read next: take-seats.ts (holding), apply-truths.ts (PostgreSQL's word).

import { assert } from "../../../foundation/assert.ts";
import type { EntryId, HoldId, SeatNumber } from "../../../foundation/ids.ts";
import type { Hold } from "../../../ports/seat-store.ts";
import { KeyedHeap } from "../keyed-heap.ts";
import { type SeatTable, type StateCode, stateCode } from "./seat-table.ts";

export type OwnerRecord = {
  readonly id: EntryId;
  has: number;
  /** Usually one; two when PostgreSQL knew of a hold that the store had given up. */
  readonly holds: HoldRecord[];
};

export type HoldRecord = {
  readonly id: HoldId;
  readonly owner: OwnerRecord;
  /** Ascending. */
  readonly seats: SeatNumber[];
  heldAt: number;
  deadline: number;
  /** How many of the seats are being paid for. */
  paying: number;
};

export class Holds {
  private readonly table: SeatTable;
  private readonly byId = new Map<HoldId, HoldRecord>();
  private readonly owners = new Map<EntryId, OwnerRecord>();
  private readonly deadlines = new KeyedHeap<HoldRecord>();

  constructor(table: SeatTable) {
    this.table = table;
  }

  get size(): number {
    return this.byId.size;
  }
  get leastDeadline(): number {
    return this.deadlines.leastKey;
  }

  all(): Iterable<HoldRecord> {
    return this.byId.values();
  }

  owner(id: EntryId): OwnerRecord | undefined {
    return this.owners.get(id);
  }

  /** The hold that the owner is about: the one being paid for, else the oldest. */
  running(owner: EntryId): HoldRecord | undefined {
    const holds = this.owners.get(owner)?.holds;
    return holds?.find((hold) => hold.paying > 0) ?? holds?.[0];
  }

  find(owner: EntryId, holdId: HoldId): HoldRecord | undefined {
    const hold = this.byId.get(holdId);
    return hold?.owner.id === owner ? hold : undefined;
  }

  /** The hold with this id, made where there is none; it lives while it has seats. */
  open(id: HoldId, owner: EntryId, span: { heldAt: number; deadline: number }): HoldRecord {
    const known = this.byId.get(id);
    if (known !== undefined) {
      assert(known.owner.id === owner, `hold ${id} belongs to another owner`);
      return known;
    }
    const record = this.openOwner(owner);
    const hold: HoldRecord = { id, owner: record, seats: [], ...span, paying: 0 };
    record.holds.push(hold);
    this.byId.set(id, hold);
    this.deadlines.set(hold, hold.deadline);
    return hold;
  }

  /** Puts a seat that nobody has into a hold; the caller sets the hold's deadline afterwards. */
  keep(seat: SeatNumber, hold: HoldRecord, code: StateCode): void {
    assert(this.table.owners[seat] === undefined, `seat ${seat} has an owner already`);
    insertAscending(hold.seats, seat);
    hold.owner.has++;
    this.table.holds[seat] = hold;
    this.table.owners[seat] = hold.owner;
    this.table.set(seat, code);
    if (code === stateCode.paying) hold.paying++;
  }

  /** Marks a seat that nobody has as sold, to an owner where the truth names one. */
  sell(seat: SeatNumber, owner: EntryId | undefined): void {
    assert(this.table.owners[seat] === undefined, `seat ${seat} has an owner already`);
    if (owner !== undefined) {
      const record = this.openOwner(owner);
      record.has++;
      this.table.owners[seat] = record;
    }
    this.table.set(seat, stateCode.sold);
  }

  /** Takes a seat from whoever has it; its state is set by the caller. */
  detach(seat: SeatNumber): void {
    const { holds, owners } = this.table;
    const hold = holds[seat];
    if (hold !== undefined) {
      holds[seat] = undefined;
      hold.seats.splice(hold.seats.indexOf(seat), 1);
      if (this.table.code(seat) === stateCode.paying) hold.paying--;
      this.settle(hold);
    }
    const owner = owners[seat];
    if (owner === undefined) return;
    owners[seat] = undefined;
    owner.has--;
    this.forgetIdle(owner);
  }

  free(seat: SeatNumber): void {
    this.detach(seat);
    this.table.set(seat, stateCode.free);
  }

  setDeadline(hold: HoldRecord, deadline: number): void {
    hold.deadline = deadline;
    this.settle(hold);
  }

  /** Ends the hold that is due first and says what it was. */
  endFirst(): { holdId: HoldId; owner: EntryId; seats: SeatNumber[] } | undefined {
    const hold = this.deadlines.take();
    if (hold === undefined) return undefined;
    const seats = hold.seats.slice();
    for (const seat of seats) this.free(seat);
    return { holdId: hold.id, owner: hold.owner.id, seats };
  }

  /** Drops a hold that has no seats, and keeps the deadlines to those that can expire. */
  settle(hold: HoldRecord): void {
    if (hold.seats.length === 0) {
      this.deadlines.delete(hold);
      this.byId.delete(hold.id);
      const { holds } = hold.owner;
      const at = holds.indexOf(hold);
      if (at >= 0) holds.splice(at, 1);
      this.forgetIdle(hold.owner);
    } else if (hold.paying > 0) this.deadlines.delete(hold);
    else this.deadlines.set(hold, hold.deadline);
  }

  private openOwner(id: EntryId): OwnerRecord {
    const known = this.owners.get(id);
    if (known !== undefined) return known;
    const record: OwnerRecord = { id, has: 0, holds: [] };
    this.owners.set(id, record);
    return record;
  }

  private forgetIdle(owner: OwnerRecord): void {
    if (owner.has === 0 && owner.holds.length === 0) this.owners.delete(owner.id);
  }
}

export function holdView(hold: HoldRecord): Hold {
  return {
    holdId: hold.id,
    owner: hold.owner.id,
    seats: hold.seats.slice(),
    heldAt: hold.heldAt,
    deadline: hold.deadline,
  };
}

function insertAscending(seats: SeatNumber[], seat: SeatNumber): void {
  let at = seats.length;
  while (at > 0 && (seats[at - 1] as number) > seat) at--;
  seats.splice(at, 0, seat);
}
