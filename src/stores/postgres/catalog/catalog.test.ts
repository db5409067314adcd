import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { demoArena } from "../../../domain/seating/demo-arena.ts";
import { planHash } from "../../../domain/seating/plan-hash.ts";
import { countPlaces } from "../../../domain/seating/venue-plan.ts";
import { newId } from "../../../foundation/ids.ts";

let records: TestRecords;
beforeAll(async () => {
  records = await testRecords();
});
afterAll(() => records.stores.close());

describe("catalog", () => {
  test("a plan comes back as it went in, under its hash, once", async () => {
    const { catalog } = records.stores;
    const plan = demoArena();
    const saved = await catalog.savePlan(plan);
    expect(saved).toEqual({ hash: planHash(plan), seatCount: countPlaces(plan) });
    const found = await catalog.plan(saved.hash);
    expect(found && planHash(found)).toBe(saved.hash);
    const listed = (await catalog.plans()).filter(({ hash }) => hash === saved.hash);
    expect(listed.map(({ name }) => name)).toEqual([plan.name]);
    expect(await catalog.plan("0".repeat(64))).toBeUndefined();
  });

  test("a performance takes its seat count from the plan and counts its epochs", async () => {
    const { catalog } = records.stores;
    const { performanceId } = records.performance;
    const found = await catalog.performance(performanceId);
    expect(found).toEqual(records.performance);
    expect(found?.seatCount).toBe(countPlaces(demoArena()));
    const before = found?.epoch ?? 0;
    expect(await catalog.nextSeatEpoch(performanceId)).toBe(before + 1);
    expect((await catalog.performances()).map((p) => p.performanceId)).toContain(performanceId);
    await expect(catalog.nextSeatEpoch(newId("performance"))).rejects.toThrow(/no performance/);
  });

  test("the seed stays inside until the opening, and fits the commitment then", async () => {
    const { catalog } = records.stores;
    const { onSaleId, commitment, seed } = records.onSale;
    expect(seed).toBeUndefined();
    expect(commitment).toMatch(/^[0-9a-f]{64}$/);
    expect((await catalog.onSale(onSaleId))?.seed).toBeUndefined();
    expect((await catalog.onSales())[0]?.seed).toBeUndefined();
  });

  test("a phase moves along the table only; who comes second is told", async () => {
    const { catalog } = records.stores;
    const { onSaleId } = records.onSale;
    const moves = await Promise.all(
      [1, 2, 3].map(() => catalog.setPhase(onSaleId, "scheduled", "pre-queue")),
    );
    expect(moves.map(({ kind }) => kind).sort()).toEqual(["conflict", "conflict", "moved"]);
    expect(moves.every(({ onSale }) => onSale.phase === "pre-queue")).toBe(true);
    await expect(catalog.setPhase(onSaleId, "pre-queue", "scheduled")).rejects.toThrow(
      /never goes/,
    );
    await expect(catalog.setPhase(onSaleId, "pre-queue", "open")).rejects.toThrow(/cohort/);
  });

  test("a change made against an old version is a conflict and changes nothing", async () => {
    const { catalog } = records.stores;
    const { onSaleId, settings } = records.onSale;
    const version = (await catalog.onSale(onSaleId))?.version ?? 0;
    const first = await catalog.update(onSaleId, version, {
      settings: { ...settings, ratePerSec: 7 },
    });
    expect(first.kind).toBe("updated");
    const second = await catalog.update(onSaleId, version, { opensAt: 1 });
    expect(second.kind).toBe("conflict");
    expect(second.onSale.settings.ratePerSec).toBe(7);
    expect(second.onSale.opensAt).toBe(records.onSale.opensAt);
    expect(second.onSale.version).toBe(version + 1);
  });
});

describe("operators", () => {
  test("sign-in gives a session that sign-out ends", async () => {
    const { operators } = records.stores;
    const made = await operators.create({
      email: " Min@Example.com ",
      name: "Min",
      role: "owner",
      password: "correct horse",
    });
    expect(await operators.count()).toBe(1);
    const session = await operators.signIn("min@example.com", "correct horse");
    expect(session?.operator).toEqual(made);
    expect(session && session.expiresAt > Date.now()).toBe(true);
    const token = session?.token ?? "";
    expect(await operators.bySession(token)).toEqual(made);
    await operators.signOut(token);
    expect(await operators.bySession(token)).toBeUndefined();
    await expect(
      operators.create({
        email: "min@example.com",
        name: "M",
        role: "viewer",
        password: "12345678",
      }),
    ).rejects.toThrow(/already/);
  });

  test("a wrong e-mail and a wrong password get the same answer in like time", async () => {
    const { operators } = records.stores;
    // Of three the shortest, since others run on this machine too.
    const timed = async (email: string) => {
      const took: number[] = [];
      for (let nth = 0; nth < 3; nth++) {
        const from = performance.now();
        expect(await operators.signIn(email, "wrong password")).toBeUndefined();
        took.push(performance.now() - from);
      }
      return Math.min(...took);
    };
    await timed("nobody@example.com");
    const known = await timed("min@example.com");
    const unknown = await timed("nobody@example.com");
    expect(unknown).toBeGreaterThan(known / 4);
  });

  test("the audit is read newest first", async () => {
    const { operators } = records.stores;
    const row = { operatorId: undefined, subject: "on-sale", detail: { why: "test" } };
    await operators.audit({ ...row, action: "first" });
    await operators.audit({ ...row, action: "second" });
    const trail = await operators.auditTrail(10);
    expect(trail.map(({ action }) => action)).toEqual(["second", "first"]);
    expect(trail[0]?.detail).toEqual({ why: "test" });
    expect(await operators.auditTrail(10, (trail[1]?.at ?? 0) - 1)).toEqual([]);
  });
});
