// The whole way through the in-process store once; the rules one by one: test/conformance.

import { expect, test } from "bun:test";
import { type EntryId, newId } from "../../foundation/ids.ts";
import { openHotStore } from "../open.ts";

const now = 1_800_000_000_000;

test("a fan joins, gets a turn, claims it, holds seats, and leaves", async () => {
  const store = await openHotStore({ kind: "memory", clock: { now: () => now } });
  const line = { onSaleId: newId("on-sale"), epoch: 1 };
  const seats = { performanceId: newId("performance"), epoch: 1 };
  const entryId = newId("entry");
  expect(await store.queue.counts(line)).toEqual({ kind: "stale-epoch" });
  await store.queue.restore(line, { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] });
  await store.seats.restore(seats, { seatCount: 10, claims: [] });

  const joined = await store.queue.join(line, [{ entryId }], { highWaterMark: 100 });
  expect(joined).toEqual({ kind: "ok", replies: [{ kind: "joined", entryId, index: 0 }] });
  await store.queue.checkIn(line, [{ entryId, index: 0, position: 0 }], { presenceMs: 1_000 });
  const offer = { leaderFence: 1, take: 5, serving: 0, candidates: [0], claimWindowMs: 60_000 };
  const offered = await store.queue.offerTurns(line, offer);
  expect(offered).toMatchObject({ kind: "offered", serving: 1, counts: { turns: 1, waiting: 0 } });
  const claim = { entryId, index: 0, position: 0, admissionId: "a1", deadline: now + 300_000 };
  expect(await store.queue.claim(line, claim)).toMatchObject({ kind: "claimed" });

  const wish = { holdMs: 300_000, maxHoldMs: 900_000, limit: 4 };
  const held = await store.seats.hold(seats, {
    requestId: "r1",
    owner: entryId,
    holdId: newId("hold"),
    seats: [3, 4],
    ...wish,
  });
  expect(held).toMatchObject({ kind: "held", added: [3, 4], hold: { deadline: now + 300_000 } });
  const other = { requestId: "r2", owner: newId("entry") as EntryId, holdId: newId("hold") };
  expect(await store.seats.hold(seats, { ...other, seats: [4, 5], ...wish })).toEqual({
    kind: "taken",
    seats: [4],
    areas: [],
    has: 0,
  });
  expect(await store.queue.leave(line, entryId)).toEqual({ kind: "left" });
  expect(await store.queue.counts(line)).toMatchObject({ shoppers: 0, waiting: 0, joined: 1 });
  await store.close();
  const after = await store.queue.counts(line).catch((fault: unknown) => fault);
  expect(after).toMatchObject({ code: "hot-store-closed" });
});
