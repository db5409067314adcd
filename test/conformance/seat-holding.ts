// SeatStore: holding, extending, giving back (all or none, S12, S14, repeating).

import { expect } from "bun:test";
import { newId } from "../../src/foundation/ids.ts";
import { holdMs, maxHoldMs, newFan, newSeats, wish } from "./seats-under-test.ts";
import { type Case, numbers, only, start } from "./suite.ts";

export const seatHoldingCases: readonly Case[] = [
  {
    name: "seats that were never restored answer stale-epoch to every call",
    async run({ store: { seats } }) {
      const scope = { performanceId: newId("performance"), epoch: 1 };
      const fan = newFan();
      const stale = { kind: "stale-epoch" as const };
      const now = { now: start };
      expect(await seats.hold(scope, { ...wish(), ...fan, seats: [0] }, now)).toEqual(stale);
      expect(await seats.extend(scope, { ...fan, holdMs, maxHoldMs }, now)).toEqual(stale);
      expect(await seats.release(scope, fan, now)).toEqual(stale);
      expect(await seats.holdOf(scope, fan.owner, now)).toEqual(stale);
      expect(await seats.apply(scope, [{ seat: 0, state: "withheld", fence: 1 }])).toEqual(stale);
      expect(await seats.expire(scope, { ...now, limit: 1 })).toEqual(stale);
      expect(await seats.availability(scope, now)).toEqual(stale);
      expect(await seats.counts(scope, now)).toEqual(stale);
    },
  },
  {
    name: "a call with another epoch, older or newer, writes nothing",
    async run({ store }) {
      const seats = await newSeats(store);
      for (const epoch of [0, 2]) {
        const scope = { ...seats.scope, epoch };
        const request = { ...wish(), ...newFan(), seats: [1] };
        const reply = await store.seats.hold(scope, request, { now: start });
        expect(reply.kind).toBe("stale-epoch");
        const word = await store.seats.apply(scope, [{ seat: 2, state: "withheld", fence: 9 }]);
        expect(word.kind).toBe("stale-epoch");
      }
      expect(await seats.map()).toBe("0000000000");
    },
  },
  {
    name: "a hold takes the seats asked for, in ascending order, once each",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      const hold = { ...fan, seats: [2, 5, 7], heldAt: start, deadline: start + holdMs };
      const reply = await seats.hold(fan, [7, 2, 5, 2]);
      expect(reply).toEqual({ kind: "held", hold, added: [2, 5, 7] });
      expect(await seats.map()).toBe("0010010100");
      const mine = await store.seats.holdOf(seats.scope, fan.owner, { now: start });
      expect(mine).toEqual({ kind: "held", hold, paying: false });
    },
  },
  {
    name: "all or none: one seat of another refuses the whole request, and names it",
    async run({ store }) {
      const seats = await newSeats(store);
      await seats.hold(newFan(), [4, 5]);
      const late = newFan();
      expect(await seats.hold(late, [3, 4, 5, 6])).toEqual({
        kind: "taken",
        seats: [4, 5],
        areas: [],
        has: 0,
      });
      expect(await seats.map()).toBe("0000110000");
      const none = await store.seats.holdOf(seats.scope, late.owner, { now: start });
      expect(none).toEqual({ kind: "no-hold" });
    },
  },
  {
    name: "sold, paid for and withheld seats are taken, also for whoever bought them",
    async run({ store }) {
      const fan = newFan();
      const orderId = newId("order");
      const seats = await newSeats(store, 5, [
        { seat: 0, state: "sold", fence: 3, ...fan, orderId },
        { seat: 1, state: "paying", fence: 2, ...newFan(), orderId },
        { seat: 2, state: "withheld", fence: 1 },
      ]);
      expect(await seats.hold(fan, [0, 1, 2])).toEqual({
        kind: "taken",
        seats: [0, 1, 2],
        areas: [],
        has: 1,
      });
    },
  },
  {
    name: "an owner's second request adds to the running hold and moves its deadline",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [1]);
      const later = { ...fan, holdId: newId("hold") };
      const reply = only(await seats.hold(later, [0, 1], start + 60_000), "held");
      const deadline = start + 60_000 + holdMs;
      expect(reply.hold).toEqual({ ...fan, seats: [0, 1], heldAt: start, deadline });
      expect(reply.added).toEqual([0]);
      expect(await seats.counts(start + 60_000)).toMatchObject({ held: 2, holds: 1 });
    },
  },
  {
    name: "the whole life of a hold is bounded from its first seat",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [1]);
      await seats.extend(fan, start + holdMs - 1);
      await seats.extend(fan, start + 2 * holdMs - 2);
      const at = start + 3 * holdMs - 4;
      expect(await seats.extend(fan, at)).toMatchObject({
        kind: "held",
        hold: { deadline: start + maxHoldMs },
      });
      expect(await seats.map(start + maxHoldMs - 1)).toBe("0100000000");
      expect(await seats.map(start + maxHoldMs)).toBe("0000000000");
    },
  },
  {
    name: "neither a shorter wish nor a repeat shortens what was promised",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [1]);
      const added = await seats.hold(fan, [2], start + 1, { holdMs: 10 });
      expect(only(added, "held").hold.deadline).toBe(start + holdMs);
      const short = { ...fan, holdMs: 10, maxHoldMs: 20 };
      const reply = await store.seats.extend(seats.scope, short, { now: start + 2 });
      expect(reply).toMatchObject({ kind: "held", hold: { deadline: start + holdMs } });
      expect(await seats.map(start + holdMs - 1)).toBe("0110000000");
    },
  },
  {
    name: "the limit counts what the owner has, over all requests",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [0, 1, 2]);
      expect(await seats.hold(fan, [3, 4])).toEqual({ kind: "over-limit", limit: 4, has: 3 });
      expect(await seats.map()).toBe("1110000000");
      expect((await seats.hold(fan, [0, 1, 2, 3])).kind).toBe("held");
      expect(await seats.hold(fan, [4])).toEqual({ kind: "over-limit", limit: 4, has: 4 });
    },
  },
  {
    name: "bought seats count against the limit, given back ones do not",
    async run({ store }) {
      const fan = newFan();
      const sold = { state: "sold" as const, fence: 2, ...fan, orderId: newId("order") };
      const seats = await newSeats(store, 10, [
        { ...sold, seat: 0 },
        { ...sold, seat: 1 },
      ]);
      const next = { ...fan, holdId: newId("hold") };
      expect(await seats.hold(next, [2, 3, 4])).toEqual({ kind: "over-limit", limit: 4, has: 2 });
      expect((await seats.hold(next, [2, 3])).kind).toBe("held");
      await seats.release(next, [3]);
      expect((await seats.hold(next, [4])).kind).toBe("held");
    },
  },
  {
    name: "[S3] a standing area gives its least free places, or says that it is short",
    async run({ store }) {
      const seats = await newSeats(store);
      await seats.hold(newFan(), [5]);
      const fan = newFan();
      const areas = [{ first: 4, last: 8, count: 2 }];
      const reply = only(await seats.hold(fan, [0], start, { areas }), "held");
      expect(reply.added).toEqual([0, 4, 6]);
      const short = [{ first: 4, last: 8, count: 3 }];
      expect(await seats.hold(newFan(), [1], start, { areas: short })).toEqual({
        kind: "taken",
        seats: [],
        areas: [4],
        has: 0,
      });
      expect(await seats.map()).toBe("1000111000");
    },
  },
  {
    name: "places in an area count against the limit as seats do",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      const areas = (count: number) => ({ areas: [{ first: 0, last: 9, count }] });
      expect((await seats.hold(fan, [], start, areas(3))).kind).toBe("held");
      const over = await seats.hold(fan, [9], start, areas(1));
      expect(over).toEqual({ kind: "over-limit", limit: 4, has: 3 });
      expect(await seats.map()).toBe("1110000000");
    },
  },
  {
    name: "a seat asked for by number is not given again as an area's place",
    async run({ store }) {
      const seats = await newSeats(store, 4);
      const areas = [
        { first: 0, last: 3, count: 1 },
        { first: 0, last: 3, count: 1 },
      ];
      const reply = only(await seats.hold(newFan(), [0], start, { areas }), "held");
      expect(reply.added).toEqual([0, 1, 2]);
    },
  },
  {
    name: "repeating a request gives the same reply and no second effect",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      const areas = [{ first: 0, last: 9, count: 1 }];
      const request = { requestId: "rq_same", areas };
      const first = await seats.hold(fan, [3], start, request);
      await seats.release(fan, [3]);
      expect(await seats.hold(fan, [3], start + 5, request)).toEqual(first);
      expect(await seats.map()).toBe("1000000000");
      const other = newFan();
      const refused = await seats.hold(other, [0], start, { requestId: "rq_no" });
      await seats.release(fan);
      expect(await seats.hold(other, [0], start + 5, { requestId: "rq_no" })).toEqual(refused);
    },
  },
  {
    name: "one request id of two owners is two requests",
    async run({ store }) {
      const seats = await newSeats(store);
      const [a, b] = [newFan(), newFan()];
      await seats.hold(a, [1], start, { requestId: "rq_both" });
      const reply = await seats.hold(b, [2], start, { requestId: "rq_both" });
      expect(only(reply, "held").hold.owner).toBe(b.owner);
    },
  },
  {
    name: "releasing gives back all seats, or those named, and never another's",
    async run({ store }) {
      const seats = await newSeats(store);
      const [fan, other] = [newFan(), newFan()];
      await seats.hold(fan, [1, 2, 3]);
      await seats.hold(other, [5]);
      expect(await seats.release(fan, [2, 5])).toEqual({ kind: "released", seats: [2] });
      expect(await seats.map()).toBe("0101010000");
      const thief = { owner: other.owner, holdId: fan.holdId };
      expect(await seats.release(thief)).toEqual({ kind: "no-hold" });
      expect(await seats.extend(thief, start)).toEqual({ kind: "no-hold" });
      expect(await seats.release(fan)).toEqual({ kind: "released", seats: [1, 3] });
      expect(await seats.release(fan)).toEqual({ kind: "no-hold" });
      expect(await seats.map()).toBe("0000010000");
    },
  },
  {
    name: "a seat that is not of the performance is a fault and changes nothing",
    async run({ store }) {
      const seats = await newSeats(store);
      for (const wrong of [10, -1, 1.5, Number.NaN]) {
        const reply = await seats.hold(newFan(), [0, wrong]).catch((fault: unknown) => fault);
        expect(reply).toMatchObject({ code: "hot-store-limit" });
      }
      const nothing = await seats.hold(newFan(), []).catch((fault: unknown) => fault);
      expect(nothing).toMatchObject({ code: "hot-store-limit" });
      expect(await seats.map()).toBe("0000000000");
    },
  },
  {
    name: "of many who want the same seats at once, one gets them, and all of them",
    async run({ store, connections }) {
      const seats = await newSeats(store, 30);
      const fans = numbers(120).map(newFan);
      const replies = await Promise.all(
        fans.map((fan, nth) => {
          const from = 3 * (nth % 10);
          // Half of them ask for overlapping blocks, so that refusals cross.
          const shifted = nth % 2 === 0 ? from : Math.min(from + 1, 27);
          const request = { ...wish(), ...fan, seats: numbers(3, shifted) };
          const { seats: port } = connections[nth % connections.length]!;
          return port.hold(seats.scope, request, { now: start });
        }),
      );
      const held = replies.flatMap((reply) => (reply.kind === "held" ? reply.hold.seats : []));
      expect(new Set(held).size).toBe(held.length);
      expect(held.length).toBeGreaterThanOrEqual(15);
      expect(await seats.counts()).toMatchObject({ held: held.length, free: 30 - held.length });
    },
  },
  {
    name: "one owner's requests at once never go beyond the limit",
    async run({ store, connections }) {
      const seats = await newSeats(store, 40);
      const fan = newFan();
      const replies = await Promise.all(
        numbers(20).map((nth) => {
          const request = { ...wish(), ...fan, seats: [2 * nth, 2 * nth + 1] };
          const { seats: port } = connections[nth % connections.length]!;
          return port.hold(seats.scope, request, { now: start });
        }),
      );
      expect(replies.filter((reply) => reply.kind === "held").length).toBe(2);
      expect(await seats.counts()).toMatchObject({ held: 4, holds: 1 });
    },
  },
];
