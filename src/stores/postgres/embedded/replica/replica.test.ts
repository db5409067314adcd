// A replica shows what its primary committed, misses nothing while it is away, survives kill -9 of
// either side, and leaves nothing behind: no server, no slot, no folder.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  askOnce,
  type ReplicatedPostgres,
  replicatedPostgres,
  type TestReplica,
} from "../../../../../test/support/replicated-postgres.ts";
import { until } from "../../../../../test/support/until.ts";
import { isFault } from "../../../../foundation/fault.ts";
import { startEmbeddedReplica } from "./replica.ts";

let pair: ReplicatedPostgres;
let replica: TestReplica;
const onPrimary = (sql: string) => askOnce(pair.primary.connectionString, sql);
const onReplica = (sql: string) => askOnce(replica.connectionString, sql);
const count = "select count(*)::integer from facts";

beforeAll(async () => {
  pair = await replicatedPostgres();
  replica = pair.replicas[0] as TestReplica;
  await onPrimary("create table facts (fact text)");
}, 120_000);
afterAll(async () => {
  const { pid, dataDir } = replica;
  const server = pid();
  await pair.stop();
  expect(existsSync(dataDir)).toBe(false);
  expect(existsSync(`/proc/${server}`)).toBe(false);
});

test("a replica is a server in recovery and refuses to write", async () => {
  expect(await onReplica("select pg_is_in_recovery()")).toBe(true);
  expect(onReplica("create table other (a text)")).rejects.toThrow(/read-only/);
});

test("a paused replica shows the past, and the present once it goes on", async () => {
  await replica.caughtUp();
  const before = await onReplica(count);
  await replica.pauseReplay();
  await onPrimary("insert into facts values ('while paused')");
  expect(await onReplica(count)).toBe(before);
  await replica.resumeReplay();
  await replica.caughtUp();
  expect(await onReplica(count)).toBe(Number(before) + 1);
});

test("what was written while it was away, suspended or killed, is there when it is back", async () => {
  const { port } = replica;
  await replica.suspend();
  expect(onReplica(count)).rejects.toThrow();
  await onPrimary("insert into facts values ('while suspended')");
  await replica.resume();
  expect(replica.port).toBe(port);
  await replica.caughtUp();
  expect(await onReplica(count)).toBe(await onPrimary(count));

  const before = replica.pid();
  replica.kill();
  await onPrimary("insert into facts values ('while dead')");
  await until("another process", async () => replica.pid() > 0 && replica.pid() !== before);
  await replica.caughtUp();
  expect(await onReplica(count)).toBe(await onPrimary(count));
}, 60_000);

test("a primary that was killed is followed again", async () => {
  process.kill(pair.primary.pid(), "SIGKILL");
  await until("the primary", async () => {
    await onPrimary("insert into facts values ('after the primary died')");
    return true;
  });
  await replica.caughtUp();
  expect(await onReplica(count)).toBe(await onPrimary(count));
}, 60_000);

test("it is made anew at a start, and its slot goes with it", async () => {
  const dataDir = join(replica.dataDir, "..", "another");
  const { primary } = pair;
  const slots = "select count(*)::integer from pg_replication_slots";
  for (const round of ["the first", "over the old files"]) {
    const another = await startEmbeddedReplica({ primary, dataDir, log() {} });
    await onPrimary(`insert into facts values ('${round}')`);
    const wanted = await onPrimary(count);
    await until(
      "the fact",
      async () => (await askOnce(another.connectionString, count)) === wanted,
    );
    expect(await onPrimary(slots)).toBe(2);
    await another.stop();
    expect(await onPrimary(slots)).toBe(1);
  }

  // As a promotion leaves it: a database of its own, which nobody may throw away.
  const signal = join(dataDir, "cluster", "standby.signal");
  rmSync(signal);
  const control = readFileSync(join(dataDir, "cluster", "global", "pg_control"));
  const refused = await startEmbeddedReplica({ primary, dataDir, log() {} }).catch(
    (e: unknown) => e,
  );
  expect(isFault(refused, "postgres-data-damaged")).toBe(true);
  expect(readFileSync(join(dataDir, "cluster", "global", "pg_control"))).toEqual(control);
  writeFileSync(signal, "");
}, 120_000);
