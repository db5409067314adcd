// QueueStore: from the turn into the shop and out again (Q4, Q6).

import { expect } from "bun:test";
import { newId } from "../../src/foundation/ids.ts";
import { claimWindowMs, newLine, shopMs } from "./line-under-test.ts";
import { type Case, numbers, start } from "./suite.ts";

export const queueShoppingCases: readonly Case[] = [
  {
    name: "a turn is claimed once; a repeat answers the first admission",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.withTurns(1);
      const first = { admissionId: "ad_0", deadline: start + 1 + shopMs };
      expect(await line.claim(a!, 0, start + 1)).toEqual({ kind: "claimed", ...first });
      const other = { entryId: a!, index: 0, position: 0, admissionId: "ad_other" };
      const repeat = await store.queue.claim(
        line.scope,
        { ...other, deadline: start + 2 * shopMs },
        { now: start + 2 },
      );
      expect(repeat).toEqual({ kind: "already", ...first });
      expect(await line.counts(start + 2)).toMatchObject({ turns: 0, shoppers: 1 });
    },
  },
  {
    name: "many tabs claiming at once make one admission",
    async run({ store, connections }) {
      const line = await newLine(store);
      const [a] = await line.withTurns(1);
      const claims = numbers(50).map((nth) =>
        connections[nth % connections.length]!.queue.claim(
          line.scope,
          {
            entryId: a!,
            index: 0,
            position: 0,
            admissionId: `ad_${nth}`,
            deadline: start + shopMs,
          },
          { now: start + 1 },
        ),
      );
      const replies = await Promise.all(claims);
      expect(replies.filter((reply) => reply.kind === "claimed").length).toBe(1);
      const ids = replies.map((reply) => ("admissionId" in reply ? reply.admissionId : reply.kind));
      expect(new Set(ids).size).toBe(1);
    },
  },
  {
    name: "a claim without a turn checks the entry in, and it is next",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.join(1);
      await line.tick(start, { candidates: [0] });
      expect(await line.claim(a!, 0, start + 1)).toEqual({ kind: "no-turn" });
      const offered = await line.tick(start + 2, { serving: 1 });
      expect(offered.turns).toMatchObject([{ entryId: a! }]);
      expect(await line.claim(a!, 0, start + 3)).toMatchObject({ kind: "claimed" });
    },
  },
  {
    name: "a claim by whoever the store has lost puts it back at its place",
    async run({ store }) {
      const line = await newLine(store, { nextIndex: 100, serving: 50 });
      const lost = newId("entry");
      expect(await line.claim(lost, 10, start)).toEqual({ kind: "no-turn" });
      expect(await line.counts()).toMatchObject({ waiting: 1, returned: 1 });
      const offered = await line.tick(start, { serving: 50 });
      expect(offered.turns).toMatchObject([{ entryId: lost, index: 10, position: 10 }]);
    },
  },
  {
    name: "a claim at the end of the claim window is too late, one before is not",
    async run({ store }) {
      const line = await newLine(store);
      const [a, b] = await line.withTurns(2);
      const end = start + claimWindowMs;
      expect((await line.claim(a!, 0, end - 1)).kind).toBe("claimed");
      expect((await line.claim(b!, 1, end)).kind).toBe("no-turn");
      expect(await line.counts(end)).toMatchObject({ turns: 0, returned: 1, shoppers: 1 });
    },
  },
  {
    name: "a shopper ends at the deadline, and the place is spent",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.withTurns(1);
      await line.claim(a!, 0, start);
      const end = start + shopMs;
      const standing = (now: number) => store.queue.shopper(line.scope, a!, { now });
      expect(await standing(end - 1)).toEqual({ kind: "active", deadline: end });
      expect(await standing(end)).toEqual({ kind: "ended" });
      expect(await line.counts(end)).toMatchObject({ shoppers: 0, waiting: 0 });
      expect(await line.claim(a!, 0, end + 1)).toEqual({ kind: "ended" });
    },
  },
  {
    name: "touching moves the deadline, later and earlier",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.withTurns(1);
      await line.claim(a!, 0, start);
      const touch = (deadline: number, now: number) =>
        store.queue.touch(line.scope, { entryId: a!, deadline }, { now });
      const later = start + 2 * shopMs;
      expect(await touch(later, start + 1)).toEqual({ kind: "active", deadline: later });
      expect(await line.counts(start + shopMs)).toMatchObject({ shoppers: 1 });
      const sooner = start + shopMs + 10;
      expect(await touch(sooner, start + shopMs)).toEqual({ kind: "active", deadline: sooner });
      expect(await line.counts(sooner)).toMatchObject({ shoppers: 0 });
    },
  },
  {
    name: "touching never revives an ended shopper, nor admits anybody",
    async run({ store }) {
      const line = await newLine(store);
      const [a, b] = await line.withTurns(2);
      await line.claim(a!, 0, start);
      const end = start + shopMs;
      const touch = (entryId: typeof a) =>
        store.queue.touch(line.scope, { entryId: entryId!, deadline: end + shopMs }, { now: end });
      expect(await touch(a)).toEqual({ kind: "ended" });
      expect(await touch(b)).toEqual({ kind: "ended" });
      expect(await touch(newId("entry"))).toEqual({ kind: "ended" });
      expect(await line.counts(end)).toMatchObject({ shoppers: 0 });
    },
  },
  {
    name: "an admission that the store has lost is a shopper again when PostgreSQL's is brought in",
    async run({ store }) {
      const line = await newLine(store, { nextIndex: 10, serving: 5 });
      const [lost, deadline] = [newId("entry"), start + shopMs];
      const admission = { entryId: lost, index: 3, admissionId: "ad_durable", deadline };
      for (const _ of numbers(2)) {
        const reply = await store.queue.admit(line.scope, admission, { now: start });
        expect(reply).toEqual({ kind: "active", deadline });
        expect(await line.counts()).toMatchObject({ shoppers: 1, waiting: 0, joined: 10 });
      }
      const standing = await store.queue.shopper(line.scope, lost, { now: start });
      expect(standing).toEqual({ kind: "active", deadline });
      expect(await line.claim(lost, 3, start)).toMatchObject({
        kind: "already",
        admissionId: "ad_durable",
      });
      const later = { ...admission, deadline: deadline + 1 };
      expect(await store.queue.admit(line.scope, later, { now: start })).toEqual({
        kind: "active",
        deadline: deadline + 1,
      });
    },
  },
  {
    name: "who is brought in no longer waits, is not returned and has no turn",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.withTurns(1);
      const [waiting, returned] = await line.join(2);
      await line.present([returned!], start, { from: 2 });
      await line.tick(start, { take: 0, candidates: [1, 2] });
      await line.present([returned!], start, { from: 2 });
      for (const [index, entryId] of [ids[0]!, waiting!, returned!].entries()) {
        const admission = { entryId, index, admissionId: `ad_${index}`, deadline: start + shopMs };
        await store.queue.admit(line.scope, admission, { now: start });
        const { shoppers } = await line.counts();
        expect(shoppers).toBe(index + 1);
      }
      expect(await line.counts()).toMatchObject({ waiting: 0, returned: 0, turns: 0, shoppers: 3 });
      const offered = await line.tick(start + 1, { take: 3, serving: 3 });
      expect(offered.turns).toEqual([]);
    },
  },
  {
    name: "what has ended is not brought in again, nor what is over by now",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.withTurns(1);
      await line.claim(ids[0]!, 0, start);
      await store.queue.leave(line.scope, ids[0]!);
      const admit = (entryId: (typeof ids)[number], index: number, deadline: number) => {
        const admission = { entryId, index, admissionId: `ad_${index}`, deadline };
        return store.queue.admit(line.scope, admission, { now: start });
      };
      expect(await admit(ids[0]!, 0, start + shopMs)).toEqual({ kind: "ended" });
      const late = newId("entry");
      expect(await admit(late, 5, start)).toEqual({ kind: "ended" });
      expect(await admit(late, 5, start + shopMs)).toEqual({ kind: "ended" });
      expect(await line.counts()).toMatchObject({ shoppers: 0, waiting: 0, joined: 6 });
    },
  },
  {
    name: "leaving frees the place at once, and repeating it changes nothing",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.withTurns(2);
      await line.claim(ids[0]!, 0, start);
      await line.claim(ids[1]!, 1, start);
      for (const _ of numbers(2)) {
        expect(await store.queue.leave(line.scope, ids[0]!)).toEqual({ kind: "left" });
        expect(await line.counts()).toMatchObject({ shoppers: 1 });
      }
      expect((await store.queue.shopper(line.scope, ids[0]!, { now: start })).kind).toBe("ended");
      expect(await line.claim(ids[0]!, 0, start)).toEqual({ kind: "ended" });
    },
  },
  {
    name: "of many who leave at once each leaves, and nobody else",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.withTurns(8);
      for (const [index, id] of ids.entries()) await line.claim(id, index, start);
      const leaving = ids.slice(1);
      const replies = await Promise.all(leaving.map((id) => store.queue.leave(line.scope, id)));
      expect(replies).toEqual(leaving.map(() => ({ kind: "left" })));
      expect(await line.counts()).toMatchObject({ shoppers: 1 });
      expect((await store.queue.shopper(line.scope, ids[0]!, { now: start })).kind).toBe("active");
    },
  },
  {
    name: "whoever is not in the shop cannot leave it: the place in line stays",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.join(1);
      await line.present([a!]);
      await store.queue.leave(line.scope, a!);
      const offered = await line.tick(start, { candidates: [0] });
      expect(offered.turns).toMatchObject([{ entryId: a! }]);
    },
  },
  {
    name: "restored admissions count, and nobody is admitted a second time",
    async run({ store }) {
      const [active, ended] = [newId("entry"), newId("entry")];
      const line = await newLine(store, {
        nextIndex: 10,
        serving: 5,
        admissions: [
          { entryId: active, index: 1, position: 1, admissionId: "ad_a", deadline: start + shopMs },
          { entryId: ended, index: 2, position: 2, admissionId: "ad_b", deadline: undefined },
        ],
      });
      expect(await line.counts()).toMatchObject({ shoppers: 1, waiting: 0, joined: 10 });
      expect(await line.claim(active, 1, start)).toMatchObject({
        kind: "already",
        admissionId: "ad_a",
      });
      expect(await line.claim(ended, 2, start)).toEqual({ kind: "ended" });
      expect(await line.present([active], start, { from: 1 })).toEqual(["admitted"]);
      expect(await line.counts(start + shopMs)).toMatchObject({ shoppers: 0, waiting: 0 });
    },
  },
  {
    name: "turns and shoppers together never exceed what was asked for",
    async run({ store }) {
      const line = await newLine(store);
      const ids = await line.join(30);
      let serving = 0;
      let given = 0;
      for (const round of numbers(12)) {
        const now = start + round * (claimWindowMs / 2);
        await line.present(ids, now);
        const before = await line.counts(now);
        const busy = (before.turns as number) + (before.shoppers as number);
        const offered = await line.tick(now, {
          take: Math.max(0, 4 - busy),
          serving,
          candidates: numbers(30 - serving, serving),
        });
        serving = offered.serving;
        given += offered.turns.length;
        expect(offered.counts.turns + offered.counts.shoppers).toBeLessThanOrEqual(4);
        const [first] = offered.turns;
        if (first !== undefined && round % 2 === 0) {
          await line.claim(first.entryId, first.index, now + 1);
        }
      }
      expect(given).toBeGreaterThan(8);
    },
  },
];
