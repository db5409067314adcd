import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { brokenSeatPromises } from "../../../../test/support/seat-history.ts";
import { type EntryId, newId, type SeatNumber } from "../../../foundation/ids.ts";
import type { SeatClaim, SeatClaims } from "../../../ports/seat-claims.ts";
import type { SeatTruth } from "../../../ports/seat-store.ts";

let records: TestRecords;
let claims: SeatClaims;
let next = 0;
/** Seats that no other case of this file has touched. */
let seats: SeatNumber[];
beforeAll(async () => {
  records = await testRecords();
  claims = records.stores.seatClaims;
});
afterAll(() => records.stores.close());
beforeEach(() => {
  seats = Array.from({ length: 10 }, () => next++);
});

function claimOf(owner: EntryId, wanted: SeatNumber[], change: Partial<SeatClaim> = {}): SeatClaim {
  const heldAt = Date.now();
  return {
    performanceId: records.performance.performanceId,
    owner,
    holdId: newId("hold"),
    seats: wanted,
    heldAt,
    deadline: heldAt + 300_000,
    limit: 6,
    // A fan's request has a name.
    request: { key: newId("hold"), bodyHash: "" },
    ...change,
  };
}

async function truth(seat: SeatNumber): Promise<SeatTruth | undefined> {
  for await (const page of claims.pages(records.performance.performanceId)) {
    const found = page.find((row) => row.seat === seat);
    if (found) return found;
  }
  return undefined;
}

const [a = 0, b = 1, c = 2] = [0, 1, 2];
const at = (index: number) => seats[index] ?? 0;

describe("claim", () => {
  test("takes free seats and answers with their truth", async () => {
    const claim = claimOf(newId("entry"), [at(b), at(a)]);
    const { performanceId: _, seats: __, limit: ___, request: ____, ...mine } = claim;
    expect(await claims.claim(claim)).toEqual({
      kind: "claimed",
      truths: [at(b), at(a)].map((seat) => ({ seat, state: "held", fence: 1, ...mine })),
    });
  });

  test("one seat of somebody else's and nothing is taken; the truth of all is told", async () => {
    const first = claimOf(newId("entry"), [at(b)]);
    await claims.claim(first);
    const reply = await claims.claim(claimOf(newId("entry"), [at(a), at(b), at(c)]));
    expect(reply).toMatchObject({ kind: "taken", seats: [at(b)] });
    expect(reply.truths.map(({ seat, state }) => [seat, state])).toEqual([
      [at(a), "free"],
      [at(b), "held"],
      [at(c), "free"],
    ]);
    expect(await truth(at(a))).toBeUndefined();
  });

  test("the owner adds seats: one hold, one deadline, higher fences", async () => {
    const owner = newId("entry");
    const first = claimOf(owner, [at(a)]);
    await claims.claim(first);
    const { request } = claimOf(owner, []);
    const more = { ...first, request, seats: [at(a), at(b)], deadline: first.deadline + 5_000 };
    const reply = await claims.claim(more);
    expect(reply.truths.map(({ fence, deadline }) => [fence, deadline])).toEqual([
      [2, more.deadline],
      [1, more.deadline],
    ]);
  });

  test("the same claim again is the same answer and no write", async () => {
    const { request: _, ...claim } = claimOf(newId("entry"), [at(a), at(b)]);
    const first = await claims.claim(claim);
    const both = await Promise.all([claims.claim(claim), claims.claim(claim)]);
    expect(both).toEqual([first, first]);
  });

  test("[M1] a request made again is told what it took, and writes nothing; others beside it go through", async () => {
    const claim = claimOf(newId("entry"), [at(a), at(b)]);
    const { truths } = await claims.claim(claim);
    const { holdId, owner, seats: own, heldAt, deadline } = claim;
    const [again, other] = await Promise.all([
      claims.claim({ ...claim, holdId: newId("hold"), seats: [at(a), at(b), at(3)] }),
      claims.claim(claimOf(newId("entry"), [at(c)])),
    ]);
    const hold = { holdId, owner, seats: own, heldAt, deadline };
    expect(again).toMatchObject({ kind: "repeated", hold });
    expect(again.truths.slice(0, 2)).toEqual(truths);
    expect(other.kind).toBe("claimed");
    expect(await truth(at(3))).toBeUndefined();
  });

  test("an old claim repeated does not shorten the hold", async () => {
    const claim = claimOf(newId("entry"), [at(a)]);
    await claims.claim(claim);
    const longer = claim.deadline + 60_000;
    await claims.extend({ ...claim, deadline: longer });
    expect((await claims.claim(claim)).truths[0]?.deadline).toBe(longer);
  });

  test("a lapsed hold is free to others at once", async () => {
    await claims.claim(claimOf(newId("entry"), [at(a)], { deadline: Date.now() - 1 }));
    const reply = await claims.claim(claimOf(newId("entry"), [at(a)]));
    expect(reply).toMatchObject({ kind: "claimed", truths: [{ fence: 2 }] });
  });

  test("the limit counts what the owner has, in any hold, and not what has lapsed", async () => {
    const owner = newId("entry");
    await claims.claim(claimOf(owner, [at(a)], { deadline: Date.now() - 1 }));
    await claims.claim(claimOf(owner, [at(b), at(c)]));
    const over = await claims.claim(claimOf(owner, [at(3), at(4)], { limit: 3 }));
    expect(over).toMatchObject({ kind: "over-limit", limit: 3, has: 2 });
    expect((await claims.claim(claimOf(owner, [at(3)], { limit: 3 }))).kind).toBe("claimed");
  });

  test("in one group, the bad and the beaten fail alone", async () => {
    const taken = claimOf(newId("entry"), [at(a)]);
    await claims.claim(taken);
    const replies = await Promise.allSettled([
      claims.claim(claimOf(newId("entry"), [at(b)])),
      claims.claim(claimOf(newId("entry"), [at(a), at(c)])),
      claims.claim(claimOf(newId("entry"), [10_000_000])),
      claims.claim(claimOf(newId("entry"), [at(c)])),
      claims.claim(claimOf(newId("entry"), [at(3)], { performanceId: newId("performance") })),
    ]);
    expect(
      replies.map((reply) => (reply.status === "fulfilled" ? reply.value.kind : "fault")),
    ).toEqual(["claimed", "taken", "fault", "claimed", "fault"]);
  });
});

