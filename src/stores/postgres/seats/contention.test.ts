// Many processes (each with connections of its own) after the same few seats. The last cases plant
// what must never happen and show that the check sees it.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pg from "pg";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { brokenSeatPromises } from "../../../../test/support/seat-history.ts";
import { newId, type PerformanceId, type SeatNumber } from "../../../foundation/ids.ts";
import { seededRandom } from "../../../foundation/random.ts";
import type { SeatClaim, SeatClaims } from "../../../ports/seat-claims.ts";
import { type Database, openDatabase } from "../database.ts";
import { openSeatClaims } from "./seat-claims.ts";

const processCount = 60;
let records: TestRecords;
let performanceId: PerformanceId;
let databases: Database[];
let processes: SeatClaims[];
beforeAll(async () => {
  records = await testRecords();
  performanceId = records.performance.performanceId;
  databases = Array.from({ length: processCount }, () =>
    openDatabase(records.connectionString, { poolSize: 1 }),
  );
  processes = databases.map(openSeatClaims);
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await records.stores.close();
});

const processAt = (index: number) => processes[index % processCount] as SeatClaims;

function claimOf(seats: SeatNumber[], change: Partial<SeatClaim> = {}): SeatClaim {
  const heldAt = Date.now();
  return {
    performanceId,
    owner: newId("entry"),
    holdId: newId("hold"),
    seats,
    heldAt,
    deadline: heldAt + 300_000,
    limit: 8,
    request: { key: newId("hold"), bodyHash: "" },
    ...change,
  };
}

async function ownersOf(seats: ReadonlySet<SeatNumber>): Promise<Map<SeatNumber, string>> {
  const owners = new Map<SeatNumber, string>();
  for await (const page of processAt(0).pages(performanceId)) {
    for (const { seat, owner } of page) if (owner && seats.has(seat)) owners.set(seat, owner);
  }
  return owners;
}

/** Every winner has all of its seats, and no seat has two winners. Returns the number of winners. */
async function race(wanted: readonly SeatClaim[]): Promise<number> {
  const replies = await Promise.all(wanted.map((claim, at) => processAt(at).claim(claim)));
  const winners = wanted.filter((_, at) => replies[at]?.kind === "claimed");
  const won = winners.flatMap(({ seats }) => seats);
  expect(new Set(won).size).toBe(won.length);
  const owners = await ownersOf(new Set(wanted.flatMap(({ seats }) => seats)));
  for (const { seats, owner } of winners) {
    for (const seat of seats) expect(owners.get(seat)).toBe(owner);
  }
  expect(owners.size).toBe(won.length);
  for (const reply of replies) expect(["claimed", "taken"]).toContain(reply.kind);
  return winners.length;
}

describe("contention", () => {
  test("[S2] 100 owners for 10 seats: one winner a seat", async () => {
    const wanted = Array.from({ length: 100 }, (_, at) => claimOf([at % 10]));
    expect(await race(wanted)).toBe(10);
  });

  test("overlapping claims of several seats, in every order: no deadlock comes out", async () => {
    const random = seededRandom(7);
    const wanted = Array.from({ length: 600 }, () => {
      const first = 100 + random.below(40);
      const block = [first, first + 1, first + 2, first + 3].slice(0, 2 + random.below(3));
      return claimOf(random.below(2) ? block : block.reverse());
    });
    expect(await race(wanted)).toBeGreaterThan(8);
  });

  test("[S14] one owner from many processes never gets more than the limit", async () => {
    const owner = newId("entry");
    const wanted = Array.from({ length: 40 }, (_, at) => claimOf([300 + at], { owner, limit: 4 }));
    const replies = await Promise.all(wanted.map((claim, at) => processAt(at).claim(claim)));
    expect(replies.filter(({ kind }) => kind === "claimed")).toHaveLength(4);
    expect(replies.filter(({ kind }) => kind === "over-limit")).toHaveLength(36);
  });

  test("[S2, S11] claims, releases, extensions and sweeps all at once keep every promise", async () => {
    const random = seededRandom(11);
    const fan = async (at: number) => {
      const store = processAt(at);
      for (let round = 0; round < 6; round++) {
        const first = 500 + random.below(12);
        const claim = claimOf([first, first + 1], { deadline: Date.now() + random.below(40) });
        const reply = await store.claim(claim);
        if (reply.kind !== "claimed") continue;
        const what = random.below(3);
        if (what === 0) await store.release(claim);
        if (what === 1) await store.extend({ ...claim, deadline: Date.now() + random.below(40) });
        if (what === 2) await store.sweep({ performanceId, limit: 20 });
      }
    };
    await Promise.all(Array.from({ length: processCount }, (_, at) => fan(at)));
    expect(await brokenSeatPromises(records.connectionString)).toEqual([]);
  });
});

describe("the check itself", () => {
  async function plant(sql: string): Promise<string[]> {
    const client = new pg.Client({ connectionString: records.connectionString });
    await client.connect();
    await client.query(sql);
    await client.end();
    return await brokenSeatPromises(records.connectionString);
  }

  test("sees a seat that changes hands while its hold runs", async () => {
    const broken = await plant(
      "update seat_claims set owner = 'qe_thief', fence = fence + 1 where seat = 1",
    );
    expect(broken.filter((line) => line.startsWith("S2 seat 1:"))).toHaveLength(1);
  });

  test("sees a fence that falls", async () => {
    const broken = await plant("update seat_claims set fence = fence - 1 where seat = 2");
    expect(broken.filter((line) => line.startsWith("S11 seat 2:"))).toHaveLength(1);
  });

  test("a write without a new fence is refused by the history's key", async () => {
    const write = plant("update seat_claims set deadline = deadline + 1 where seat = 3");
    await expect(write).rejects.toThrow("seat_history_pkey");
  });
});
