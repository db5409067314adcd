// Holds on the real PostgreSQL where its answer is lost, before or after the commit: what the fan is
// shown afterwards is what is durable.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { type TestRecords, testRecords } from "../../../test/support/records.ts";
import { indexPlan } from "../../domain/seating/plan-index.ts";
import { Fault } from "../../foundation/fault.ts";
import { newId } from "../../foundation/ids.ts";
import { silentLog } from "../../foundation/log.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import type { SeatClaims } from "../../ports/seat-claims.ts";
import { openEpochs } from "../../stores/epochs.ts";
import { openHotStore } from "../../stores/open.ts";
import { openRebuilder } from "../../workers/rebuilder.ts";
import { type Holds, openHolds, type Shopping, type Taking } from "./holds.ts";

let records: TestRecords;
let hot: HotStore;
let holds: Holds;
/** Another box office on the same stores. */
let elsewhere: Holds;
/** The hot store forgets everything, what it answered too, and is rebuilt. */
let wipe: () => Promise<void>;
let shopper: Shopping;
/** What happens to the next call that writes. */
let mishap: "lost on the way" | "answer lost" | undefined;
let seat = 0;

beforeAll(async () => {
  records = await testRecords();
}, 60_000);
afterAll(() => records.stores.close());

beforeEach(async () => {
  const { catalog, lineRecords, seatClaims, alone } = records.stores;
  hot = await openHotStore({ kind: "memory" });
  const common = { hot, catalog, records: lineRecords, log: silentLog };
  const rebuild = openRebuilder({ ...common, claims: seatClaims, alone });
  const epochs = openEpochs({ ...common, onStale: rebuild });
  const claims = unlucky(seatClaims);
  const deps = { ...common, seats: hot.seats, queue: hot.queue, claims, epochs };
  holds = openHolds(deps);
  elsewhere = openHolds(deps);
  wipe = async () => {
    const { performanceId } = records.performance;
    const lost = await catalog.nextSeatEpoch(performanceId);
    await hot.seats.restore({ performanceId, epoch: lost }, { seatCount: 1, claims: [] });
    await catalog.nextSeatEpoch(performanceId);
    await rebuild({ kind: "seats", performanceId });
  };
  const { onSale, performance } = records;
  const plan = await catalog.plan(performance.planHash);
  if (plan === undefined) throw new Error("the plan was saved");
  shopper = {
    sale: { onSale, performance, index: indexPlan(plan) },
    onSaleId: onSale.onSaleId,
    entryId: newId("entry"),
    admissionId: "a",
    session: { expiresAt: Number.POSITIVE_INFINITY, epoch: 0 },
    deadline: 0,
  };
  mishap = undefined;
});

function unlucky(claims: SeatClaims): SeatClaims {
  const pass = async <T>(call: () => Promise<T>): Promise<T> => {
    const what = mishap;
    mishap = undefined;
    if (what === "lost on the way") throw new Fault("database-away", what, { retryable: true });
    const reply = await call();
    if (what === "answer lost") throw new Fault("database-away", what, { retryable: true });
    return reply;
  };
  return {
    ...claims,
    claim: (request) => pass(() => claims.claim(request)),
    extend: (request) => pass(() => claims.extend(request)),
  };
}

const named = () => ({ key: crypto.randomUUID(), bodyHash: "one" });
const holdOf = async (taking: Promise<Taking>) => {
  const reply = await taking;
  if (reply.kind !== "held") throw new Error(reply.code);
  return reply.hold;
};
const take = (...seats: number[]) => holdOf(holds.take(shopper, named(), { seats, areas: [] }));
const failing = (call: Promise<unknown>) => call.then(() => "answered").catch(() => "failed");

test("[S13] a hold whose answer was lost is the fan's, and the map shows it", async () => {
  mishap = "answer lost";
  const wanted = seat++;
  expect(await failing(take(wanted))).toBe("failed");
  expect((await holds.of(shopper))?.hold.seats).toEqual([wanted]);
});

test("a hold that never reached PostgreSQL is nobody's", async () => {
  mishap = "lost on the way";
  expect(await failing(take(seat++))).toBe("failed");
  expect(await holds.of(shopper)).toBeUndefined();
});

test("[S12] no deadline is shown that is not durable, after an addition or an extension that failed", async () => {
  const first = await take(seat++);
  for (const call of [() => take(seat++), () => holds.extend(shopper, first.holdId)]) {
    await Bun.sleep(5);
    mishap = "lost on the way";
    expect(await failing(call())).toBe("failed");
    expect((await holds.of(shopper))?.hold).toEqual(first);
  }
  mishap = "answer lost";
  expect(await failing(holds.extend(shopper, first.holdId))).toBe("failed");
  const shown = (await holds.of(shopper))?.hold.deadline ?? 0;
  expect(shown).toBeGreaterThan(first.deadline);
  for await (const page of records.stores.seatClaims.pages(records.performance.performanceId))
    for (const truth of page) if (truth.holdId === first.holdId) expect(truth.deadline).toBe(shown);
});

test("[M1] a request asked again at another box office, after a wipe, with other seats chosen: the same answer, no more seats", async () => {
  const name = named();
  const [first, other] = [seat++, seat++];
  const hold = await holdOf(holds.take(shopper, name, { seats: [first], areas: [] }));
  await wipe();
  // Who lets the best be chosen is offered others the second time.
  const again = await holdOf(elsewhere.take(shopper, name, { seats: [other], areas: [] }));
  expect(again).toEqual(hold);
  expect((await elsewhere.of(shopper))?.hold).toEqual(hold);
  expect(await elsewhere.answered(shopper, name)).toEqual(hold);
});

test("[M1] a key that was used for something else takes nothing", async () => {
  const name = named();
  const hold = await holdOf(holds.take(shopper, name, { seats: [seat++], areas: [] }));
  await wipe();
  const reused = { ...name, bodyHash: "another" };
  const wanted = { seats: [seat++], areas: [] };
  const refused = { code: "idempotency-key-reused" };
  expect(await elsewhere.take(shopper, reused, wanted)).toMatchObject(refused);
  await expect(elsewhere.answered(shopper, reused)).rejects.toMatchObject(refused);
  expect((await elsewhere.of(shopper))?.hold).toEqual(hold);
});

test("[M1] the same request at two box offices at once is one hold", async () => {
  const name = named();
  const seats = [seat++, seat++];
  const both = await Promise.all(
    [holds, elsewhere].map((one) => one.take(shopper, name, { seats, areas: [] })),
  );
  expect(both[1]).toEqual(both[0] as (typeof both)[0]);
  expect((await holds.of(shopper))?.hold.seats).toEqual(seats);
});
