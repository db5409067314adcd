// Faults with seats, and with the notices about them.

import type { HotStore } from "../../../src/ports/hot-store.ts";
import type { SeatTruth } from "../../../src/ports/seat-store.ts";
import { lookOf } from "../seats-under-test.ts";
import { pause, type Sabotage, withSeats } from "./sabotage.ts";

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

/** Takes a missing epoch for empty seats. */
function absenceMeansFree(store: HotStore): HotStore {
  return withSeats(store, {
    async hold(scope, request, options) {
      const reply = await store.seats.hold(scope, request, options);
      if (reply.kind !== "stale-epoch") return reply;
      await store.seats.restore(scope, { seatCount: 10, claims: [] });
      return store.seats.hold(scope, request, options);
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

export const seatSabotages: readonly Sabotage[] = [
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
    name: "absence means free, for seats",
    breaks: "seats",
    caughtBy: "seats that were never restored answer stale-epoch to every call",
    spoil: absenceMeansFree,
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
];
