// PostgreSQL's word on its way into the hot store, seat by seat.
//
// Keeps: a truth older than the one known (a lower fence) changes nothing; any other replaces what the
// store thought, also a hold that only the store knew of: that is how a refused claim is taken back.
// A hold that only the store knows of carries the fence known before it, so its own truth always wins.

import { assert } from "../../../foundation/assert.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";
import type { PerformanceSeats } from "./performance-seats.ts";
import { type StateCode, stateCode } from "./seat-table.ts";

export function applyTruth({ table, holds }: PerformanceSeats, truth: SeatTruth): void {
  const { seat, owner, holdId } = truth;
  if (truth.fence < table.fence(seat)) return;
  table.setFence(seat, truth.fence);
  const former = table.holds[seat];
  switch (truth.state) {
    case "free":
      return holds.free(seat);
    case "withheld":
      holds.detach(seat);
      return table.set(seat, stateCode.withheld);
    case "sold":
      holds.detach(seat);
      return holds.sell(seat, owner);
    case "held":
    case "paying": {
      assert(owner !== undefined && holdId !== undefined, `seat ${seat} lacks owner or hold`);
      const code: StateCode = truth.state === "paying" ? stateCode.paying : stateCode.held;
      // The last seat of a hold takes its record along; what it knew of time may still be needed.
      const before = former?.id === holdId ? former : undefined;
      const heldAt = truth.heldAt ?? before?.heldAt ?? truth.deadline ?? 0;
      const deadline = truth.deadline ?? before?.deadline ?? heldAt;
      holds.detach(seat);
      const hold = holds.open(holdId, owner, { heldAt, deadline });
      if (truth.heldAt !== undefined) hold.heldAt = Math.min(hold.heldAt, truth.heldAt);
      holds.keep(seat, hold, code);
      return holds.setDeadline(hold, truth.deadline ?? hold.deadline);
    }
  }
}
