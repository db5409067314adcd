// The durable truth about seats. Claims are committed in groups (claim-batch.ts); the rest is rare
// enough to go one by one. Keeps: a seat changes hands only when it is free, lapsed or the owner's
// own; limits hold across processes (S14); whatever was answered is committed (S13); a repeated call
// gives the same answer. How writes are ordered and fenced: seat-rows.ts.

import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { PerformanceId, SeatNumber } from "../../../foundation/ids.ts";
import type { SeatClaim, SeatClaimReply, SeatClaims } from "../../../ports/seat-claims.ts";
import type { Database } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { claimBatch } from "./claim-batch.ts";
import { readAnswered } from "./hold-requests.ts";
import { bySeat, type SeatRow, toTruth } from "./seat-rows.ts";
import { seatStatements as sql } from "./seat-statements.ts";

const pageSize = 5_000;
const maxSeatsPerClaim = 100;
/** Nobody feels it in a hold, and at a peak a transaction has some twenty of them. */
const claimsPaceMs = 20;

export function openSeatClaims(database: Database): SeatClaims {
  const seatsOf = seatCounts(database);
  const claim = groupCommit<SeatClaim, SeatClaimReply>({
    name: "seat-claims",
    commit: (batch) => claimBatch(database, batch),
    gauges: database.groups,
    paceMs: claimsPaceMs,
    keysOf: ({ performanceId, owner, seats }) => [
      owner,
      ...seats.map((seat) => `${performanceId} ${seat}`),
    ],
  });

  async function checkSeats(id: PerformanceId, seats: readonly SeatNumber[]): Promise<void> {
    const count = await seatsOf(id);
    const wrong = seats.find((seat) => !(Number.isInteger(seat) && seat >= 0 && seat < count));
    if (wrong !== undefined) {
      throw new Fault("seat-unknown", `performance ${id} has no seat ${wrong}`, { detail: { id } });
    }
    assert(new Set(seats).size === seats.length, "a seat is named once");
  }

  return {
    async claim(asked) {
      const { seats, limit, deadline, heldAt } = asked;
      assert(seats.length > 0 && seats.length <= maxSeatsPerClaim, `a claim of ${seats.length}`);
      assert(Number.isSafeInteger(limit) && limit >= 0, `limit ${limit}`);
      assert(Number.isSafeInteger(heldAt) && Number.isSafeInteger(deadline), "instants are whole");
      await checkSeats(asked.performanceId, seats);
      return await claim(asked);
    },
    async answered(owner, key) {
      const asked = { owner, request: { key, bodyHash: "" } };
      return (await readAnswered(database, [asked]))(asked);
    },
    extend: (request) => extend(database, request),
    async release({ performanceId, owner, holdId, seats }) {
      const values = [performanceId, holdId, owner, seats ?? null];
      const rows = await database.transaction((tx) => tx.rows<SeatRow>(sql.release, values));
      return { kind: "released", truths: bySeat(rows).map(toTruth) };
    },
    async sweep({ performanceId, limit, now }) {
      const values = [performanceId, limit, now ?? null];
      const rows = await database.transaction((tx) => tx.rows<SeatRow>(sql.sweep, values));
      return bySeat(rows).map(toTruth);
    },
    async *pages(performanceId) {
      let after = -1;
      for (;;) {
        const rows = await database.rows<SeatRow>(sql.page, [performanceId, after, pageSize]);
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows.map(toTruth);
        after = last.seat;
      }
    },
    async withhold(performanceId, seats) {
      await checkSeats(performanceId, seats);
      return await database.transaction(async (tx) => {
        await tx.rows(sql.withhold, [performanceId, seats]);
        const rows = await tx.rows<SeatRow>(sql.seats, [performanceId, seats]);
        return bySeat(rows).map(toTruth);
      });
    },
  };
}

async function extend(
  database: Database,
  { performanceId, owner, holdId, deadline }: Parameters<SeatClaims["extend"]>[0],
): ReturnType<SeatClaims["extend"]> {
  return await database.transaction(async (tx) => {
    const held = await tx.rows<SeatRow & { lapsed: boolean }>(sql.hold, [
      performanceId,
      holdId,
      owner,
    ]);
    if (held.some(({ state }) => state === "paying")) return { kind: "paying" };
    if (held.length === 0 || held.some(({ lapsed }) => lapsed)) return { kind: "no-hold" };
    if (held.every((row) => row.deadline !== null && row.deadline >= deadline)) {
      return { kind: "held", truths: bySeat(held).map(toTruth) };
    }
    // A draft lives as long as its hold, or the fan's order would end under the fan's hands.
    await tx.rows(sql.extendDraft, [holdId, owner, deadline]);
    const rows = await tx.rows<SeatRow>(sql.extend, [performanceId, holdId, owner, deadline]);
    if (rows.length < held.length) {
      throw new Fault("database-conflict", "the hold changed meanwhile", { retryable: true });
    }
    return { kind: "held", truths: bySeat(rows).map(toTruth) };
  });
}

/** How many seats a performance has never changes, so it is asked once. */
function seatCounts(database: Database): (id: PerformanceId) => Promise<number> {
  const known = new Map<PerformanceId, number>();
  return async (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const [row] = await database.rows<{ seatCount: number }>(sql.seatCount, [id]);
    if (!row) throw new Fault("performance-unknown", `there is no performance ${id}`);
    known.set(id, row.seatCount);
    return row.seatCount;
  };
}
