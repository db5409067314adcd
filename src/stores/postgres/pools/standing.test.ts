import { describe, expect, test } from "bun:test";
import { judge, openPrimaryPast, type Standing, usualLimits as limits } from "./standing.ts";

const inside: Standing = { inService: true, reason: "caught-up" };
const outside: Standing = { inService: false, reason: "lagging" };
const at = (lagMs: number, lagBytes = 0) => ({ inRecovery: true, lagMs, lagBytes });

describe("who is read from", () => {
  test("in service up to the limit, left out beyond it", () => {
    expect(judge(inside, at(limits.maxLagMs), limits)).toEqual(inside);
    expect(judge(inside, at(limits.maxLagMs + 1), limits)).toEqual(outside);
    expect(judge(inside, at(0, limits.maxLagBytes + 1), limits)).toEqual(outside);
  });
  test("taken in again only when it has truly caught up", () => {
    expect(judge(outside, at(limits.maxLagMs * 0.5), limits)).toEqual(outside);
    expect(judge(outside, at(limits.maxLagMs * 0.2), limits)).toEqual(inside);
    expect(judge(outside, at(0, limits.maxLagBytes * 0.5), limits)).toEqual(outside);
  });
  test("never one that is away, nor one that takes writes of its own", () => {
    expect(judge(inside, "away", limits)).toEqual({ inService: false, reason: "away" });
    const promoted = { ...at(0), inRecovery: false };
    expect(judge(inside, promoted, limits)).toEqual({ inService: false, reason: "not-a-replica" });
  });
});

describe("how old a replica's answer is", () => {
  const past = openPrimaryPast(20_000);
  past.note(100n, 0);
  past.note(200n, 1_000);
  past.note(300n, 2_000);

  test("nothing, where it has all that the primary had", () => {
    expect(past.lagOf(300n, 9_000)).toEqual({ lagMs: 0, lagBytes: 0 });
    expect(past.lagOf(350n, 9_000)).toEqual({ lagMs: 0, lagBytes: 0 });
  });
  test("since the primary was last seen where it stands", () => {
    expect(past.lagOf(299n, 2_500)).toEqual({ lagMs: 1_500, lagBytes: 1 });
    expect(past.lagOf(200n, 2_500)).toEqual({ lagMs: 1_500, lagBytes: 100 });
    expect(past.lagOf(150n, 2_500)).toEqual({ lagMs: 2_500, lagBytes: 150 });
  });
  test("very old, where it stands before all that is remembered", () => {
    expect(past.lagOf(50n, 2_500).lagMs).toBe(20_000);
  });
  test("it grows while a replica stands still", () => {
    expect(past.lagOf(200n, 7_000).lagMs).toBe(6_000);
  });
  test("a primary that went back, after a failover that lost something, is believed", () => {
    const after = openPrimaryPast(20_000);
    after.note(500n, 0);
    after.note(400n, 1_000);
    expect(after.lagOf(400n, 1_000).lagBytes).toBe(0);
  });
});
