// Faults with the line: places, turns, and who is in the shop.

import type { HotStore } from "../../../src/ports/hot-store.ts";
import { pause, type Sabotage, withQueue } from "./sabotage.ts";

/** Takes a missing epoch for an empty line. */
function absenceMeansFree(store: HotStore): HotStore {
  const empty = { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] };
  return withQueue(store, {
    async join(scope, requests, options) {
      const reply = await store.queue.join(scope, requests, options);
      if (reply.kind !== "stale-epoch") return reply;
      await store.queue.restore(scope, empty);
      return store.queue.join(scope, requests, options);
    },
  });
}

/** Reads the counter, waits, and hands out what it read. */
function doubleIndex(store: HotStore): HotStore {
  return withQueue(store, {
    async join(scope, requests, options) {
      const before = await store.queue.counts(scope, options);
      await pause();
      const reply = await store.queue.join(scope, requests, options);
      if (reply.kind === "stale-epoch" || before.kind === "stale-epoch") return reply;
      let next = before.joined;
      const replies = reply.replies.map((one) =>
        one.kind === "joined" ? { ...one, index: next++ } : one,
      );
      return { kind: "ok", replies };
    },
  });
}

function oneTurnTooMany(store: HotStore): HotStore {
  return withQueue(store, {
    offerTurns: (scope, request, options) =>
      store.queue.offerTurns(scope, { ...request, take: request.take + 1 }, options),
  });
}

function anyLeader(store: HotStore): HotStore {
  return withQueue(store, {
    offerTurns: (scope, request, options) =>
      store.queue.offerTurns(scope, { ...request, leaderFence: 1_000 }, options),
  });
}

/** Treats everybody as present: a closed tab gets a turn. */
function presenceForEver(store: HotStore): HotStore {
  return withQueue(store, {
    checkIn: (scope, entries, options) =>
      store.queue.checkIn(scope, entries, { ...options, presenceMs: 1e9 }),
  });
}

/** Answers a second claim with the second admission id. */
function twoAdmissions(store: HotStore): HotStore {
  return withQueue(store, {
    async claim(scope, claim, options) {
      const reply = await store.queue.claim(scope, claim, options);
      if (reply.kind !== "already") return reply;
      return { ...reply, kind: "claimed", admissionId: claim.admissionId };
    },
  });
}

function revivesShoppers(store: HotStore): HotStore {
  return withQueue(store, {
    async touch(scope, shopper, options) {
      const reply = await store.queue.touch(scope, shopper, options);
      return reply.kind === "ended" ? { kind: "active", deadline: shopper.deadline } : reply;
    },
  });
}

/** Counts nothing where an identity has more than one place. */
function identityWithoutEnd(store: HotStore): HotStore {
  return withQueue(store, {
    join: (scope, requests, options) =>
      store.queue.join(
        scope,
        requests.map(({ identity, ...request }) =>
          identity?.places === 1 ? { ...request, identity } : request,
        ),
        options,
      ),
  });
}

/** Takes whoever it does not know for somebody whose time is over. */
function admitsOnlyTheKnown(store: HotStore): HotStore {
  return withQueue(store, { admit: (...asked) => store.queue.touch(...asked) });
}

function admitsTheEnded(store: HotStore): HotStore {
  return withQueue(store, {
    async admit(scope, admission, options) {
      const reply = await store.queue.admit(scope, admission, options);
      return reply.kind === "ended" ? { kind: "active", deadline: admission.deadline } : reply;
    },
  });
}

function leavingLosesThePlace(store: HotStore): HotStore {
  const gone = new Set<string>();
  return withQueue(store, {
    async leave(scope, entryId) {
      gone.add(entryId);
      return store.queue.leave(scope, entryId);
    },
    async offerTurns(scope, request, options) {
      const reply = await store.queue.offerTurns(scope, request, options);
      if (reply.kind !== "offered") return reply;
      return { ...reply, turns: reply.turns.filter((turn) => !gone.has(turn.entryId)) };
    },
  });
}

