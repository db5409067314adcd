// What makes the draw believable in the database itself: with all rights on it, through plain SQL, what
// was promised and what was fixed cannot be changed.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import pg from "pg";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { commitmentOf } from "../../../domain/waiting-room/draw.ts";

let records: TestRecords;
let client: pg.Client;
beforeAll(async () => {
  records = await testRecords();
  client = new pg.Client({ connectionString: records.connectionString });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await records.stores.close();
});

type Draw = { commitment: string; seed: string; cohort: number | null };
const drawNow = async (): Promise<Draw> =>
  (await client.query("select commitment, seed, cohort from on_sales")).rows[0];
const refused = async (set: string, values: unknown[] = []) => {
  const before = await drawNow();
  const asked = client.query(`update on_sales set ${set}`, values);
  await expect(asked).rejects.toMatchObject({ code: "23000" });
  expect(await drawNow()).toEqual(before);
};
const other = randomBytes(32);

test("the promise of an on-sale cannot be changed by anybody, before or after the opening", async () => {
  const tries = async () => {
    await refused("commitment = $1, seed = $2", [commitmentOf(other), other.toString("hex")]);
    await refused("commitment = $1", [commitmentOf(other)]);
    await refused("seed = $1", [other.toString("hex")]);
  };
  await tries();
  await records.stores.lineRecords.open(records.onSale.onSaleId, 1_000);
  await tries();
});

test("nor its cohort once it is drawn: not raised, not lowered, not drawn again", async () => {
  for (const cohort of [999, 1_001, 0]) await refused("cohort = $1", [cohort]);
  await refused("cohort = null, opened_at = null, phase = 'pre-queue'");
  await refused("opened_at = opened_at + 1");
});

test("and what an operator may change is not in its way", async () => {
  await client.query("update on_sales set paused = true, serving = 10, seed = seed");
  expect((await drawNow()).cohort).toBe(1_000);
});

test("a promise that is not the seed's own is refused from the first row on", async () => {
  const columns =
    "performance_id, pre_queue_at, opens_at, closes_at, seed, currency, prices, settings";
  const copied = client.query(
    `insert into on_sales (on_sale_id, commitment, ${columns})
     select 'os_0000000000000000000009', $1, ${columns} from on_sales limit 1`,
    [commitmentOf(other)],
  );
  await expect(copied).rejects.toMatchObject({ code: "23514" });
});
