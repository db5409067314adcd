// Whatever fans, the sweeper, PostgreSQL's word and rebuilders do to the seats of a performance, in
// any order: Redis answers as the in-process store does, and both end in the same state.
//
// Deadlines differ by construction, so that no two holds expire at once: which of two equals is told
// first is not the port's to say.

import { test } from "bun:test";
import fc from "fast-check";
import { isFault } from "../../src/foundation/fault.ts";
import { type EntryId, type HoldId, newId } from "../../src/foundation/ids.ts";
import type { HoldRequest, SeatState, SeatTruth } from "../../src/ports/seat-store.ts";
import { start } from "../conformance/suite.ts";
import { type Both, openBoth } from "./side-by-side.ts";

const runs = Number(process.env["USHER_MODEL_RUNS"] ?? 60);
const seatCount = 14;
const fans = 5;

const fan = fc.nat(fans - 1);
const seat = fc.nat(seatCount - 1);
const nthHold = fc.nat(1);
const seconds = fc.integer({ min: 1, max: 9 });
const truth = fc.record({
  seat,
  state: fc.constantFrom<SeatState>("free", "held", "paying", "sold", "withheld"),
  fence: fc.nat(5),
  who: fan,
  nthHold,
  seconds,
  knowsStart: fc.boolean(),
  hasOwner: fc.boolean(),
});
const wished = fc.record({
  who: fan,
  nthHold,
  seats: fc.array(fc.nat(seatCount), { maxLength: 4 }),
  area: fc.option(fc.record({ first: seat, length: fc.nat(6), count: fc.nat(3) }), {
    nil: undefined,
  }),
  seconds,
  limit: fc.integer({ min: 1, max: 6 }),
});
const command = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("hold" as const),
      wishes: fc.array(wished, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("repeat" as const), back: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("extend" as const), who: fan, nthHold, seconds }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("release" as const),
      who: fan,
      nthHold,
      seats: fc.option(fc.array(seat, { maxLength: 3 }), { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("apply" as const),
      truths: fc.array(truth, { maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("expire" as const), limit: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("look" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("restore" as const),
      epoch: fc.integer({ min: -1, max: 1 }),
      truths: fc.array(truth, { maxLength: 5 }),
      isHeard: fc.boolean(),
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Wish = typeof wished extends fc.Arbitrary<infer Value> ? Value : never;
type Truth = typeof truth extends fc.Arbitrary<infer Value> ? Value : never;
type Play = {
  both: Both;
  scope: { performanceId: ReturnType<typeof newId<"performance">>; epoch: number };
  owners: EntryId[];
  asked: HoldRequest[];
  now: number;
  nth: number;
};

const holdIdOf = (owner: EntryId, nth: number) => `hd_${owner}_${nth}` as HoldId;

function truthsOf({ owners, now, nth }: Play, truths: readonly Truth[]): SeatTruth[] {
  return truths.map((one, at) => {
    const owner = owners[one.who]!;
    const isOwned =
      one.state === "held" || one.state === "paying" || (one.state === "sold" && one.hasOwner);
    const due = now + one.seconds * 1_000 + 500 + nth + at * 97;
    return {
      seat: one.seat,
      state: one.state,
      fence: one.fence,
      ...(isOwned ? { owner, holdId: holdIdOf(owner, one.nthHold) } : {}),
      ...(one.state === "held" || (one.state === "paying" && one.hasOwner)
        ? { deadline: due }
        : {}),
      ...(isOwned && one.knowsStart ? { heldAt: now - one.seconds * 1_000 } : {}),
    };
  });
}

const codeOf = (error: unknown) => {
  if (!isFault(error)) throw error;
  return { kind: "fault", code: error.code };
};

function requestOf({ owners, nth }: Play, wish: Wish, at: number): HoldRequest[] {
  const owner = owners[wish.who]!;
  const { area } = wish;
  // A request for nothing is a fault of its own, whatever the epoch.
  if (wish.seats.length === 0 && (area?.count ?? 0) === 0) return [];
  const last = area === undefined ? 0 : Math.min(seatCount - 1, area.first + area.length);
  return [
    {
      requestId: `rq_${nth}_${at === 3 ? 2 : at}`,
      owner,
      holdId: holdIdOf(owner, wish.nthHold),
      seats: wish.seats,
      ...(area === undefined ? {} : { areas: [{ first: area.first, last, count: area.count }] }),
      // Five at once, and each with a deadline of its own.
      holdMs: wish.seconds * 1_000 + nth * 5 + at,
      maxHoldMs: 20_000 + at,
      limit: wish.limit,
    },
  ];
}

async function obey(play: Play, one: Command): Promise<void> {
  const { both, scope, owners, asked, nth } = play;
  const now = { now: play.now };
  const hold = (request: HoldRequest) =>
    both.call("hold", ({ seats }) => seats.hold(scope, request, now));
  switch (one.do) {
    case "hold": {
      // Several at once share a script call, and must stand to each other as if one by one.
      const requests = one.wishes.flatMap((wish, at) => requestOf(play, wish, at));
      asked.push(...requests);
      await both.call("holds", ({ seats }) =>
        Promise.all(requests.map((request) => seats.hold(scope, request, now).catch(codeOf))),
      );
      return;
    }
    case "repeat": {
      const request = asked.at(-1 - one.back);
      if (request !== undefined) await hold(request);
      return;
    }
    case "extend": {
      const owner = owners[one.who]!;
      const wish = {
        owner,
        holdId: holdIdOf(owner, one.nthHold),
        holdMs: one.seconds * 1_000 + nth,
        maxHoldMs: 20_000,
      };
      await both.call("extend", ({ seats }) => seats.extend(scope, wish, now));
      return;
    }
    case "release": {
      const owner = owners[one.who]!;
      const which = {
        owner,
        holdId: holdIdOf(owner, one.nthHold),
        ...(one.seats === undefined ? {} : { seats: one.seats }),
      };
      await both.call("release", ({ seats }) => seats.release(scope, which, now));
      return;
    }
    case "apply":
      await both.call("apply", ({ seats }) => seats.apply(scope, truthsOf(play, one.truths)));
      return;
    case "expire":
      await both.call("expire", ({ seats }) => seats.expire(scope, { ...now, limit: one.limit }));
      return;
    case "look":
      await look(play);
      return;
    case "restore": {
      const epoch = Math.max(0, scope.epoch + one.epoch);
      const claims = truthsOf(play, one.truths);
      await both.call("restore", ({ seats }) =>
        seats.restore({ ...scope, epoch }, { seatCount, claims }),
      );
      if (one.epoch === 1 && one.isHeard) scope.epoch = epoch;
      return;
    }
  }
}

async function look({ both, scope, owners, now }: Play): Promise<void> {
  const at = { now };
  await both.call("availability", ({ seats }) => seats.availability(scope, at));
  await both.call("counts", ({ seats }) => seats.counts(scope, at));
  for (const owner of owners)
    await both.call("hold of", ({ seats }) => seats.holdOf(scope, owner, at));
}

test(`${runs} random plays: seats on Redis are seats in process`, async () => {
  const both = await openBoth();
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(command, fc.integer({ min: 1, max: 3 })), {
          minLength: 10,
          maxLength: 60,
        }),
        async (commands) => {
          const scope = { performanceId: newId("performance"), epoch: 1 };
          const owners = Array.from({ length: fans }, () => newId("entry"));
          const play: Play = { both, scope, owners, asked: [], now: start, nth: 0 };
          await both.call("restore", ({ seats }) =>
            seats.restore({ ...scope }, { seatCount, claims: [] }),
          );
          for (const [one, passed] of commands) {
            play.now += passed * 1_000;
            play.nth++;
            await obey(play, one);
          }
          await look(play);
          play.now += 60_000;
          await obey(play, { do: "expire", limit: 100 });
          await look(play);
        },
      ),
      { numRuns: runs },
    );
  } finally {
    await both.close();
  }
}, 60_000);
