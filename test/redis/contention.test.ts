// Many separate connections to one cluster, all after the same things at once.

import { expect, test } from "bun:test";
import type { HotStore } from "../../src/ports/hot-store.ts";
import { openHotStore } from "../../src/stores/open.ts";
import { newLine } from "../conformance/line-under-test.ts";
import { newFan, newSeats, wish } from "../conformance/seats-under-test.ts";
import { entryIds, numbers, only, start } from "../conformance/suite.ts";
import { testRedisCluster } from "../support/redis.ts";

const connectionCount = 24;

async function withConnections(
  run: (store: HotStore, nth: (nth: number) => HotStore) => Promise<void>,
): Promise<void> {
  const { nodes } = await testRedisCluster();
  const stores = await Promise.all(
    numbers(connectionCount).map(() => openHotStore({ kind: "redis", nodes })),
  );
  try {
    await run(stores[0]!, (nth) => stores[nth % connectionCount]!);
  } finally {
    for (const store of stores) await store.close();
  }
}

test("3,000 fans on 24 connections want 300 seats: nobody shares one, and nobody has half a hold", () =>
  withConnections(async (store, nth) => {
    const seats = await newSeats(store, 300);
    const fans = numbers(3_000).map(newFan);
    const replies = await Promise.all(
      fans.map((fan, at) => {
        // A third of them start between two blocks of others.
        const from = Math.min(297, ((at * 7) % 100) * 3 + (at % 3 === 0 ? 1 : 0));
        const request = { ...wish(), ...fan, seats: numbers(3, from) };
        return nth(at).seats.hold(seats.scope, request, { now: start });
      }),
    );
    const held = replies.flatMap((reply) => (reply.kind === "held" ? [reply.hold.seats] : []));
    expect(held.every((three) => three.length === 3)).toBe(true);
    expect(new Set(held.flat()).size).toBe(held.flat().length);
    expect(held.length).toBeGreaterThan(60);
    expect(await seats.counts()).toMatchObject({ held: held.flat().length, holds: held.length });
  }));

test("4,000 joins in small batches over 24 connections: every index once, none left out", () =>
  withConnections(async (store, nth) => {
    const line = await newLine(store);
    const batches = await Promise.all(
      numbers(400).map(async (at) => {
        const requests = entryIds(10).map((entryId) => ({ entryId }));
        const options = { highWaterMark: 1_000_000, now: start };
        const reply = only(await nth(at).queue.join(line.scope, requests, options), "ok");
        return reply.replies.map((one) => only(one, "joined").index);
      }),
    );
    expect(batches.flat().sort((a, b) => a - b)).toEqual(numbers(4_000));
    for (const batch of batches) expect(batch).toEqual(batch.toSorted((a, b) => a - b));
  }));

test("24 pacers tick at once for 50 rounds: no turn twice, none left out, never too many open", () =>
  withConnections(async (store, nth) => {
    const line = await newLine(store);
    const ids = await line.join(400);
    await line.present(ids);
    const given: number[] = [];
    let serving = 0;
    for (const round of numbers(50)) {
      const request = {
        leaderFence: 1,
        requestId: `tick-${round}`,
        take: 8,
        serving,
        candidates: numbers(8, serving),
        claimWindowMs: 60_000,
      };
      const replies = await Promise.all(
        numbers(connectionCount).map((at) =>
          nth(at).queue.offerTurns(line.scope, request, { now: start }),
        ),
      );
      const [first, ...others] = replies.map((reply) => only(reply, "offered"));
      for (const other of others) expect(other).toEqual(first!);
      given.push(...first!.turns.map((turn) => turn.index));
      serving = first!.serving;
    }
    expect(given).toEqual(numbers(400));
  }));
