// Sign-ins that fail, counted by two box offices on one database.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { openRecords, type PostgresStores } from "../../../stores/open.ts";
import { type Attempts, openAttempts } from "./attempts.ts";

let records: TestRecords;
let other: PostgresStores;
let here: Attempts;
let there: Attempts;
beforeAll(async () => {
  records = await testRecords();
  other = await openRecords(records.connectionString);
  here = openAttempts(records.stores.operators.failures);
  there = openAttempts(other.operators.failures);
}, 60_000);
afterAll(async () => {
  await records.stores.close();
  await other.close();
});

const start = 1_800_000_000_000;
const kindsOf = async (count: number, begin: (nth: number) => ReturnType<Attempts["begin"]>) => {
  const kinds: string[] = [];
  for (let nth = 0; nth < count; nth++) kinds.push((await begin(nth)).kind);
  return kinds;
};

test("five failures are free, wherever they are made; then each doubles the wait", async () => {
  await kindsOf(5, (nth) => (nth % 2 ? here : there).begin("a", "x@y", start));
  expect(await there.begin("a", "X@Y ", start)).toEqual({ kind: "wait", retryAfterMs: 1_000 });
  expect((await here.begin("a", "x@y", start + 1_000)).kind).toBe("go");
  expect(await there.begin("a", "x@y", start + 1_000)).toEqual({
    kind: "wait",
    retryAfterMs: 2_000,
  });
});

test("a success forgets, and half an hour does too", async () => {
  await kindsOf(4, () => here.begin("b", "b@y", start));
  const fifth = await there.begin("b", "b@y", start);
  if (fifth.kind === "go") await fifth.succeeded();
  expect(await kindsOf(5, () => here.begin("b", "b@y", start))).not.toContain("wait");
  expect((await there.begin("b", "b@y", start)).kind).toBe("wait");
  expect((await there.begin("b", "b@y", start + 31 * 60_000)).kind).toBe("go");
});

test("a hundred at once are a hundred", async () => {
  const all = await Promise.all(
    Array.from({ length: 100 }, (_, nth) => (nth % 2 ? here : there).begin("c", "c@y", start)),
  );
  expect(all.filter(({ kind }) => kind === "go").length).toBe(5);
});

test("one address with many e-mails is slowed too", async () => {
  const kinds = await kindsOf(31, (nth) => here.begin("d", `${nth}@y`, start));
  expect(kinds.lastIndexOf("go")).toBe(29);
});

test("a stranger elsewhere cannot lock an operator out for long", async () => {
  let now = start;
  for (let i = 0; i < 200; i++) {
    await here.begin(`e${i}`, "e@y", now);
    now += 500;
  }
  const own = await there.begin("home", "e@y", now);
  if (own.kind === "wait") expect(own.retryAfterMs).toBeLessThanOrEqual(20_000);
});
