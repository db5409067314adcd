// QueueStore: the admission tick (Q4, Q7, no inversion among those present).

import { expect } from "bun:test";
import { claimWindowMs, newLine, presenceMs } from "./line-under-test.ts";
import { type Case, entryIds, numbers, only, start } from "./suite.ts";

export const queueTurnsCases: readonly Case[] = [
  {
    name: "a tick gives turns to those present, in order, and passes the absent",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.join(4);
      const here = [0, 1, 3].map((index) => ({ entryId: ids[index]!, index, position: index }));
      await store.queue.checkIn(line.scope, here, { presenceMs, now: start });
      const offered = await line.tick(start, { take: 10, candidates: [0, 1, 2, 3] });
      const claimBy = start + claimWindowMs;
      expect(offered.turns).toEqual(here.map((entry) => ({ ...entry, claimBy })));
      expect(offered.serving).toBe(4);
      expect(offered.counts).toEqual({ joined: 4, waiting: 1, returned: 0, turns: 3, shoppers: 0 });
    },
  },
  {
    name: "the draw's order counts, not the index",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.join(3);
      const drawn = [2, 0, 1];
      const here = ids.map((entryId, index) => ({
        entryId,
        index,
        position: drawn.indexOf(index),
      }));
      await store.queue.checkIn(line.scope, here, { presenceMs, now: start });
      const offered = await line.tick(start, { take: 2, candidates: drawn });
      expect(offered.turns.map(({ index, position }) => [index, position])).toEqual([
        [2, 0],
        [0, 1],
      ]);
    },
  },
  {
    name: "a tick ends with its last turn: serving is one past the last examined",
    async run({ store }) {
      const line = await newLine(store);
      await line.present(await line.join(10));
      const offered = await line.tick(start, { take: 3, candidates: numbers(10) });
      expect(offered.turns.length).toBe(3);
      expect(offered.serving).toBe(3);
      const next = await line.tick(start, { take: 3, serving: 3, candidates: numbers(7, 3) });
      expect(next.turns.map((turn) => turn.position)).toEqual([3, 4, 5]);
    },
  },
  {
    name: "presence ends after presenceMs, and not before",
    async run({ store }) {
      const line = await newLine(store);
      await line.present(await line.join(2));
      const early = await line.tick(start + presenceMs - 1, { candidates: [0] });
      expect(early.turns.length).toBe(1);
      const late = await line.tick(start + presenceMs, { serving: 1, candidates: [1] });
      expect(late.turns).toEqual([]);
      expect(late.serving).toBe(2);
    },
  },
  {
    name: "who was absent and comes back is next, by position, before the candidates",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.join(5);
      await line.present(ids.slice(4), start, { from: 4 });
      await line.tick(start, { take: 5, candidates: [0, 1, 2] });
      expect(await line.present([ids[2]!], start + 1, { from: 2 })).toEqual(["returned"]);
      expect(await line.present([ids[1]!], start + 2, { from: 1 })).toEqual(["returned"]);
      expect(await line.counts(start + 2)).toMatchObject({ returned: 2, waiting: 5 });
      const offered = await line.tick(start + 3, { take: 3, serving: 3, candidates: [3, 4] });
      expect(offered.turns.map((turn) => turn.position)).toEqual([1, 2, 4]);
    },
  },
  {
    name: "who came back and went again gets no turn, and loses no place",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.join(1);
      await line.tick(start, { candidates: [0] });
      await line.present([a!], start + 1);
      const gone = await line.tick(start + 1 + presenceMs, { take: 5, serving: 1 });
      expect(gone.turns).toEqual([]);
      expect(gone.counts).toMatchObject({ returned: 0, waiting: 1 });
      expect(await line.present([a!], start + 50_000)).toEqual(["returned"]);
      const back = await line.tick(start + 50_001, { take: 5, serving: 1 });
      expect(back.turns.map((turn) => turn.entryId)).toEqual([a!]);
    },
  },
  {
    name: "a turn lapses at its deadline, not before, and costs no place",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.withTurns(1);
      expect(await line.counts(start + claimWindowMs - 1)).toMatchObject({ turns: 1, waiting: 0 });
      const at = start + claimWindowMs;
      expect(await line.counts(at)).toMatchObject({ turns: 0, waiting: 1 });
      expect((await line.tick(at, { take: 1, serving: 1 })).turns).toEqual([]);
      expect(await line.present([a!], at + 1)).toEqual(["returned"]);
      const again = await line.tick(at + 2, { serving: 1 });
      expect(again.turns).toMatchObject([{ entryId: a!, position: 0 }]);
    },
  },
  {
    name: "a lapsed turn counts as absent until the entry checks in again",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.join(1);
      const entry = { entryId: a!, index: 0, position: 0 };
      await store.queue.checkIn(line.scope, [entry], {
        presenceMs: 10 * claimWindowMs,
        now: start,
      });
      await line.tick(start, { candidates: [0] });
      const offered = await line.tick(start + claimWindowMs, {
        take: 5,
        serving: 1,
        candidates: [0],
      });
      expect(offered.turns).toEqual([]);
    },
  },
  {
    name: "a tick that takes none only lapses what is due",
    async run({ store }) {
      const line = await newLine(store);
      await line.withTurns(2);
      const [late] = entryIds(1);
      await line.present([late!], start + claimWindowMs, { from: 2 });
      const offered = await line.tick(start + claimWindowMs, {
        take: 0,
        serving: 2,
        candidates: [2],
      });
      expect(offered).toMatchObject({ serving: 2, turns: [], counts: { turns: 0, waiting: 3 } });
    },
  },
  {
    name: "only the newest leader ticks",
    async run({ store }) {
      const line = await newLine(store, { leaderFence: 3 });
      await line.present(await line.join(1));
      const offer = { take: 1, serving: 0, candidates: [0], claimWindowMs };
      const tick = (leaderFence: number) =>
        store.queue.offerTurns(line.scope, { ...offer, leaderFence }, { now: start });
      expect(await tick(2)).toEqual({ kind: "stale-leader" });
      expect((await tick(5)).kind).toBe("offered");
      expect(await tick(4)).toEqual({ kind: "stale-leader" });
      expect((await tick(5)).kind).toBe("offered");
    },
  },
  {
    name: "a named tick that is repeated gives the same reply and no turn twice",
    async run({ store }) {
      const line = await newLine(store);
      await line.present(await line.join(6));
      const tick = { requestId: "tick-1", take: 2, candidates: numbers(6) };
      const first = await line.tick(start, tick);
      expect(await line.tick(start + 5, tick)).toEqual(first);
      expect(await line.counts(start + 5)).toMatchObject({ turns: 2, waiting: 4 });
    },
  },
  {
    name: "a pacer behind the store gets no turns and learns where serving stands",
    async run({ store }) {
      const line = await newLine(store);
      await line.present(await line.join(6));
      await line.tick(start, { take: 3, candidates: numbers(6) });
      const behind = await line.tick(start + 1, { take: 3, candidates: numbers(6) });
      expect(behind).toMatchObject({ serving: 3, turns: [], counts: { turns: 3 } });
    },
  },
  {
    name: "indexes that nobody has are passed",
    async run({ store }) {
      const line = await newLine(store, { nextIndex: 50 });
      const [a] = await line.join(1);
      await line.present([a!], start, { from: 50 });
      const offered = await line.tick(start, {
        take: 5,
        serving: 40,
        candidates: numbers(11, 40),
      });
      expect(offered.turns.map((turn) => turn.index)).toEqual([50]);
      expect(offered.serving).toBe(51);
    },
  },
  {
    name: "pacers ticking at once never give more turns than one of them asked for",
    async run({ store, connections }) {
      const line = await newLine(store);
      await line.present(await line.join(40));
      const offer = { leaderFence: 1, take: 5, serving: 0, candidates: numbers(40), claimWindowMs };
      const ticks = numbers(20).map((nth) =>
        connections[nth % connections.length]!.queue.offerTurns(line.scope, offer, { now: start }),
      );
      const turns = (await Promise.all(ticks)).flatMap((reply) => only(reply, "offered").turns);
      expect(turns.map((turn) => turn.position).sort((a, b) => a - b)).toEqual(numbers(5));
      expect(await line.counts()).toMatchObject({ turns: 5, waiting: 35 });
    },
  },
  {
    name: "an entry with a turn, in the shop or ended is not offered another",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.withTurns(3);
      await line.claim(ids[0]!, 0, start + 1);
      await line.claim(ids[1]!, 1, start + 1);
      await store.queue.leave(line.scope, ids[1]!);
      const again = await line.tick(start + 2, { take: 9, serving: 3, candidates: [0, 1, 2] });
      expect(again.turns).toEqual([]);
      expect(again.counts).toMatchObject({ turns: 1, shoppers: 1, waiting: 0 });
    },
  },
];
