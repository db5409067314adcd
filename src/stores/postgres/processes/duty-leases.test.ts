// One of all workers does a duty; when it stops or dies, another.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { until } from "../../../../test/support/until.ts";
import type { DutyLeases } from "../../../ports/processes/duty-leases.ts";
import { openRecords, type PostgresStores } from "../../open.ts";

let records: TestRecords;
let other: PostgresStores;
let leases: DutyLeases;
beforeAll(async () => {
  records = await testRecords();
  other = await openRecords(records.connectionString);
  leases = records.stores.dutyLeases;
}, 60_000);
afterAll(async () => {
  await records.stores.close();
  await other.close();
});

test("of many who ask at once, one has the duty and keeps it while it renews", async () => {
  const asked = await Promise.all(
    Array.from({ length: 20 }, (_, nth) =>
      (nth % 2 ? leases : other.dutyLeases).hold("sweeper", `worker ${nth}`, 60_000),
    ),
  );
  expect(asked.filter(Boolean).length).toBe(1);
  const holder = `worker ${asked.indexOf(true)}`;
  // As the sweeper asks: its pause is drawn by lot and has a fraction.
  expect(await leases.hold("sweeper", holder, 60_000.37)).toBe(true);
  expect(await leases.hold("sweeper", "another", 60_000)).toBe(false);
  expect(await leases.hold("mender", "another", 60_000)).toBe(true);

  await leases.release("somebody");
  expect(await leases.hold("sweeper", "another", 60_000)).toBe(false);
  await leases.release(holder);
  expect(await other.dutyLeases.hold("sweeper", "another", 60_000)).toBe(true);
});

test("a lease that is not renewed lapses", async () => {
  expect(await leases.hold("reconciler", "dead", 50)).toBe(true);
  await until("the lease to lapse", () => leases.hold("reconciler", "heir", 60_000), 5_000);
});
