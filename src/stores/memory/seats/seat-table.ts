// The seats of one performance as columns: state, fence, and who has it. Every change of state goes
// through `set`, which keeps the counts, the two-bit map and the version in step with it.
//
// The version counts visible changes, one each. So a notice of n changes as of version v says what
// happened after v − n, and a reader that stands elsewhere knows that it missed something. Each epoch
// begins at a version of its own, far above the last: a reader from before a rebuild notices too.

import type { SeatNumber } from "../../../foundation/ids.ts";
import type { AvailabilitySnapshot, SeatState } from "../../../ports/seat-store.ts";
import type { HoldRecord, OwnerRecord } from "./holds.ts";

export type StateCode = 0 | 1 | 2 | 3 | 4;
export const stateCode = { free: 0, held: 1, paying: 2, sold: 3, withheld: 4 } as const;
const states: readonly SeatState[] = ["free", "held", "paying", "sold", "withheld"];
/** What a map shows, by state code: paying looks like held. */
const looks = [0, 1, 1, 2, 3] as const;
/** More visible changes than one epoch can have. */
const versionsPerEpoch = 2 ** 32;

export class SeatTable {
  readonly seatCount: number;
  /** The hold that keeps the seat, while held or paying. */
  readonly holds: (HoldRecord | undefined)[];
  /** Whose the seat is, while held, paying or sold. */
  readonly owners: (OwnerRecord | undefined)[];
  private readonly codes: Uint8Array;
  private readonly fences: Float64Array;
  private readonly bits: Uint8Array;
  private readonly counts: number[];
  private readonly onChange: (seat: SeatNumber, look: number, version: number) => void;
  private atVersion: number;

  constructor(
    seatCount: number,
    epoch: number,
    onChange: (seat: SeatNumber, look: number, version: number) => void,
  ) {
    this.seatCount = seatCount;
    this.holds = new Array<HoldRecord | undefined>(seatCount).fill(undefined);
    this.owners = new Array<OwnerRecord | undefined>(seatCount).fill(undefined);
    this.codes = new Uint8Array(seatCount);
    this.fences = new Float64Array(seatCount);
    this.bits = new Uint8Array(Math.ceil(seatCount / 4));
    this.counts = [seatCount, 0, 0, 0, 0];
    this.onChange = onChange;
    this.atVersion = epoch * versionsPerEpoch;
  }

  get version(): number {
    return this.atVersion;
  }

  code(seat: SeatNumber): StateCode {
    return this.codes[seat] as StateCode;
  }
  state(seat: SeatNumber): SeatState {
    return states[this.code(seat)] as SeatState;
  }
  count(code: StateCode): number {
    return this.counts[code] as number;
  }
  fence(seat: SeatNumber): number {
    return this.fences[seat] as number;
  }
  setFence(seat: SeatNumber, fence: number): void {
    this.fences[seat] = fence;
  }

  set(seat: SeatNumber, code: StateCode): void {
    const was = this.code(seat);
    if (was === code) return;
    this.counts[was] = this.count(was) - 1;
    this.counts[code] = this.count(code) + 1;
    this.codes[seat] = code;
    const look = looks[code];
    if (looks[was] === look) return;
    const shift = (seat & 3) * 2;
    const byte = this.bits[seat >> 2] as number;
    this.bits[seat >> 2] = (byte & ~(3 << shift)) | (look << shift);
    this.atVersion++;
    this.onChange(seat, look, this.atVersion);
  }

  /** The least free number from `from` to `last`, or −1. */
  nextFree(from: SeatNumber, last: SeatNumber): number {
    const seat = this.codes.indexOf(stateCode.free, from);
    return seat === -1 || seat > last ? -1 : seat;
  }

  snapshot(): AvailabilitySnapshot {
    return { version: this.version, seatCount: this.seatCount, bits: this.bits.slice() };
  }
}
