// Broken hot stores: a sound one with one fault each, of the kind that a hurried adapter has. The
// suites must fail on every one of them (sabotage.test.ts); a suite that lets one pass proves nothing.

import type { HotStore } from "../../src/ports/hot-store.ts";
import type { QueueStore } from "../../src/ports/queue-store.ts";
import type { SeatStore, SeatTruth } from "../../src/ports/seat-store.ts";
import { lookOf } from "./seats-under-test.ts";

export type Sabotage = {
  name: string;
  breaks: "queue" | "seats" | "notices";
  /** A case that must be among those that fail. */
  caughtBy: string;
  spoil(store: HotStore): HotStore;
};

const withQueue = (store: HotStore, change: Partial<QueueStore>): HotStore => ({
  ...store,
  queue: { ...store.queue, ...change },
});
const withSeats = (store: HotStore, change: Partial<SeatStore>): HotStore => ({
  ...store,
  seats: { ...store.seats, ...change },
});
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** Looks at the map, waits, then writes whatever has happened since. */
function checkThenWrite(store: HotStore): HotStore {
  return withSeats(store, {
    async hold(scope, request, options) {
      const map = await store.seats.availability(scope, options);
      if (map.kind === "stale-epoch" || request.seats.some((seat) => seat >= map.seatCount)) {
        return store.seats.hold(scope, request, options);
      }
      const free = request.seats.every((seat) => lookOf(map.bits, seat) === 0);
      if (!free || request.areas !== undefined) return store.seats.hold(scope, request, options);
      await pause();
      const now = options?.now ?? Date.now();
      const { owner, holdId } = request;
      const span = { heldAt: now, deadline: now + request.holdMs };
      const truths = request.seats.map(
        (seat): SeatTruth => ({ seat, state: "held", fence: 0, owner, holdId, ...span }),
      );
      await store.seats.apply(scope, truths);
      const hold = { owner, holdId, seats: [...request.seats], ...span };
      return { kind: "held", hold, added: [...request.seats] };
    },
  });
}

/** Every truth looks newer than the last, whatever its fence. */
function withoutFence(store: HotStore): HotStore {
  let fence = 1_000;
  return withSeats(store, {
    apply: (scope, truths) =>
      store.seats.apply(
        scope,
        truths.map((truth) => ({ ...truth, fence: ++fence })),
      ),
  });
}

function losingNotices(store: HotStore): HotStore {
  let nth = 0;
  return {
    ...store,
    notices: {
      ...store.notices,
      publish: (notice) => store.notices.publish(notice),
      subscribe: (topic, onNotice) =>
        store.notices.subscribe(topic, (notice) => {
          if (++nth % 3 !== 0) onNotice(notice);
        }),
    },
  };
}

/** Takes a missing epoch for an empty line and empty seats. */
function absenceMeansFree(store: HotStore): HotStore {
  const empty = { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] };
  return {
    ...store,
    queue: {
      ...store.queue,
      async join(scope, requests, options) {
        const reply = await store.queue.join(scope, requests, options);
        if (reply.kind !== "stale-epoch") return reply;
        await store.queue.restore(scope, empty);
        return store.queue.join(scope, requests, options);
      },
    },
    seats: {
      ...store.seats,
      async hold(scope, request, options) {
        const reply = await store.seats.hold(scope, request, options);
        if (reply.kind !== "stale-epoch") return reply;
        await store.seats.restore(scope, { seatCount: 10, claims: [] });
        return store.seats.hold(scope, request, options);
      },
    },
  };
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

let fresh = 0;
/** Forgets what it answered to a request id. */
function forgetful(store: HotStore): HotStore {
  return withSeats(store, {
    hold: (scope, request, options) =>
      store.seats.hold(scope, { ...request, requestId: `fresh_${++fresh}` }, options),
  });
}

/** Takes what it can get of the seats asked for. */
function halfHolds(store: HotStore): HotStore {
  return withSeats(store, {
    async hold(scope, request, options) {
      const reply = await store.seats.hold(scope, request, options);
      if (reply.kind !== "taken" || reply.seats.length === request.seats.length) return reply;
      const rest = request.seats.filter((seat) => !reply.seats.includes(seat));
      const again = { ...request, requestId: `fresh_${++fresh}`, seats: rest };
      return store.seats.hold(scope, again, options);
    },
  });
}

/** One fan's deadline is everybody's: the sweeper alone frees seats, a second late. */
function lateExpiry(store: HotStore): HotStore {
  return withSeats(store, {
    availability: (scope, options) =>
      store.seats.availability(scope, { now: (options?.now ?? Date.now()) - 1_000 }),
  });
}

function earlyExpiry(store: HotStore): HotStore {
  return withSeats(store, {
    hold: (scope, request, options) =>
      store.seats.hold(scope, request, { now: (options?.now ?? Date.now()) + 1 }),
  });
}

function limitPerRequest(store: HotStore): HotStore {
  return withSeats(store, {
    hold: (scope, request, options) =>
      store.seats.hold(
        scope,
        { ...request, limit: request.seats.length > request.limit ? 0 : 1_000 },
        options,
      ),
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

export const sabotages: readonly Sabotage[] = [
  {
    name: "check, await, then write",
    breaks: "seats",
    caughtBy: "of many who want the same seats at once, one gets them, and all of them",
    spoil: checkThenWrite,
  },
  {
    name: "no fence check in apply",
    breaks: "seats",
    caughtBy: "an older fence never overwrites a newer one",
    spoil: withoutFence,
  },
  {
    name: "a lost notice",
    breaks: "notices",
    caughtBy: "where nothing goes wrong each notice follows on the one before, up to the snapshot",
    spoil: losingNotices,
  },
  {
    name: "absence means free, in the line",
    breaks: "queue",
    caughtBy: "a line that was never restored answers stale-epoch to every call",
    spoil: absenceMeansFree,
  },
  {
    name: "absence means free, for seats",
    breaks: "seats",
    caughtBy: "seats that were never restored answer stale-epoch to every call",
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
    name: "a request that is repeated takes effect twice",
    breaks: "seats",
    caughtBy: "repeating a request gives the same reply and no second effect",
    spoil: forgetful,
  },
  {
    name: "half a hold",
    breaks: "seats",
    caughtBy: "all or none: one seat of another refuses the whole request, and names it",
    spoil: halfHolds,
  },
  {
    name: "an expired hold stays on the map",
    breaks: "seats",
    caughtBy: "[S12] a hold ends at its deadline, not before, for everybody and without a sweeper",
    spoil: lateExpiry,
  },
  {
    name: "a hold ends before its deadline",
    breaks: "seats",
    caughtBy: "[S12] a hold ends at its deadline, not before, for everybody and without a sweeper",
    spoil: earlyExpiry,
  },
  {
    name: "the limit counts one request only",
    breaks: "seats",
    caughtBy: "the limit counts what the owner has, over all requests",
    spoil: limitPerRequest,
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
