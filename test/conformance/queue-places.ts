// QueueStore: handing out places and knowing who is there (Q1, Q2, absence never means free).

import { expect } from "bun:test";
import { newId } from "../../src/foundation/ids.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import type {
  JoinOptions,
  JoinReply,
  JoinRequest,
  QueueScope,
} from "../../src/ports/queue-store.ts";
import { emptyLine, mark, newLine, presenceMs, shopMs } from "./line-under-test.ts";
import { type Case, entryIds, numbers, only, start } from "./suite.ts";

const joining = { highWaterMark: mark, now: start };

async function join(
  { queue }: HotStore,
  scope: QueueScope,
  requests: JoinRequest[],
  options: JoinOptions,
): Promise<JoinReply[]> {
  return only(await queue.join(scope, requests, options), "ok").replies;
}

export const queuePlacesCases: readonly Case[] = [
  {
    name: "a line that was never restored answers stale-epoch to every call",
    async run({ store: { queue } }) {
      const scope = { onSaleId: newId("on-sale"), epoch: 1 };
      const [entryId] = entryIds(1) as [ReturnType<typeof newId<"entry">>];
      const place = { entryId, index: 0, position: 0 };
      const stale = { kind: "stale-epoch" as const };
      const offer = { leaderFence: 1, take: 1, serving: 0, candidates: [0], claimWindowMs: 1 };
      const claim = { ...place, admissionId: "ad", deadline: start + 1 };
      expect(await queue.join(scope, [{ entryId }], joining)).toEqual(stale);
      expect(await queue.checkIn(scope, [place], { presenceMs, now: start })).toEqual(stale);
      expect(await queue.offerTurns(scope, offer, { now: start })).toEqual(stale);
      expect(await queue.claim(scope, claim, { now: start })).toEqual(stale);
      expect(await queue.admit(scope, claim, { now: start })).toEqual(stale);
      expect(await queue.touch(scope, claim, { now: start })).toEqual(stale);
      expect(await queue.shopper(scope, entryId, { now: start })).toEqual(stale);
      expect(await queue.leave(scope, entryId)).toEqual(stale);
      expect(await queue.counts(scope, { now: start })).toEqual(stale);
    },
  },
  {
    name: "a call with another epoch, older or newer, writes nothing",
    async run({ store }) {
      const line = await newLine(store);
      for (const epoch of [0, 2]) {
        const other = { ...line.scope, epoch };
        const [entryId] = entryIds(1);
        const reply = await store.queue.join(other, [{ entryId: entryId! }], joining);
        expect(reply.kind).toBe("stale-epoch");
      }
      expect(await line.counts()).toMatchObject({ joined: 0, waiting: 0 });
    },
  },
  {
    name: "places are handed out in the order of the list",
    async run({ store }) {
      const line = await newLine(store);
      const ids = entryIds(5);
      const requests = ids.map((entryId) => ({ entryId }));
      const reply = only(await store.queue.join(line.scope, requests, joining), "ok");
      expect(reply.replies).toEqual(
        ids.map((entryId, index) => ({ kind: "joined", entryId, index })),
      );
      expect(await line.counts()).toMatchObject({ joined: 5, waiting: 5 });
    },
  },
  {
    name: "the same entry gets the same place, within a call and later",
    async run({ store }) {
      const line = await newLine(store);
      const [a, b] = entryIds(2);
      const twice = [{ entryId: a! }, { entryId: a! }, { entryId: b! }];
      const first = only(await store.queue.join(line.scope, twice, joining), "ok").replies;
      expect(first.map((one) => one.kind)).toEqual(["joined", "known", "joined"]);
      const again = only(await store.queue.join(line.scope, [{ entryId: b! }], joining), "ok");
      expect(again.replies).toEqual([{ kind: "known", entryId: b!, index: 1 }]);
    },
  },
  {
    name: "the same identity gets the first entry's place",
    async run({ store }) {
      const line = await newLine(store);
      const [a, b, c] = entryIds(3);
      const requests = [
        { entryId: a!, identity: { key: "one", places: 1 } },
        { entryId: b!, identity: { key: "two", places: 1 } },
        { entryId: c!, identity: { key: "one", places: 1 } },
      ];
      const reply = only(await store.queue.join(line.scope, requests, joining), "ok");
      expect(reply.replies[2]).toEqual({ kind: "known", entryId: a!, index: 0 });
      expect(await line.counts()).toMatchObject({ joined: 2, waiting: 2 });
    },
  },
  {
    name: "an identity with several places gets so many, one for each entry, and no more",
    async run({ store, connections }) {
      const line = await newLine(store);
      const identity = { key: "club", places: 3 };
      const ids = entryIds(6);
      const ask = async (entries: typeof ids, queue = store.queue) => {
        const requests = entries.map((entryId) => ({ entryId, identity }));
        return only(await queue.join(line.scope, requests, joining), "ok").replies;
      };
      const [a, b, ...rest] = ids;
      const first = await ask([a!, a!, b!]);
      expect(first.map((one) => one.kind)).toEqual(["joined", "known", "joined"]);
      const rush = await Promise.all(
        rest.map((entryId, nth) => ask([entryId], connections[nth % connections.length]!.queue)),
      );
      const kinds = rush.flat().map((one) => one.kind);
      expect(kinds.sort()).toEqual(["identity-full", "identity-full", "identity-full", "joined"]);
      // Who has a place keeps it, and an index was used for none of the refused.
      expect(await ask([b!])).toEqual([{ kind: "known", entryId: b!, index: 1 }]);
      expect(await line.counts()).toMatchObject({ joined: 3, waiting: 3 });
    },
  },
  {
    name: "a rebuilt line knows the identities of everyone admitted",
    async run({ store }) {
      const [a, b, c, d, e] = entryIds(5);
      const admission = (entryId: typeof a, index: number) => ({
        entryId: entryId!,
        index,
        position: index,
        admissionId: `ad_${index}`,
        deadline: index === 0 ? undefined : start + shopMs,
      });
      const club = { key: "club", places: 3 };
      const line = await newLine(store, {
        nextIndex: 100,
        admissions: [
          { ...admission(a, 0), identity: { key: "fan", places: 1, use: 1 } },
          { ...admission(b, 1), identity: { ...club, use: 2 } },
          { ...admission(c, 2), identity: { ...club, use: 1 } },
        ],
      });
      const requests = [
        { entryId: d!, identity: { key: "fan", places: 1 } },
        { entryId: d!, identity: club },
        { entryId: e!, identity: club },
      ];
      expect(await join(store, line.scope, requests, joining)).toMatchObject([
        { kind: "known", entryId: a!, index: 0 },
        { kind: "joined", index: 100 },
        { kind: "identity-full" },
      ]);
    },
  },
  {
    name: "a network gets its share of new places in a span, and the next share in the next one",
    async run({ store }) {
      const line = await newLine(store);
      const ids = entryIds(7);
      const ask = (whom: number[], network: string, now: number) =>
        join(
          store,
          line.scope,
          whom.map((nth) => ({ entryId: ids[nth]!, network })),
          { ...joining, now, networkShare: { joins: 2, spanMs: 1_000 } },
        );
      const kinds = async (...asked: Parameters<typeof ask>) =>
        (await ask(...asked)).map((one) => one.kind);
      // A call without requests begins no span.
      await ask([], "office", start - 500);
      expect(await kinds([0, 1, 2], "office", start)).toEqual(["joined", "joined", "network-full"]);
      // Who has a place is answered, and counts for nothing; another network has a share of its own.
      expect(await kinds([0, 2], "office", start)).toEqual(["known", "network-full"]);
      expect(await kinds([3], "home", start + 400)).toEqual(["joined"]);
      expect(await ask([2], "office", start + 400)).toEqual([
        { kind: "network-full", retryMs: 600 },
      ]);
      expect(await kinds([2, 4, 5], "office", start + 1_000)).toEqual([
        "joined",
        "joined",
        "network-full",
      ]);
      const uncounted = [{ entryId: ids[5]!, network: "office" }, { entryId: ids[6]! }];
      expect(await join(store, line.scope, uncounted, joining)).toMatchObject([
        { kind: "joined", index: 5 },
        { kind: "joined", index: 6 },
      ]);
    },
  },
  {
    name: "an entry is answered so often in a span, joining and claiming together, at whatever process",
    async run({ store, connections }) {
      const line = await newLine(store);
      const [a, b] = entryIds(2);
      const entryShare = { asks: 3, spanMs: 1_000 };
      const ask = (entryId: typeof a, now: number, nth = 0) =>
        join(connections[nth]!, line.scope, [{ entryId: entryId! }], {
          ...joining,
          now,
          entryShare,
        });
      const claimAt = (now: number) =>
        store.queue.claim(
          line.scope,
          { entryId: a!, index: 0, position: 0, admissionId: "ad", deadline: now + shopMs },
          { now, entryShare },
        );
      // The first join is a place and no repeat.
      expect(await ask(a, start)).toMatchObject([{ kind: "joined" }]);
      expect(await ask(a, start, 1)).toMatchObject([{ kind: "known" }]);
      expect(await ask(a, start + 100, 2)).toMatchObject([{ kind: "known" }]);
      expect(await claimAt(start + 200)).toEqual({ kind: "no-turn" });
      expect(await claimAt(start + 300)).toEqual({ kind: "asked-too-often", retryMs: 700 });
      expect(await ask(a, start + 400, 3)).toEqual([{ kind: "asked-too-often", retryMs: 600 }]);
      // Another entry is not counted with it, and the next span begins anew; the place is kept.
      expect(await ask(b, start + 400)).toMatchObject([{ kind: "joined", index: 1 }]);
      expect(await ask(a, start + 1_000)).toMatchObject([{ kind: "known", index: 0 }]);
    },
  },
  {
    name: "no place at or above the high-water mark, and no gap once it is raised",
    async run({ store }) {
      const line = await newLine(store);
      const ids = entryIds(4);
      const ask = (highWaterMark: number) =>
        store.queue.join(
          line.scope,
          ids.map((entryId) => ({ entryId })),
          { highWaterMark, now: start },
        );
      const kinds = only(await ask(2), "ok").replies.map((one) => one.kind);
      expect(kinds).toEqual(["joined", "joined", "mark-reached", "mark-reached"]);
      const after = only(await ask(10), "ok").replies;
      expect(after.map((one) => one.kind)).toEqual(["known", "known", "joined", "joined"]);
      expect(after.map((one) => ("index" in one ? one.index : -1))).toEqual([0, 1, 2, 3]);
    },
  },
  {
    name: "joins from many callers at once get one index each, none twice",
    async run({ store, connections }) {
      const line = await newLine(store);
      const joins = entryIds(400).map(async (entryId, nth) => {
        const { queue } = connections[nth % connections.length]!;
        const [reply] = only(await queue.join(line.scope, [{ entryId }], joining), "ok").replies;
        return only(reply!, "joined").index;
      });
      const indexes = (await Promise.all(joins)).sort((a, b) => a - b);
      expect(indexes).toEqual(numbers(400));
    },
  },
  {
    name: "one entry joining from many tabs at once gets one place",
    async run({ store, connections }) {
      const line = await newLine(store);
      const [entryId] = entryIds(1);
      const joins = numbers(50).map(async (nth) => {
        const { queue } = connections[nth % connections.length]!;
        return only(await queue.join(line.scope, [{ entryId: entryId! }], joining), "ok")
          .replies[0]!;
      });
      const replies = await Promise.all(joins);
      expect(replies.filter((one) => one.kind === "joined").length).toBe(1);
      expect(new Set(replies.map((one) => only(one, one.kind as "known").index))).toEqual(
        new Set([0]),
      );
      expect(await line.counts()).toMatchObject({ joined: 1, waiting: 1 });
    },
  },
  {
    name: "a restore replaces the line, and its allocator starts where it is told",
    async run({ store }) {
      const line = await newLine(store);
      await line.join(3);
      const next = { ...line.scope, epoch: 2 };
      await store.queue.restore(next, { ...emptyLine, nextIndex: 1_000, serving: 2 });
      const stale = await store.queue.counts(line.scope, { now: start });
      expect(stale.kind).toBe("stale-epoch");
      const [entryId] = entryIds(1);
      const reply = await store.queue.join(next, [{ entryId: entryId! }], joining);
      expect(only(reply, "ok").replies).toEqual([
        { kind: "joined", entryId: entryId!, index: 1_000 },
      ]);
      const counts = await store.queue.counts(next, { now: start });
      expect(counts).toMatchObject({ joined: 1_001, waiting: 1 });
    },
  },
  {
    name: "a restore that is repeated, or belated, undoes nothing",
    async run({ store }) {
      const line = await newLine(store);
      await line.join(3);
      await store.queue.restore(line.scope, emptyLine);
      await store.queue.restore({ ...line.scope, epoch: 0 }, emptyLine);
      expect(await line.counts()).toMatchObject({ joined: 3, waiting: 3 });
    },
  },
  {
    name: "whoever the store has lost is put back at the index of the token",
    async run({ store }) {
      const line = await newLine(store, { nextIndex: 100 });
      const [lost] = entryIds(1);
      expect(await line.present([lost!], start, { from: 7 })).toEqual(["waiting"]);
      const known = await store.queue.join(line.scope, [{ entryId: lost! }], joining);
      expect(only(known, "ok").replies).toEqual([{ kind: "known", entryId: lost!, index: 7 }]);
      expect(await line.counts()).toMatchObject({ joined: 100, waiting: 1 });
    },
  },
  {
    name: "an index that a token showed is never handed out again",
    async run({ store }) {
      const line = await newLine(store);
      await line.present(entryIds(1), start, { from: 5 });
      const [entryId] = entryIds(1);
      const reply = only(
        await store.queue.join(line.scope, [{ entryId: entryId! }], joining),
        "ok",
      );
      expect(only(reply.replies[0]!, "joined").index).toBe(6);
    },
  },
  {
    name: "whoever joined anew after a wipe gets the earlier place back by its token",
    async run({ store }) {
      const line = await newLine(store, { nextIndex: 100 });
      const [entryId] = await line.join(1);
      await line.present([entryId!], start, { from: 4 });
      const again = only(
        await store.queue.join(line.scope, [{ entryId: entryId! }], joining),
        "ok",
      );
      expect(again.replies).toEqual([{ kind: "known", entryId: entryId!, index: 4 }]);
      const offered = await line.tick(start, { serving: 4, candidates: [4], take: 5 });
      expect(offered.turns.map((turn) => turn.index)).toEqual([4]);
    },
  },
  {
    name: "a token with another entry's index takes nothing from that entry",
    async run({ store }) {
      const line = await newLine(store);
      const [rightful] = await line.join(1);
      const [stranger] = entryIds(1);
      expect(await line.present([stranger!])).toEqual(["waiting"]);
      await line.present([rightful!]);
      const offered = await line.tick(start, { candidates: [0], take: 5 });
      expect(offered.turns.map((turn) => turn.entryId)).toEqual([rightful!]);
    },
  },
  {
    name: "a check-in says where the entry stands, through its whole way",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.join(2);
      expect(await line.present([a!])).toEqual(["waiting"]);
      await line.tick(start, { candidates: [0] });
      const turn = await store.queue.checkIn(line.scope, [{ entryId: a!, index: 0, position: 0 }], {
        presenceMs,
        now: start + 1,
      });
      expect(only(turn, "ok").replies[0]).toMatchObject({ kind: "turn" });
      await line.claim(a!, 0, start + 2);
      expect(await line.present([a!], start + 3)).toEqual(["admitted"]);
      expect(await line.present([a!], start + 2 + shopMs)).toEqual(["ended"]);
    },
  },
  {
    name: "before the draw a check-in without a position keeps the entry waiting",
    async run({ store }) {
      const line = await newLine(store);
      const [a] = await line.join(1);
      const entry = { entryId: a!, index: 0, position: undefined };
      const reply = await store.queue.checkIn(line.scope, [entry], { presenceMs, now: start });
      expect(only(reply, "ok").replies).toEqual([{ kind: "waiting" }]);
      const offered = await line.tick(start + 1, { candidates: [0] });
      expect(offered.turns).toMatchObject([{ entryId: a!, position: 0 }]);
    },
  },
];
