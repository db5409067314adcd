// P6: what durability costs. Holds as the box office makes them (hot store, then seat_claims in group
// commits, then the hot store's truth and the fan's place) ÷ the hot store alone, one hold in twenty
// succeeding as in a sale: at most as many succeed as there are seats, and a refusal never reaches
// PostgreSQL. Redis and PostgreSQL are real, fsync is on, many callers ask at once.

import { assert } from "../src/foundation/assert.ts";
import { type HoldsDeps, openHolds, type Shopping } from "../src/box-office/seats/holds.ts";
import { indexPlan } from "../src/domain/seating/plan-index.ts";
import { newId } from "../src/foundation/ids.ts";
import { silentLog } from "../src/foundation/log.ts";
import { openEpochs } from "../src/stores/epochs.ts";
import { openRebuilder } from "../src/workers/rebuilder.ts";
import type { Bench } from "./support/bench.ts";
import { type Installation, openInstallation } from "./support/installation.ts";
import { callsPerSec, countKinds } from "./support/load.ts";

const calls = 40_000;
const inFlight = 512;
/** One in so many asks for seats that are free. */
const oneIn = 20;
const taken = [0, 1, 2];

export const durableHolds: Bench = {
  id: "p6",
  what: "holds made durable, against the hot store alone, one in twenty granted",
  figures: {
    durable: "holds/s, what is granted committed to PostgreSQL",
    hot: "holds/s of the hot store alone",
    granted: "granted holds/s, committed",
    allGranted: "holds/s where every one is granted and committed",
  },
  goals: [
    { what: "durable holds ÷ the hot store alone", of: "durable", over: "hot", atLeast: 0.8 },
  ],
  async open() {
    const installation = await openInstallation();
    const deps = openDeps(installation);
    const durableRound = async (count: number, every: number) => {
      const { shopperOf } = await stage(installation, deps, count / every);
      const holds = openHolds(deps);
      const kinds = countKinds();
      const perSec = await callsPerSec(count, inFlight, async (nth) => {
        const isGranted = nth % every === 0;
        const shopper = shopperOf(isGranted ? nth / every : undefined);
        const seats = isGranted ? threeFrom(nth / every) : taken;
        const name = { key: String(nth), bodyHash: "" };
        kinds.note((await holds.take(shopper, name, { seats, areas: [] })).kind);
      });
      assert(kinds.of("held") === count / every, `granted: ${kinds}`);
      return perSec;
    };
    return {
      sides: [
        async () => {
          const durable = await durableRound(calls, oneIn);
          return { durable, granted: durable / oneIn };
        },
        async () => {
          const { shopperOf } = await stage(installation, deps, calls / oneIn);
          const kinds = countKinds();
          const perSec = await callsPerSec(calls, inFlight, async (nth) => {
            const isGranted = nth % oneIn === 0;
            const { sale, entryId: owner } = shopperOf(isGranted ? nth / oneIn : undefined);
            const { holdMs, maxHoldMs, seatsPerFan: limit } = sale.onSale.settings;
            const seats = isGranted ? threeFrom(nth / oneIn) : taken;
            const requestId = `${owner} ${nth}`;
            const asked = { owner, holdId: newId("hold"), requestId, holdMs, maxHoldMs, limit };
            const reply = await deps.epochs.seats(sale.performance.performanceId, (scope) =>
              deps.seats.hold(scope, { ...asked, seats, areas: [] }),
            );
            kinds.note(reply.kind);
          });
          assert(kinds.of("held") === calls / oneIn, `granted: ${kinds}`);
          return { hot: perSec };
        },
        async () => ({ allGranted: await durableRound(calls / oneIn, 1) }),
      ],
      notes: () => [
        `${inFlight} callers at once, in one process that is load generator and box office in one, without HTTP; it takes one core, Redis and PostgreSQL share the other`,
      ],
      close: () => installation.close(),
    };
  },
};

const threeFrom = (nth: number) => [3 + 3 * nth, 4 + 3 * nth, 5 + 3 * nth];

function openDeps({ postgres, redis }: Installation): HoldsDeps {
  const { catalog, lineRecords: records, seatClaims: claims, alone } = postgres;
  const log = silentLog;
  const rebuild = openRebuilder({ hot: redis.store, catalog, records, claims, alone, log });
  const epochs = openEpochs({ catalog, records, onStale: rebuild });
  const { seats, queue } = redis.store;
  return { seats, queue, claims, records, epochs, log };
}

/** A new on-sale, three seats of it taken, and as many fans in its shop as will be granted seats. */
async function stage(installation: Installation, deps: HoldsDeps, fans: number) {
  const { catalog } = installation.postgres;
  const onSale = await installation.createOnSale(0, { seatsPerFan: 4 });
  const { onSaleId } = onSale;
  const performance = await catalog.performance(onSale.performanceId);
  const plan = performance && (await catalog.plan(performance.planHash));
  assert(performance !== undefined && plan !== undefined, "the on-sale was just created");
  const sale = { onSale, performance, index: indexPlan(plan) };
  assert(sale.index.seatCount >= 3 * (fans + 1), "a seat for every fan");
  const deadline = Date.now() + 600_000;
  const admit = (nth: number) =>
    installation.postgres.lineRecords.admit({
      admissionId: `${onSaleId.slice(-16)}-${nth}`,
      onSaleId,
      entryId: newId("entry"),
      index: nth,
      position: nth,
      claimedAt: Date.now(),
      deadline,
    });
  const admissions = await Promise.all(Array.from({ length: fans + 1 }, (_, nth) => admit(nth)));
  const shoppers = admissions.map((admitted): Shopping => {
    assert(admitted.kind === "admitted", "nobody is asked who it is");
    const { entryId, admissionId } = admitted.admission;
    const session = { expiresAt: deadline, epoch: 1 };
    return { sale, onSaleId, entryId, admissionId, deadline, session };
  });
  const [first, ...rest] = shoppers;
  assert(first !== undefined, "somebody has the seats that are taken");
  await openHolds(deps).take(first, { key: "first", bodyHash: "" }, { seats: taken, areas: [] });
  // Into the hot store with the admissions, as after any rebuild.
  await deps.epochs.queue(onSaleId, (scope) => deps.queue.counts(scope));
  return {
    /** The fan who will be granted seats, or anybody else, who will not. */
    shopperOf: (nth: number | undefined): Shopping =>
      nth === undefined ? { ...first, entryId: newId("entry") } : (rest[nth] ?? first),
  };
}
