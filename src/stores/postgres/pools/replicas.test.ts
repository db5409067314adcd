// Who answers a read, with real servers: a paused replica, one that is killed, none at all, a primary
// that restarts, and a replica that is promoted or mistaken for the primary.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  askOnce,
  type ReplicatedPostgres,
  replicatedPostgres,
  type TestReplica,
} from "../../../../test/support/replicated-postgres.ts";
import { until } from "../../../../test/support/until.ts";
import { join } from "node:path";
import { occupantsOf } from "../embedded/occupants.ts";
import { isFault } from "../../../foundation/fault.ts";
import { asOf, type Freshness, mayLag, now } from "../../../ports/reads/freshness.ts";
import { type Database, openDatabase, statement } from "../database.ts";
import type { ReplicaChange } from "./standing.ts";

const where = statement(
  "test-where",
  "select pg_is_in_recovery() as replica, (select count(*) from facts) as facts",
);
const addFact = statement("test-add-fact", "insert into facts values ('a')");
const tooMany = statement("test-too-many", "select * from generate_series(1, 5001)");

let pair: ReplicatedPostgres;
let first: TestReplica;
let second: TestReplica;
let database: Database;
const changes: ReplicaChange[] = [];

type Found = { replica: boolean; facts: number };
const read = async (freshness: Freshness): Promise<Found> => {
  const [row] = await database.read(freshness, (from) => from.rows<Found>(where, []));
  return row as Found;
};
const add = () => database.rows(addFact, []);
const inService = () => database.replicas().filter((one) => one.inService).length;
const serving = (count: number) =>
  until(`${count} replicas in service`, async () => inService() === count);

beforeAll(async () => {
  pair = await replicatedPostgres({ count: 2 });
  [first, second] = pair.replicas as [TestReplica, TestReplica];
  await askOnce(pair.primary.connectionString, "create table facts (fact text)");
  database = openDatabase(pair.primary.connectionString, {
    replicaUrls: pair.replicas.map((replica) => replica.connectionString),
    maxLagMs: 5_000,
    onReplica: (change) => changes.push(change),
    poolSize: 4,
  });
}, 120_000);
afterAll(async () => {
  await database?.close();
  await pair?.stop();
}, 60_000);
beforeEach(() => serving(2));

describe("while all is well", () => {
  test("what may lag is read from a replica, what decides from the primary", async () => {
    expect((await read(mayLag)).replica).toBe(true);
    expect((await read(now)).replica).toBe(false);
    expect((await read(asOf(undefined))).replica).toBe(false);
  });

  test("a writer sees its own write at once, from whoever has it", async () => {
    for (let round = 0; round < 50; round++) {
      const { facts } = await read(now);
      await add();
      const position = await database.position();
      expect((await read(asOf(position))).facts).toBe(facts + 1);
    }
    const position = await database.position();
    expect(position).toBeDefined();
    // The watch learns within half a second that the replicas have got there.
    await until("a replica that has it", async () => (await read(asOf(position))).replica);
  });

  test("what a replica does not know is asked of the primary", async () => {
    const asked: boolean[] = [];
    const found = await database.read(mayLag, async (from) => {
      const [row] = await from.rows<Found>(where, []);
      asked.push(row?.replica === true);
      return row?.replica ? undefined : "only the primary has it";
    });
    expect(found).toBe("only the primary has it");
    expect(asked).toEqual([true, false]);
  });

  test("callers of one moment share a reading of the log's end, never an older one", async () => {
    const together = await Promise.all(Array.from({ length: 200 }, () => database.position()));
    expect(new Set(together).size).toBeLessThanOrEqual(2);
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        await add();
        const { facts } = await read(now);
        expect((await read(asOf(await database.position()))).facts).toBeGreaterThanOrEqual(facts);
      }),
    );
  });

  test("no answer is longer than a page", async () => {
    expect(database.rows(tooMany, [])).rejects.toThrow(/5001 rows/);
    expect(
      database.run(
        database.typed
          .selectFrom("pg_attribute" as never)
          .selectAll()
          .limit(10)
          .execute(),
      ),
    ).resolves.toHaveLength(10);
  });
});