describe("extend, release, sweep, withhold", () => {
  test("extends every seat of the hold, never shortens, refuses a stranger", async () => {
    const claim = claimOf(newId("entry"), [at(a), at(b)]);
    await claims.claim(claim);
    const deadline = claim.deadline + 1_000;
    const reply = await claims.extend({ ...claim, deadline });
    expect(reply).toMatchObject({
      kind: "held",
      truths: [
        { deadline, fence: 2 },
        { deadline, fence: 2 },
      ],
    });
    expect(await claims.extend({ ...claim, deadline: 5 })).toEqual(reply);
    expect(await claims.extend({ ...claim, deadline, owner: newId("entry") })).toEqual({
      kind: "no-hold",
    });
  });

  test("a lapsed hold cannot be extended", async () => {
    const claim = claimOf(newId("entry"), [at(a)], { deadline: Date.now() - 1 });
    await claims.claim(claim);
    const deadline = Date.now() + 60_000;
    expect(await claims.extend({ ...claim, deadline })).toEqual({ kind: "no-hold" });
  });

  test("releases the named seats of the own hold only", async () => {
    const claim = claimOf(newId("entry"), [at(a), at(b)]);
    await claims.claim(claim);
    const stranger = await claims.release({ ...claim, owner: newId("entry") });
    expect(stranger.truths).toEqual([]);
    const reply = await claims.release({ ...claim, seats: [at(b)] });
    expect(reply.truths).toEqual([{ seat: at(b), state: "free", fence: 2 }]);
    expect((await claims.release({ ...claim, seats: undefined })).truths).toHaveLength(1);
  });

  test("sweeps what has lapsed, so many at a time, and nothing else", async () => {
    const performanceId = records.performance.performanceId;
    await claims.sweep({ performanceId, limit: 1_000 });
    await claims.claim(claimOf(newId("entry"), [at(a), at(b), at(c)], { deadline: 1 }));
    await claims.claim(claimOf(newId("entry"), [at(3)]));
    const first = await claims.sweep({ performanceId, limit: 2 });
    const second = await claims.sweep({ performanceId, limit: 1_000 });
    const freed = [...first, ...second];
    expect(first).toHaveLength(2);
    expect(freed.map(({ seat }) => seat).sort()).toEqual([at(a), at(b), at(c)].sort());
    expect((await truth(at(3)))?.state).toBe("held");
  });

  test("withholds what is free and tells the truth of the rest", async () => {
    const performanceId = records.performance.performanceId;
    await claims.claim(claimOf(newId("entry"), [at(b)]));
    const truths = await claims.withhold(performanceId, [at(a), at(b)]);
    expect(truths.map(({ state }) => state)).toEqual(["withheld", "held"]);
    expect((await claims.claim(claimOf(newId("entry"), [at(a)]))).kind).toBe("taken");
  });

  test("the whole story of this file keeps its promises", async () => {
    expect(await brokenSeatPromises(records.connectionString)).toEqual([]);
  });
});