/** A retried restore wipes what came since. */
function restoresAgain(store: HotStore): HotStore {
  const epochs = new Map<string, number>();
  const next = (id: string) => epochs.set(id, (epochs.get(id) ?? 0) + 1).get(id) as number;
  const inForce = <Scope extends { epoch: number }>(id: string, scope: Scope): Scope => ({
    ...scope,
    epoch: epochs.get(id) ?? scope.epoch,
  });
  return {
    ...store,
    queue: {
      ...store.queue,
      restore: (scope, truth) =>
        store.queue.restore({ ...scope, epoch: next(scope.onSaleId) }, truth),
      join: (scope, requests, options) =>
        store.queue.join(inForce(scope.onSaleId, scope), requests, options),
      counts: (scope, options) => store.queue.counts(inForce(scope.onSaleId, scope), options),
    },
  };
}

/** Lets a network have its share in every call. */
function forgetsNetworks(store: HotStore): HotStore {
  return withQueue(store, {
    join: (scope, requests, { networkShare: _, ...options }) =>
      store.queue.join(scope, requests, options),
  });
}

/** Lets an entry ask as often as it likes. */
function forgetsAsks(store: HotStore): HotStore {
  return withQueue(store, {
    join: (scope, requests, { entryShare: _, ...options }) =>
      store.queue.join(scope, requests, options),
  });
}

export const lineSabotages: readonly Sabotage[] = [
  {
    name: "absence means free, in the line",
    breaks: "queue",
    caughtBy: "a line that was never restored answers stale-epoch to every call",
    spoil: absenceMeansFree,
  },
  {
    name: "an index handed out twice",
    breaks: "queue",
    caughtBy: "joins from many callers at once get one index each, none twice",
    spoil: doubleIndex,
  },
  {
    name: "a network without a share",
    breaks: "queue",
    caughtBy:
      "a network gets its share of new places in a span, and the next share in the next one",
    spoil: forgetsNetworks,
  },
  {
    name: "an entry that asks without end",
    breaks: "queue",
    caughtBy:
      "an entry is answered so often in a span, joining and claiming together, at whatever process",
    spoil: forgetsAsks,
  },
  {
    name: "an identity with places without end",
    breaks: "queue",
    caughtBy: "an identity with several places gets so many, one for each entry, and no more",
    spoil: identityWithoutEnd,
  },
  {
    name: "one turn more than asked for",
    breaks: "queue",
    caughtBy: "pacers ticking at once never give more turns than one of them asked for",
    spoil: oneTurnTooMany,
  },
  {
    name: "any leader ticks",
    breaks: "queue",
    caughtBy: "only the newest leader ticks",
    spoil: anyLeader,
  },
  {
    name: "presence that never ends",
    breaks: "queue",
    caughtBy: "presence ends after presenceMs, and not before",
    spoil: presenceForEver,
  },
  {
    name: "a second admission",
    breaks: "queue",
    caughtBy: "many tabs claiming at once make one admission",
    spoil: twoAdmissions,
  },
  {
    name: "touching revives the ended",
    breaks: "queue",
    caughtBy: "touching never revives an ended shopper, nor admits anybody",
    spoil: revivesShoppers,
  },
  {
    name: "a durable admission brings nobody in",
    breaks: "queue",
    caughtBy:
      "an admission that the store has lost is a shopper again when PostgreSQL's is brought in",
    spoil: admitsOnlyTheKnown,
  },
  {
    name: "a durable admission revives the ended",
    breaks: "queue",
    caughtBy: "what has ended is not brought in again, nor what is over by now",
    spoil: admitsTheEnded,
  },
  {
    name: "leaving while waiting loses the place",
    breaks: "queue",
    caughtBy: "whoever is not in the shop cannot leave it: the place in line stays",
    spoil: leavingLosesThePlace,
  },
  {
    name: "a repeated restore wipes what came since",
    breaks: "queue",
    caughtBy: "a restore that is repeated, or belated, undoes nothing",
    spoil: restoresAgain,
  },
];