describe("a replica that stands still", () => {
  test("shows the past to whom that is enough, and is left out when it is too old", async () => {
    await Promise.all([first.caughtUp(), second.caughtUp()]);
    await first.pauseReplay();
    await second.pauseReplay();
    const { facts } = await read(now);
    await add();
    const position = await database.position();
    expect(position).toBeDefined();
    expect((await read(asOf(position))).facts).toBe(facts + 1);
    expect(await read(mayLag)).toEqual({ replica: true, facts });
    changes.length = 0;
    await serving(0);
    expect(changes.map(({ reason, inService: isIn }) => [reason, isIn])).toEqual([
      ["lagging", false],
      ["lagging", false],
    ]);
    expect(await read(mayLag)).toEqual({ replica: false, facts: facts + 1 });
    await first.resumeReplay();
    await second.resumeReplay();
    await serving(2);
    expect(changes.at(-1)).toMatchObject({ reason: "caught-up", inService: true });
    expect(changes.at(-1)?.replica).toMatch(/^127\.0\.0\.1:\d+$/);
  }, 60_000);
});

describe("servers that die", () => {
  test("a replica killed again and again under load costs no reader an answer", async () => {
    let isOver = false;
    let answered = 0;
    const readers = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        expect(typeof (await read(mayLag)).facts).toBe("number");
        answered++;
        await Bun.sleep(0);
      }
    });
    for (let round = 0; round < 3; round++) {
      const before = first.pid();
      first.kill();
      await until("it to be back", async () => first.pid() > 0 && first.pid() !== before);
      await serving(2);
    }
    isOver = true;
    await Promise.all(readers);
    expect(answered).toBeGreaterThan(100);
  }, 120_000);

  test("a replica that hangs is waited for once, then left out", async () => {
    await Promise.all(Array.from({ length: 8 }, () => read(mayLag)));
    const hung = occupantsOf(join(second.dataDir, "cluster"));
    expect(hung.length).toBeGreaterThan(3);
    const all = (signal: NodeJS.Signals) => hung.forEach((pid) => process.kill(pid, signal));
    all("SIGSTOP");
    try {
      for (let round = 0; round < 4; round++) expect((await read(mayLag)).facts).toBeNumber();
      await serving(1);
      const startedAt = performance.now();
      for (let round = 0; round < 20; round++) expect((await read(mayLag)).replica).toBe(true);
      // Asking the one that hangs costs a second and a half, and every other read would.
      expect(performance.now() - startedAt).toBeLessThan(7_000);
    } finally {
      all("SIGCONT");
    }
  }, 60_000);

  test("with every replica dead the primary answers", async () => {
    await first.suspend();
    await second.suspend();
    for (let round = 0; round < 20; round++) expect((await read(mayLag)).replica).toBe(false);
    expect(inService()).toBe(0);
    expect(database.replicas().map(({ reason }) => reason)).toEqual(["away", "away"]);
    expect(await database.position()).toBeUndefined();
    await first.resume();
    await second.resume();
    await serving(2);
    expect((await read(mayLag)).replica).toBe(true);
  }, 120_000);

  test("while the primary is away, what may lag is still answered", async () => {
    process.kill(pair.primary.pid(), "SIGKILL");
    expect((await read(mayLag)).replica).toBe(true);
    await until("the primary", async () => (await read(now)).facts > 0);
    const { facts } = await read(now);
    await until("a write", async () => {
      await add();
      return true;
    });
    await until("it to be replicated", async () => (await read(mayLag)).facts > facts);
  }, 60_000);
});

describe("a server that is not what it was taken for", () => {
  test("nothing is written or decided through a replica's address", async () => {
    const mistaken = openDatabase(first.connectionString);
    const refused = await mistaken.rows(addFact, []).catch((error: unknown) => error);
    expect(isFault(refused, "database-read-only")).toBe(true);
    expect(String(refused)).toMatch(/in recovery.*\n.*mend: /);
    const transaction = mistaken.transaction((tx) => tx.rows(where, []));
    expect(transaction).rejects.toThrow(/in recovery/);
    await mistaken.close();
  });

  test("a promoted replica is not read from any more, and may be written to", async () => {
    await askOnce(second.connectionString, "select pg_promote()");
    await until("it to be left out", async () =>
      database.replicas().some(({ reason }) => reason === "not-a-replica"),
    );
    const promoted = openDatabase(second.connectionString);
    await promoted.rows(addFact, []);
    await promoted.close();
    const { facts } = await read(now);
    expect((await read(mayLag)).facts).toBeLessThanOrEqual(facts);
  }, 60_000);
});
