// NoticeBus, and the notices that seat changes publish by themselves.

import { expect } from "bun:test";
import { newId } from "../../src/foundation/ids.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import type { Notice } from "../../src/ports/notice-bus.ts";
import type { SeatScope } from "../../src/ports/seat-store.ts";
import { holdMs, lookOf, newFan, newSeats, seatsAt } from "./seats-under-test.ts";
import { type Case, eventually, numbers, only, start } from "./suite.ts";

type SeatsNotice = Extract<Notice, { kind: "seats" }>;

async function listen(store: HotStore, { performanceId }: SeatScope) {
  const heard: SeatsNotice[] = [];
  const stop = await store.notices.subscribe(`seats:${performanceId}`, (notice) => {
    if (notice.kind === "seats") heard.push(notice);
  });
  return { heard, stop };
}

const order = () => ({ kind: "order" as const, orderId: newId("order"), version: 1 });

export const noticeCases: readonly Case[] = [
  {
    name: "a notice reaches everybody who subscribed to its topic, and nobody else",
    async run({ connections }) {
      const [mine, other] = [order(), order()];
      const heard: string[] = [];
      for (const { notices } of connections) {
        await notices.subscribe(`order:${mine.orderId}`, (notice) => {
          heard.push(only(notice, "order").orderId);
        });
      }
      await connections[0]!.notices.publish(other);
      await connections[0]!.notices.publish(mine);
      await eventually("all have heard", () => heard.length >= connections.length);
      expect(heard).toEqual(connections.map(() => mine.orderId));
    },
  },
  {
    name: "notices of one topic arrive in order and unchanged",
    async run({ store }) {
      const { orderId } = order();
      const heard: Notice[] = [];
      await store.notices.subscribe(`order:${orderId}`, (notice) => heard.push(notice));
      const sent = numbers(50).map((version) => ({ kind: "order" as const, orderId, version }));
      for (const notice of sent) await store.notices.publish(notice);
      await eventually("all are there", () => heard.length >= sent.length);
      expect(heard).toEqual(sent);
    },
  },
  {
    name: "who ended a subscription hears no more; the others still do",
    async run({ store }) {
      const { orderId } = order();
      const heard: string[] = [];
      const stop = await store.notices.subscribe(`order:${orderId}`, () => heard.push("first"));
      await store.notices.subscribe(`order:${orderId}`, () => heard.push("second"));
      await stop();
      await stop();
      await store.notices.publish({ kind: "order", orderId, version: 1 });
      await eventually("the second hears", () => heard.includes("second"));
      expect(heard).toEqual(["second"]);
    },
  },
  {
    name: "holding and giving back are told with the states that a map shows",
    async run({ store }) {
      const seats = await newSeats(store);
      const { heard } = await listen(store, seats.scope);
      const fan = newFan();
      await seats.hold(fan, [1, 2]);
      await seats.release(fan, [2]);
      await seats.apply({ seat: 7, state: "withheld", fence: 1 });
      const changes = () => heard.flatMap((notice) => notice.changes);
      await eventually("four changes", () => changes().length >= 4);
      expect(changes()).toEqual([
        [1, 1],
        [2, 1],
        [2, 0],
        [7, 3],
      ]);
    },
  },
  {
    name: "an expired hold is told to the maps",
    async run({ store }) {
      const seats = await newSeats(store);
      const { heard } = await listen(store, seats.scope);
      await seats.hold(newFan(), [3]);
      await store.seats.expire(seats.scope, { now: start + holdMs, limit: 10 });
      const changes = () => heard.flatMap((notice) => notice.changes);
      await eventually("held and free again", () => changes().length >= 2);
      expect(changes()).toEqual([
        [3, 1],
        [3, 0],
      ]);
    },
  },
  {
    name: "where nothing goes wrong each notice follows on the one before, up to the snapshot",
    async run({ store, connections }) {
      const seats = await newSeats(store, 60);
      const listener = connections.at(-1)!;
      const before = only(await listener.seats.availability(seats.scope, { now: start }), "ok");
      const { heard } = await listen(listener, seats.scope);
      for (const nth of numbers(40)) {
        const fan = newFan();
        await seats.hold(fan, [nth, nth + 1]);
        if (nth % 3 === 0) await seats.release(fan);
        if (nth % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 8));
      }
      const after = only(await store.seats.availability(seats.scope, { now: start }), "ok");
      let at = before.version;
      const map = numbers(60).map((seat) => lookOf(before.bits, seat));
      const fresh = () => heard.filter((notice) => notice.version > before.version);
      await eventually("the last change", () => heard.at(-1)?.version === after.version);
      for (const notice of fresh()) {
        expect(notice.version - notice.changes.length).toBe(at);
        at = notice.version;
        for (const [seat, look] of notice.changes) map[seat] = look;
      }
      expect(at).toBe(after.version);
      expect(map).toEqual(numbers(60).map((seat) => lookOf(after.bits, seat)));
    },
  },
  {
    name: "many changes at once share notices",
    async run({ store }) {
      const seats = await newSeats(store, 200);
      const { heard } = await listen(store, seats.scope);
      await Promise.all(numbers(100).map((nth) => seats.hold(newFan(), [2 * nth, 2 * nth + 1])));
      const told = () => heard.reduce((sum, notice) => sum + notice.changes.length, 0);
      await eventually("all changes", () => told() >= 200);
      expect(told()).toBe(200);
      expect(heard.length).toBeLessThanOrEqual(20);
    },
  },
  {
    name: "after a restore every reader sees that it must fetch the map anew",
    async run({ store }) {
      const seats = await newSeats(store);
      await seats.hold(newFan(), [1]);
      const before = only(await store.seats.availability(seats.scope, { now: start }), "ok");
      const { heard } = await listen(store, seats.scope);
      const scope = { ...seats.scope, epoch: 2 };
      await store.seats.restore(scope, { seatCount: 10, claims: [] });
      const gap = (notice: SeatsNotice) => notice.version - notice.changes.length > before.version;
      await eventually("a notice with a gap", () => heard.some(gap));
      const after = only(await store.seats.availability(scope, { now: start }), "ok");
      expect(after.version).toBeGreaterThan(before.version);
      expect(await seatsAt(store, scope).map()).toBe("0000000000");
    },
  },
];
