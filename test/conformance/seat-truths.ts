// SeatStore: deadlines, PostgreSQL's word, restoring, and what readers see (S12, S15, fences).

import { expect } from "bun:test";
import { newId } from "../../src/foundation/ids.ts";
import { heldTruth, holdMs, newFan, newSeats, seatsAt } from "./seats-under-test.ts";
import { type Case, numbers, only, start } from "./suite.ts";

const end = start + holdMs;
const orderId = newId("order");

export const seatTruthsCases: readonly Case[] = [
  {
    name: "[S12] a hold ends at its deadline, not before, for everybody and without a sweeper",
    async run({ store }) {
      const seats = await newSeats(store);
      const [fan, other] = [newFan(), newFan()];
      await seats.hold(fan, [1, 2]);
      expect((await seats.hold(other, [2], end - 1)).kind).toBe("taken");
      expect(await seats.map(end)).toBe("0000000000");
      expect(await seats.counts(end)).toMatchObject({ free: 10, held: 0, holds: 0 });
      expect((await seats.hold(other, [2], end)).kind).toBe("held");
      expect(await seats.map(end)).toBe("0010000000");
    },
  },
  {
    name: "the owner of an expired hold has none: no extending, no releasing, and a new one begins",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [1]);
      expect(await seats.extend(fan, end)).toEqual({ kind: "no-hold" });
      expect(await seats.release(fan, undefined, end)).toEqual({ kind: "no-hold" });
      const mine = await store.seats.holdOf(seats.scope, fan.owner, { now: end });
      expect(mine).toEqual({ kind: "no-hold" });
      const next = { ...fan, holdId: newId("hold") };
      const reply = only(await seats.hold(next, [1], end), "held");
      expect(reply.hold).toMatchObject({ holdId: next.holdId, heldAt: end });
    },
  },
  {
    name: "the sweeper is told each expired hold once, and how many it asked for",
    async run({ store }) {
      const seats = await newSeats(store);
      const fans = numbers(3).map(newFan);
      for (const [nth, fan] of fans.entries()) await seats.hold(fan, [2 * nth], start + nth);
      const sweep = async (now: number, limit: number) =>
        only(await store.seats.expire(seats.scope, { now, limit }), "expired").holds;
      expect(await sweep(end - 1, 10)).toEqual([]);
      const told = (nth: number) => ({ ...fans[nth]!, seats: [2 * nth] });
      expect(await sweep(end + 1, 1)).toEqual([told(0)]);
      expect(await sweep(end + 1, 10)).toEqual([told(1)]);
      expect(await sweep(end + 2, 10)).toEqual([told(2)]);
      expect(await sweep(end + 2, 10)).toEqual([]);
    },
  },
  {
    name: "a hold that is paid for does not expire, grow, extend or get released",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [1, 2]);
      await seats.apply(
        { seat: 1, state: "paying", fence: 2, ...fan, orderId },
        { seat: 2, state: "paying", fence: 2, ...fan, orderId },
      );
      const late = end + 1;
      expect(await seats.map(late)).toBe("0110000000");
      expect(await seats.counts(late)).toMatchObject({ paying: 2, held: 0, holds: 1 });
      expect(await seats.hold(fan, [3], late)).toEqual({ kind: "paying" });
      expect(await seats.extend(fan, late)).toEqual({ kind: "paying" });
      expect(await seats.release(fan, undefined, late)).toEqual({ kind: "paying" });
      const mine = await store.seats.holdOf(seats.scope, fan.owner, { now: late });
      expect(mine).toMatchObject({ kind: "held", paying: true, hold: { seats: [1, 2] } });
      const swept = await store.seats.expire(seats.scope, { now: late, limit: 10 });
      expect(swept).toEqual({ kind: "expired", holds: [] });
    },
  },
  {
    name: "seats given back after a failed payment are a hold again, with its deadline",
    async run({ store }) {
      const fan = newFan();
      const seats = await newSeats(store, 5, [
        { seat: 0, state: "paying", fence: 2, ...fan, orderId },
        { seat: 1, state: "paying", fence: 2, ...fan, orderId },
      ]);
      await seats.apply(heldTruth(fan, 0, 3), heldTruth(fan, 1, 3));
      const mine = await store.seats.holdOf(seats.scope, fan.owner, { now: end - 1 });
      expect(mine).toMatchObject({ kind: "held", paying: false, hold: { deadline: end } });
      expect((await seats.hold(fan, [2], end - 1)).kind).toBe("held");
      expect(await seats.map(end - 1 + holdMs)).toBe("00000");
    },
  },
  {
    name: "an older fence never overwrites a newer one",
    async run({ store }) {
      const seats = await newSeats(store);
      const [fan, former] = [newFan(), newFan()];
      await seats.apply({ seat: 1, state: "sold", fence: 7, ...fan, orderId });
      await seats.apply(heldTruth(former, 1, 6), { seat: 1, state: "free", fence: 5 });
      expect(await seats.map()).toBe("0200000000");
      await seats.apply({ seat: 1, state: "free", fence: 8 });
      expect(await seats.map()).toBe("0000000000");
      await seats.apply({ seat: 1, state: "sold", fence: 7, ...fan, orderId });
      expect(await seats.map()).toBe("0000000000");
    },
  },
  {
    name: "the truth of a fresh hold arrives late and wins; a repeat of it changes nothing",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [1, 2]);
      const truths = [heldTruth(fan, 1, 1), heldTruth(fan, 2, 1)];
      await seats.apply(...truths);
      await seats.apply(...truths);
      expect(await seats.map()).toBe("0110000000");
      expect(await seats.counts()).toMatchObject({ held: 2, holds: 1 });
      expect(await seats.map(end)).toBe("0000000000");
    },
  },
  {
    name: "a hold that PostgreSQL refused is taken back by its word, seat by seat",
    async run({ store }) {
      const seats = await newSeats(store);
      const [fan, rightful] = [newFan(), newFan()];
      await seats.hold(fan, [1, 2]);
      await seats.apply(
        { seat: 1, state: "sold", fence: 4, ...rightful, orderId },
        { seat: 2, state: "free", fence: 0 },
      );
      expect(await seats.map()).toBe("0200000000");
      const mine = await store.seats.holdOf(seats.scope, fan.owner, { now: start });
      expect(mine).toEqual({ kind: "no-hold" });
      expect((await seats.hold(fan, [3, 4, 5, 6])).kind).toBe("held");
    },
  },
  {
    name: "a hold that only PostgreSQL knows is brought in, and its owner adds to it",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.apply(heldTruth(fan, 4, 3));
      const request = { ...fan, holdId: newId("hold") };
      const reply = only(await seats.hold(request, [5], start + 1), "held");
      expect(reply.hold).toMatchObject({ holdId: fan.holdId, seats: [4, 5], heldAt: start });
    },
  },
  {
    name: "words of several holds in one call, each with its owner, its time and its fences",
    async run({ store }) {
      const seats = await newSeats(store);
      const [one, other, buyer] = [newFan(), newFan(), newFan()];
      await seats.hold(one, [0, 1]);
      await seats.apply(heldTruth(one, 1, 9));
      await seats.apply(
        heldTruth(one, 0, 2),
        { seat: 1, state: "free", fence: 8 },
        heldTruth(one, 2, 2),
        heldTruth({ ...one, holdId: newId("hold") }, 9, 2),
        heldTruth(other, 3, 2),
        heldTruth(other, 4, 2, end + 50),
        { seat: 5, state: "paying", fence: 2, ...other, orderId },
        { seat: 8, state: "sold", fence: 2, ...other, orderId },
        { seat: 6, state: "sold", fence: 2, ...buyer, orderId },
        { seat: 7, state: "withheld", fence: 2 },
      );
      const held = async (owner: typeof one.owner) => {
        return only(await store.seats.holdOf(seats.scope, owner, { now: start }), "held").hold;
      };
      expect(await held(one.owner)).toMatchObject({ seats: [0, 1, 2], deadline: end });
      expect(await held(other.owner)).toMatchObject({ seats: [3, 4, 5], deadline: end + 50 });
      const counts = { free: 0, held: 6, paying: 1, sold: 2, withheld: 1 };
      expect(await seats.counts()).toMatchObject(counts);
      expect(await seats.map()).toBe("1111112321");
    },
  },
  {
    name: "sold seats leave the hold, and the buyer may hold again",
    async run({ store }) {
      const seats = await newSeats(store);
      const fan = newFan();
      await seats.hold(fan, [1]);
      await seats.apply({ seat: 1, state: "paying", fence: 2, ...fan, orderId });
      await seats.apply({ seat: 1, state: "sold", fence: 3, ...fan, orderId });
      const mine = await store.seats.holdOf(seats.scope, fan.owner, { now: start });
      expect(mine).toEqual({ kind: "no-hold" });
      expect((await seats.hold({ ...fan, holdId: newId("hold") }, [2])).kind).toBe("held");
      expect(await seats.map(end)).toBe("0200000000");
    },
  },
  {
    name: "[S15] free, held, paying, sold and withheld are all the seats there are",
    async run({ store }) {
      const fan = newFan();
      const seats = await newSeats(store, 9, [
        { seat: 0, state: "sold", fence: 1, ...fan, orderId },
        { seat: 1, state: "withheld", fence: 1 },
        { seat: 2, state: "paying", fence: 1, ...newFan(), orderId },
        heldTruth(newFan(), 3, 1),
      ]);
      await seats.hold(newFan(), [8]);
      const counts = { free: 4, held: 2, paying: 1, sold: 1, withheld: 1, holds: 3 };
      expect(await seats.counts()).toMatchObject(counts);
      expect(await seats.map()).toBe("231100001");
    },
  },
  {
    name: "holds near their deadline are those with less than a fifth of their time left",
    async run({ store }) {
      const seats = await newSeats(store);
      await seats.hold(newFan(), [1]);
      await seats.hold(newFan(), [2], start + holdMs / 2);
      const fifth = end - holdMs / 5;
      expect(await seats.counts(fifth)).toMatchObject({ holds: 2, holdsNearDeadline: 0 });
      expect(await seats.counts(fifth + 1)).toMatchObject({ holds: 2, holdsNearDeadline: 1 });
    },
  },
  {
    name: "a restore replaces the seats as PostgreSQL knows them",
    async run({ store }) {
      const seats = await newSeats(store);
      const [gone, kept] = [newFan(), newFan()];
      await seats.hold(gone, [1]);
      const scope = { ...seats.scope, epoch: 2 };
      await store.seats.restore(scope, { seatCount: 10, claims: [heldTruth(kept, 2, 5)] });
      const after = seatsAt(store, scope);
      expect(await after.map()).toBe("0010000000");
      expect((await seats.hold(gone, [4])).kind).toBe("stale-epoch");
      await after.apply({ seat: 2, state: "free", fence: 4 });
      expect(await after.map()).toBe("0010000000");
      expect(await after.map(end)).toBe("0000000000");
    },
  },
  {
    name: "a restore that is repeated, or belated, undoes nothing",
    async run({ store }) {
      const seats = await newSeats(store);
      await seats.hold(newFan(), [1]);
      await store.seats.restore(seats.scope, { seatCount: 10, claims: [] });
      await store.seats.restore({ ...seats.scope, epoch: 0 }, { seatCount: 10, claims: [] });
      expect(await seats.map()).toBe("0100000000");
    },
  },
  {
    name: "the version rises with every visible change and with nothing else",
    async run({ store }) {
      const seats = await newSeats(store);
      const version = async () =>
        only(await store.seats.availability(seats.scope, { now: start }), "ok").version;
      const before = await version();
      const fan = newFan();
      await seats.hold(fan, [1, 2]);
      expect(await version()).toBe(before + 2);
      await seats.apply({ seat: 1, state: "paying", fence: 1, ...fan, orderId });
      await seats.hold(newFan(), [1, 2]);
      expect(await version()).toBe(before + 2);
      await seats.apply({ seat: 1, state: "sold", fence: 2, ...fan, orderId });
      expect(await version()).toBe(before + 3);
    },
  },
];
