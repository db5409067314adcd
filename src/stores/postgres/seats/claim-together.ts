// The usual batch of claims in one call: nobody would have too much, no request was done before, and every
// seat is free, lapsed or the claimant's own. The hot store has seen to that already, so nearly every
// batch is one. What the call does, and in which order, is in migrations/0019-claim-together.sql: owners
// locked and counted (S14), answers kept (M1), seats taken; anything else and nothing is written.
// Read next: claim-batch.ts, for the batch that is not the usual one.

import { assert } from "../../../foundation/assert.ts";
import { isFault } from "../../../foundation/fault.ts";
import type { PerformanceId, SeatNumber } from "../../../foundation/ids.ts";
import type { SeatClaim, SeatClaimReply } from "../../../ports/seat-claims.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";
import { type Database, statement } from "../database.ts";
import { isNamed, type Named } from "./hold-requests.ts";
import { seatKey } from "./seat-rows.ts";

const claimSeats = statement(
  "claim-together",
  `select performance_id as "performanceId", seat, fence, deadline
   from claim_seats($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

type TakenRow = {
  performanceId: PerformanceId;
  seat: SeatNumber;
  fence: number;
  deadline: number;
};

/** undefined: it is not the usual batch, and each claim has to be judged. */
export async function claimTogether(
  database: Database,
  batch: readonly SeatClaim[],
): Promise<SeatClaimReply[] | undefined> {
  if (!batch.every(isNamed)) return undefined;
  const rows = await database.rows<TakenRow>(claimSeats, columnsOf(batch)).catch(whereOneIsOff);
  if (rows === undefined || rows.length === 0) return undefined;
  const taken = new Map(rows.map((row) => [seatKey(row.performanceId, row.seat), row]));
  return batch.map((claim) => ({ kind: "claimed", truths: truthsOf(claim, taken) }));
}

/** All was rolled back, whoever of them it was. */
function whereOneIsOff(error: unknown): undefined {
  if (!isFault(error, "database-conflict")) throw error;
}

function columnsOf(batch: readonly Named<SeatClaim>[]): unknown[][] {
  return [
    batch.map(({ performanceId }) => performanceId),
    batch.map(({ owner }) => owner),
    batch.map(({ holdId }) => holdId),
    batch.map(({ heldAt }) => heldAt),
    batch.map(({ deadline }) => deadline),
    // An array of arrays must be rectangular, so each claim's seats go as the text of one.
    batch.map(({ seats }) => `{${seats.join(",")}}`),
    batch.map(({ limit }) => limit),
    batch.map(({ request }) => request.key),
    batch.map(({ request }) => request.bodyHash),
  ];
}

function truthsOf(
  { performanceId, seats, owner, holdId, heldAt }: SeatClaim,
  taken: ReadonlyMap<string, TakenRow>,
): SeatTruth[] {
  return seats.map((seat) => {
    const row = taken.get(seatKey(performanceId, seat));
    assert(row !== undefined, `seat ${seat} was taken with the others`);
    const { fence, deadline } = row;
    return { seat, state: "held", fence, owner, holdId, heldAt, deadline };
  });
}
