// One transaction for many claims. Nearly always all of them can be granted, and one call does it
// (claim-together.ts). Where one cannot, nothing of that is left, and the batch goes step by step:
//   1. owners are locked, so that nobody's seats are counted by two at once (S14), and no request is
//      done by two;
//   2. one read tells what PostgreSQL knows of all the seats asked for and of all the owners' seats,
//      another which of the requests were done before (M1);
//   3. each claim is judged: a loser gets its answer from what was read, without a write;
//   4. the winners' seats are taken in one ordered statement, guarded row by row (seat-rows.ts), which
//      keeps their answers as well.
// Between 2 and 4 another process may have been faster. Then fewer rows come back than were asked for,
// all is rolled back and judged anew: the loser sees the winner's row this time. So a claim gets all
// of its seats or none, and nobody else in the batch pays for it.

import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { SeatNumber } from "../../../foundation/ids.ts";
import type { AnsweredHold, SeatClaim, SeatClaimReply } from "../../../ports/seat-claims.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";
import type { Database, Runner } from "../database.ts";
import { claimTogether } from "./claim-together.ts";
import { answeredColumns, readAnswered } from "./hold-requests.ts";
import { seatKey, type SeatRow, toTruth } from "./seat-rows.ts";
import { seatStatements as sql } from "./seat-statements.ts";

type ReadRow = SeatRow & { lapsed: boolean };
type Verdict = { kind: "take" } | SeatClaimReply;

export async function claimBatch(
  database: Database,
  batch: readonly SeatClaim[],
): Promise<SeatClaimReply[]> {
  return (await claimTogether(database, batch)) ?? (await claimJudged(database, batch));
}

async function claimJudged(
  database: Database,
  batch: readonly SeatClaim[],
): Promise<SeatClaimReply[]> {
  return await database.transaction(async (tx) => {
    await tx.rows(sql.lockOwners, [performancesOf(batch), batch.map(({ owner }) => owner)]);
    const known = await readKnown(tx, batch);
    const answered = await readAnswered(tx, batch);
    const verdicts = batch.map((claim) => judge(claim, known, answered(claim)));
    const winners = batch.filter((_, at) => verdicts[at]?.kind === "take");
    const taken = await take(tx, winners);
    return batch.map((claim, at) => {
      const verdict = verdicts[at];
      assert(verdict !== undefined, "every claim is judged");
      if (verdict.kind !== "take") return verdict;
      return { kind: "claimed", truths: truthsOf(claim, taken) };
    });
  });
}

const performancesOf = (claims: readonly SeatClaim[]) =>
  claims.map(({ performanceId }) => performanceId);

type Known = {
  /** By performance and seat. */
  seats: Map<string, ReadRow>;
  /** By performance and owner: the seats that count against the limit. */
  counted: Map<string, Set<SeatNumber>>;
};

async function readKnown(tx: Runner, batch: readonly SeatClaim[]): Promise<Known> {
  const asked = batch.flatMap(({ performanceId, seats }) =>
    seats.map((seat) => ({ performanceId, seat })),
  );
  const rows = await tx.rows<ReadRow>(sql.readForClaim, [
    asked.map(({ performanceId }) => performanceId),
    asked.map(({ seat }) => seat),
    performancesOf(batch),
    batch.map(({ owner }) => owner),
  ]);
  const known: Known = { seats: new Map(), counted: new Map() };
  for (const row of rows) {
    known.seats.set(seatKey(row.performanceId, row.seat), row);
    if (row.owner === null || row.lapsed || row.state === "free") continue;
    const key = `${row.performanceId} ${row.owner}`;
    const seats = known.counted.get(key) ?? new Set();
    known.counted.set(key, seats.add(row.seat));
  }
  return known;
}

function judge(claim: SeatClaim, known: Known, answered: AnsweredHold | undefined): Verdict {
  const { performanceId, owner, seats, limit } = claim;
  const rows = seats.map((seat) => known.seats.get(seatKey(performanceId, seat)));
  const truths = () =>
    rows.map((row, at): SeatTruth => {
      return row ? toTruth(row) : { seat: seats[at] ?? 0, state: "free", fence: 0 };
    });

  if (answered !== undefined) {
    if (answered.bodyHash !== claim.request?.bodyHash) {
      return { kind: "key-reused", truths: truths() };
    }
    return { kind: "repeated", hold: answered.hold, truths: truths() };
  }
  const has = known.counted.get(`${performanceId} ${owner}`) ?? new Set();
  const all = new Set([...has, ...seats]).size;
  if (all > limit) return { kind: "over-limit", limit, has: has.size, truths: truths() };

  const lost = seats.filter((_, at) => !mayTake(rows[at], owner));
  if (lost.length > 0) return { kind: "taken", seats: lost, truths: truths() };
  // The same claim again, its answer lost: the same answer, and no write.
  if (
    claim.request === undefined &&
    rows.every((row) => row !== undefined && !row.lapsed && isAsClaimed(row, claim))
  ) {
    return { kind: "claimed", truths: truths() };
  }
  return { kind: "take" };
}

function mayTake(row: ReadRow | undefined, owner: string): boolean {
  if (row === undefined || row.state === "free" || row.lapsed) return true;
  return row.state === "held" && row.owner === owner;
}

function isAsClaimed(row: ReadRow, { owner, holdId, heldAt, deadline }: SeatClaim): boolean {
  return (
    row.state === "held" &&
    row.owner === owner &&
    row.holdId === holdId &&
    row.heldAt === heldAt &&
    row.deadline !== null &&
    row.deadline >= deadline
  );
}

async function take(tx: Runner, winners: readonly SeatClaim[]): Promise<Map<string, SeatRow>> {
  if (winners.length === 0) return new Map();
  const wanted = winners.flatMap((claim) => claim.seats.map((seat) => ({ claim, seat })));
  const rows = await tx.rows<SeatRow>(sql.claim, [
    wanted.map(({ claim }) => claim.performanceId),
    wanted.map(({ seat }) => seat),
    wanted.map(({ claim }) => claim.owner),
    wanted.map(({ claim }) => claim.holdId),
    wanted.map(({ claim }) => claim.heldAt),
    wanted.map(({ claim }) => claim.deadline),
    ...answeredColumns(winners),
  ]);
  if (rows.length < wanted.length) {
    throw new Fault("database-conflict", "another process took one of the seats meanwhile", {
      retryable: true,
    });
  }
  return new Map(rows.map((row) => [seatKey(row.performanceId, row.seat), row]));
}

function truthsOf(claim: SeatClaim, taken: ReadonlyMap<string, SeatRow>): SeatTruth[] {
  return claim.seats.map((seat) => {
    const row = taken.get(seatKey(claim.performanceId, seat));
    assert(row?.owner === claim.owner, `seat ${seat} was taken for its claimant`);
    return toTruth(row);
  });
}
