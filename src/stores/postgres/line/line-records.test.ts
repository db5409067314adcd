import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { commitmentOf } from "../../../domain/waiting-room/draw.ts";
import { type EntryId, newId, type OnSaleId } from "../../../foundation/ids.ts";
import type { LineRecords } from "../../../ports/line-records.ts";
import { openRecords, type PostgresStores } from "../../open.ts";

let records: TestRecords;
let other: PostgresStores;
let line: LineRecords;
let onSaleId: OnSaleId;
beforeAll(async () => {
  records = await testRecords();
  other = await openRecords(records.connectionString);
  line = records.stores.lineRecords;
  onSaleId = records.onSale.onSaleId;
});
afterAll(async () => {
  await records.stores.close();
  await other.close();
});

const admission = (entryId: EntryId, index: number) => ({
  admissionId: `ad_${crypto.randomUUID()}`,
  onSaleId,
  entryId,
  index,
  position: index,
  claimedAt: 1_000,
  deadline: 2_000,
});

describe("line records", () => {
  test("the mark only rises, whoever asks", async () => {
    const marks = [500, 100, 900, 300];
    const { epoch } = await line.checkpoint(onSaleId);
    await Promise.all(
      marks.map((to, at) => (at % 2 ? line : other.lineRecords).raiseMark({ onSaleId, epoch }, to)),
    );
    expect(await line.raiseMark({ onSaleId, epoch }, 1)).toEqual({ kind: "raised", mark: 900 });
    expect((await line.checkpoint(onSaleId)).highWaterMark).toBe(900);
  });

  test("[Q1] the mark is raised under the epoch in force, and under no other", async () => {
    const before = (await line.checkpoint(onSaleId)).epoch;
    const epoch = await line.nextEpoch(onSaleId);
    const stale = { kind: "stale-epoch" as const };
    expect(await other.lineRecords.raiseMark({ onSaleId, epoch: before }, 5_000)).toEqual(stale);
    expect(await line.raiseMark({ onSaleId, epoch: epoch + 1 }, 5_000)).toEqual(stale);
    expect((await line.checkpoint(onSaleId)).highWaterMark).toBe(900);
    expect(await line.raiseMark({ onSaleId, epoch }, 901)).toEqual({ kind: "raised", mark: 901 });
  });

  test("[Q7] one leader at a time; a new one has a higher fence and shuts the old one out", async () => {
    const race = await Promise.all(
      ["a", "b", "c", "d"].map((leader, at) =>
        (at % 2 ? line : other.lineRecords).lead(onSaleId, leader, 60_000),
      ),
    );
    const leading = race.filter(({ kind }) => kind === "leading");
    expect(leading).toHaveLength(1);
    const winner = ["a", "b", "c", "d"][race.findIndex(({ kind }) => kind === "leading")] ?? "";
    const first = await line.lead(onSaleId, winner, 0);
    if (first.kind !== "leading") throw new Error("the leader may renew");
    expect(await line.serve(onSaleId, 10, first.fence)).toEqual({ kind: "served", serving: 10 });

    const second = await other.lineRecords.lead(onSaleId, "successor", 60_000);
    if (second.kind !== "leading") throw new Error("a lapsed lead can be taken");
    expect(second.fence).toBe(first.fence + 1);
    expect(await line.serve(onSaleId, 99, first.fence)).toEqual({ kind: "stale-leader" });
    expect(await line.serve(onSaleId, 5, second.fence)).toEqual({ kind: "served", serving: 10 });
    expect((await line.checkpoint(onSaleId)).serving).toBe(10);
  });

  test("an old leader neither opens nor ends an on-sale; one that resigns is followed at once", async () => {
    const { catalog } = records.stores;
    const made = await catalog.createOnSale({ ...records.onSale, onSaleId: newId("on-sale") });
    const lead = async (leader: string) => {
      const reply = await line.lead(made.onSaleId, leader, 60_000);
      return reply.kind === "leading" ? reply.fence : undefined;
    };
    const old = await lead("old");
    expect(await lead("new")).toBeUndefined();
    await line.resign(made.onSaleId, "somebody else");
    expect(await lead("new")).toBeUndefined();
    await line.resign(made.onSaleId, "old");
    expect(await lead("new")).toBe((old ?? 0) + 1);

    await expect(line.open(made.onSaleId, 3, old)).rejects.toThrow(/cannot be opened/);
    const moved = await catalog.setPhase(made.onSaleId, "scheduled", "pre-queue", old);
    expect([moved.kind, moved.onSale.phase]).toEqual(["conflict", "scheduled"]);
    expect((await line.open(made.onSaleId, 3, (old ?? 0) + 1)).cohort).toBe(3);
    const ended = await catalog.setPhase(made.onSaleId, "open", "sold-out", old);
    expect([ended.kind, ended.onSale.phase]).toEqual(["conflict", "open"]);
  });

  test("opening fixes the cohort and reveals the seed once, however many try", async () => {
    const tries = await Promise.all(
      [70, 80, 90].map((cohort, at) => (at % 2 ? line : other.lineRecords).open(onSaleId, cohort)),
    );
    expect(new Set(tries.map((opened) => JSON.stringify(opened))).size).toBe(1);
    const { seed, cohort, admissionEpoch } = await line.open(onSaleId, 1);
    expect(commitmentOf(Buffer.from(seed, "hex"))).toBe(records.onSale.commitment);
    expect(await line.checkpoint(onSaleId)).toMatchObject({ cohort, admissionEpoch });
    const onSale = await records.stores.catalog.onSale(onSaleId);
    expect(onSale).toMatchObject({ phase: "open", seed });
    expect(admissionEpoch).toBe(2);
  });

  test("an on-sale that is over is not opened", async () => {
    const { catalog } = records.stores;
    const closed = await catalog.createOnSale({ ...records.onSale, onSaleId: newId("on-sale") });
    await catalog.setPhase(closed.onSaleId, "scheduled", "closed");
    await expect(line.open(closed.onSaleId, 3)).rejects.toThrow(/cannot be opened/);
    await expect(line.open(newId("on-sale"), 3)).rejects.toThrow(/no on-sale/);
  });

  test("[Q6] one admission per entry, whichever process asks first", async () => {
    const entries = Array.from({ length: 300 }, () => newId("entry"));
    const [first, second, again] = await Promise.all([
      Promise.all(entries.map((entryId, at) => line.admit(admission(entryId, at)))),
      Promise.all(entries.map((entryId, at) => other.lineRecords.admit(admission(entryId, at)))),
      Promise.all(entries.map((entryId, at) => line.admit(admission(entryId, at)))),
    ]);
    expect(second).toEqual(first);
    expect(again).toEqual(first);
    const listed: string[] = [];
    for await (const page of line.admissions(onSaleId)) {
      listed.push(...page.map(({ entryId }) => entryId));
    }
    expect(listed.sort()).toEqual([...entries].sort());
  });

  test("[Q12] an identity is let in as often as it has places, whichever process asks first", async () => {
    const { onSaleId: sale } = await records.stores.catalog.createOnSale({
      ...records.onSale,
      onSaleId: newId("on-sale"),
    });
    const wanted = (key: string, places: number, at: number) => ({
      ...admission(newId("entry"), at),
      onSaleId: sale,
      identity: { key, places },
    });
    const fans = Array.from({ length: 40 }, (_, at) => wanted("a-fan", 1, at));
    const club = Array.from({ length: 60 }, (_, at) => wanted("a-club", 7, at));
    const others = Array.from({ length: 60 }, (_, at) => wanted(`fan-${at}`, 1, at));
    const ask = (at: number) => (at % 2 === 0 ? line : other.lineRecords).admit;
    const all = [...fans, ...club, ...others].sort(() => Math.random() - 0.5);
    const first = await Promise.all(all.map((one, at) => ask(at)(one)));
    const byKey = (key: string) =>
      first.filter((reply, at) => reply.kind === "admitted" && all[at]?.identity.key === key);
    expect(byKey("a-fan").length).toBe(1);
    expect(byKey("a-club").length).toBe(7);
    expect(first.filter(({ kind }) => kind === "admitted").length).toBe(1 + 7 + 60);
    const uses = byKey("a-club").map(
      (one) => one.kind === "admitted" && one.admission.identity?.use,
    );
    expect(uses.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    // Asked again, by the other process: the same answers, and nobody is let in instead of anybody.
    expect(await Promise.all(all.map((one, at) => ask(at + 1)(one)))).toEqual(first);
  });

  test("an admission is entered with one nonce; a repeat is the same entering", async () => {
    const wanted = admission(newId("entry"), 1);
    const { admissionId, entryId } = wanted;
    expect(await line.admit(wanted)).toMatchObject({ kind: "admitted", admission: wanted });
    const tries = await Promise.all(
      ["n1", "n2", "n3"].map((nonce) => line.enter(admissionId, nonce, 9_000)),
    );
    expect(tries.map(({ kind }) => kind).sort()).toEqual(["entered", "replayed", "replayed"]);
    const nonce = ["n1", "n2", "n3"][tries.findIndex(({ kind }) => kind === "entered")] ?? "";
    const repeat = await other.lineRecords.enter(admissionId, nonce, 99_000);
    expect(repeat).toEqual(tries.find(({ kind }) => kind === "entered") as typeof repeat);
    expect(repeat).toMatchObject({ admission: { deadline: 9_000 } });
    await line.extend(onSaleId, entryId, 12_000);
    expect(await line.enter(admissionId, nonce, 0)).toMatchObject({
      admission: { deadline: 12_000 },
    });
    await line.end(onSaleId, entryId);
    await line.end(onSaleId, entryId);
    expect(await line.enter(admissionId, nonce, 0)).toEqual({ kind: "ended" });
    expect(await line.enter("ad_none", nonce, 0)).toEqual({ kind: "unknown" });
  });
});
