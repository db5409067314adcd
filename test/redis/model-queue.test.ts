// Whatever fans, pacers and rebuilders do to a line, in any order: Redis answers as the in-process
// store does, call by call, and both end in the same state.
//
// Instants are whole seconds and positions differ, so that no two things are due or next at once:
// which of two equals comes first is not the port's to say.

import { test } from "bun:test";
import fc from "fast-check";
import { type EntryId, newId } from "../../src/foundation/ids.ts";
import type { CheckIn, OfferTurnsReply } from "../../src/ports/queue-store.ts";
import { start } from "../conformance/suite.ts";
import { type Both, openBoth } from "./side-by-side.ts";

const runs = Number(process.env["USHER_MODEL_RUNS"] ?? 60);
const people = 12;
const cohort = 17;
/** A permutation of [0, cohort) and its inverse, as a draw would have it. */
const positionOf = (index: number) => (index < cohort ? (index * 5 + 3) % cohort : index);
const indexOf = (position: number) =>
  position < cohort ? ((position - 3 + cohort) * 7) % cohort : position;

/** Some have one place, some two or three. */
const identityOf = (nth: number) => ({ key: `person-${nth}`, places: 1 + (nth % 3) });

const person = fc.nat(people - 1);
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("join" as const),
      who: fc.array(person, { maxLength: 4 }),
      identities: fc.array(fc.nat(8), { minLength: 4, maxLength: 4 }),
      mark: fc.nat(30),
      share: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("check-in" as const),
      who: fc.array(person, { maxLength: 4 }),
      lie: fc.nat(60),
      presence: fc.integer({ min: 1, max: 9 }),
      isDrawn: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("tick" as const),
      take: fc.nat(4),
      behind: fc.integer({ min: -1, max: 4 }),
      fence: fc.nat(6),
      repeats: fc.boolean(),
      many: fc.nat(6),
      window: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("claim" as const),
      who: person,
      shop: fc.integer({ min: -1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("admit" as const),
      who: person,
      shop: fc.integer({ min: -1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("touch" as const),
      who: person,
      shop: fc.integer({ min: -1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("leave" as const), who: person }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("look" as const), who: person }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("restore" as const),
      epoch: fc.integer({ min: -1, max: 1 }),
      next: fc.nat(20),
      serving: fc.nat(10),
      admitted: fc.uniqueArray(person, { maxLength: 3 }),
    }),
  },
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;
type Play = {
  both: Both;
  ids: EntryId[];
  scope: { onSaleId: ReturnType<typeof newId<"on-sale">>; epoch: number };
  known: Map<EntryId, number>;
  serving: number;
  now: number;
  nth: number;
};

async function obey(play: Play, one: Command): Promise<void> {
  const { both, ids, scope, known } = play;
  const now = { now: play.now };
  const id = (who: number) => ids[who]!;
  // The index that the store has, which a join at mark 0 tells without writing; else the last heard.
  const index = async (who: number) => {
    const reply = await both.call("join at mark 0", ({ queue }) =>
      queue.join(scope, [{ entryId: id(who) }], { ...now, highWaterMark: 0 }),
    );
    const place = reply.kind === "ok" ? reply.replies[0] : undefined;
    return place?.kind === "known" ? place.index : (known.get(id(who)) ?? who);
  };
  switch (one.do) {
    case "join": {
      const requests = one.who.map((who, nth) => {
        const identity = one.identities[nth]!;
        return {
          entryId: id(who),
          ...(identity < 5 ? { identity: identityOf(identity) } : {}),
          ...(who % 3 > 0 ? { network: `network-${who % 3}` } : {}),
        };
      });
      const reply = await both.call("join", ({ queue }) =>
        queue.join(scope, requests, {
          ...now,
          highWaterMark: one.mark,
          ...(one.share && {
            networkShare: { joins: one.share, spanMs: 5_000 },
            entryShare: { asks: one.share, spanMs: 3_000 },
          }),
        }),
      );
      if (reply.kind !== "ok") return;
      for (const place of reply.replies) {
        if ("index" in place) known.set(place.entryId, place.index);
      }
      return;
    }
    case "check-in": {
      const entries: CheckIn[] = [];
      for (const [nth, who] of one.who.entries()) {
        // Now and then a token of before a wipe, or somebody else's.
        const isLie = one.lie < 15 && nth === 0;
        const shown = isLie ? one.lie : await index(who);
        const position = isLie ? 1_000 + play.nth : positionOf(shown);
        entries.push({
          entryId: id(who),
          index: shown,
          position: one.isDrawn ? position : undefined,
        });
      }
      await both.call("check-in", ({ queue }) =>
        queue.checkIn(scope, entries, { ...now, presenceMs: one.presence * 1_000 }),
      );
      return;
    }
    case "tick": {
      const serving = Math.max(0, play.serving - one.behind + (one.behind > 1 ? one.behind : 0));
      const candidates = Array.from({ length: one.many }, (_, nth) => indexOf(serving + nth));
      const reply: OfferTurnsReply = await both.call("tick", ({ queue }) =>
        queue.offerTurns(
          scope,
          {
            ...(one.repeats ? { requestId: `tick-${one.take}` } : {}),
            leaderFence: one.fence,
            take: one.take,
            serving,
            candidates,
            claimWindowMs: one.window * 1_000,
          },
          now,
        ),
      );
      if (reply.kind === "offered") play.serving = reply.serving;
      return;
    }
    case "claim": {
      const shown = await index(one.who);
      const claim = {
        entryId: id(one.who),
        index: shown,
        position: positionOf(shown),
        admissionId: `ad_${play.nth}`,
        deadline: play.now + one.shop * 1_000,
      };
      await both.call("claim", ({ queue }) =>
        queue.claim(scope, claim, { ...now, presenceMs: 3_000 }),
      );
      return;
    }
    case "admit": {
      const deadline = play.now + one.shop * 1_000;
      const admission = { entryId: id(one.who), index: await index(one.who), deadline };
      await both.call("admit", ({ queue }) =>
        queue.admit(scope, { ...admission, admissionId: `ad_${play.nth}` }, now),
      );
      return;
    }
    case "touch": {
      const deadline = play.now + one.shop * 1_000;
      await both.call("touch", ({ queue }) =>
        queue.touch(scope, { entryId: id(one.who), deadline }, now),
      );
      return;
    }
    case "leave":
      await both.call("leave", ({ queue }) => queue.leave(scope, id(one.who)));
      return;
    case "look":
      await look(play, one.who);
      return;
    case "restore": {
      const epoch = scope.epoch + one.epoch;
      const truth = {
        serving: one.serving,
        nextIndex: one.next,
        leaderFence: 0,
        admissions: one.admitted.map((who) => ({
          entryId: id(who),
          index: who,
          position: positionOf(who),
          admissionId: `ad_restored_${who}`,
          deadline: who % 2 === 0 ? play.now + who * 1_000 : undefined,
          ...(who < 5 && { identity: { ...identityOf(who), use: 1 + (who % 2) } }),
        })),
      };
      await both.call("restore", ({ queue }) =>
        queue.restore({ ...scope, epoch: Math.max(0, epoch) }, truth),
      );
      // A caller that has not heard of a new epoch yet is stale for a while.
      if (one.epoch === 1 && one.next % 3 !== 0) scope.epoch = epoch;
      return;
    }
  }
}

async function look({ both, scope, ids, now }: Play, who: number): Promise<void> {
  await both.call("counts", ({ queue }) => queue.counts(scope, { now }));
  await both.call("shopper", ({ queue }) => queue.shopper(scope, ids[who]!, { now }));
}

test(`${runs} random plays: a line on Redis is a line in process`, async () => {
  const both = await openBoth();
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(command, fc.nat(3)), { minLength: 10, maxLength: 60 }),
        async (commands) => {
          const scope = { onSaleId: newId("on-sale"), epoch: 1 };
          const ids = Array.from({ length: people }, () => newId("entry"));
          const play: Play = { both, ids, scope, known: new Map(), serving: 0, now: start, nth: 0 };
          const empty = { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] };
          await both.call("restore", ({ queue }) => queue.restore({ ...scope }, empty));
          for (const [one, seconds] of commands) {
            play.now += seconds * 1_000;
            play.nth++;
            await obey(play, one);
          }
          // The final state, as far as the port shows it: everyone's standing, then what a tick does.
          for (let who = 0; who < people; who++) await look(play, who);
          await obey(play, {
            do: "check-in",
            who: ids.map((_, who) => who),
            lie: 60,
            presence: 9,
            isDrawn: true,
          });
          await obey(play, {
            do: "tick",
            take: 4,
            behind: 0,
            fence: 9,
            repeats: false,
            many: 6,
            window: 5,
          });
          for (let who = 0; who < people; who++) await obey(play, { do: "claim", who, shop: 5 });
          await look(play, 0);
        },
      ),
      { numRuns: runs },
    );
  } finally {
    await both.close();
  }
}, 60_000);
