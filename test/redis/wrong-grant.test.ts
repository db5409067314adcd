// A Redis that has lost an acknowledged hold (a failover before its replica had it) grants the seats
// once more. PostgreSQL has the last word: the second fan is told the truth over HTTP, the first one
// keeps the seats, and Redis has learnt it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { openHotStore } from "../../src/stores/open.ts";
import { startBoxOffice } from "../support/box-office.ts";
import { testRedis } from "../support/redis.ts";

type BoxOffice = Awaited<ReturnType<typeof startBoxOffice>>;
let office: BoxOffice;

beforeAll(async () => {
  const { url } = await testRedis();
  office = await startBoxOffice(await openHotStore({ kind: "redis", url }));
}, 60_000);
afterAll(() => office.stop());

/** Redis forgets the hold as if its write had never reached the new master; PostgreSQL does not. */
async function loseInRedis(entryId: string, holdId: string): Promise<void> {
  const { performanceId } = office.performance;
  const released = await office.epochs.seats(performanceId, (scope) =>
    office.hot.seats.release(scope, { owner: entryId as never, holdId: holdId as never }),
  );
  expect(released.kind).toBe("released");
}

const ownerInRedis = async (entryId: string) => {
  const reply = await office.epochs.seats(office.performance.performanceId, (scope) =>
    office.hot.seats.holdOf(scope, entryId as never),
  );
  return reply.kind === "held" ? reply.hold.seats : [];
};

test("[S2] [S13] seats that Redis grants twice: the second fan is told who is faster, the first keeps them, Redis is mended", async () => {
  const [first, second] = [await office.shopper(), await office.shopper()];
  const held = await first.call("POST", "/holds", { seats: [10, 11] });
  expect(held.status).toBe(201);
  const { holdId } = (await held.json()) as { holdId: string };
  await loseInRedis(first.entryId, holdId);
  expect(await ownerInRedis(first.entryId)).toEqual([]);

  const refused = await second.call("POST", "/holds", { seats: [11, 12] });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ code: "seats-taken", facts: { seats: [11] } });

  expect(await ownerInRedis(second.entryId)).toEqual([]);
  expect(await ownerInRedis(first.entryId)).toEqual([11]);
  const third = await (await office.shopper()).call("POST", "/holds", { seats: [11] });
  expect(await third.json()).toMatchObject({ code: "seats-taken", facts: { seats: [11] } });
  // All or none: the seat that was free is free again.
  const fourth = await (await office.shopper()).call("POST", "/holds", { seats: [12] });
  expect(fourth.status).toBe(201);
});

test("[S14] the limit of a fan counts when seats are held, and PostgreSQL counts what Redis forgot", async () => {
  const fan = await office.shopper();
  const limit = office.onSale.settings.seatsPerFan;
  const seats = Array.from({ length: limit }, (_, nth) => 100 + nth);
  const held = await fan.call("POST", "/holds", { seats });
  expect(held.status).toBe(201);
  const over = await fan.call("POST", "/holds", { seats: [200] });
  expect(await over.json()).toMatchObject({ code: "over-limit", facts: { limit, has: limit } });

  const { holdId } = (await held.json()) as { holdId: string };
  await loseInRedis(fan.entryId, holdId);
  const again = await fan.call("POST", "/holds", { seats: [200] });
  expect(again.status).toBe(409);
  expect(await again.json()).toMatchObject({ code: "over-limit", facts: { limit, has: limit } });
  expect(await ownerInRedis(fan.entryId)).toEqual([]);
});
