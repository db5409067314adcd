// Who hears what, and when: a line of three thousand fans, its streams replaced by lists of what was sent.

import { expect, test } from "bun:test";
import type { Frontier } from "../../domain/waiting-room/frontier.ts";
import { newId } from "../../foundation/ids.ts";
import type { LiveStream } from "../../http/live/live-stream.ts";
import type { OnSale } from "../../ports/catalog.ts";
import { type Line, lineOf } from "../line.ts";
import { frontAloneMs } from "./cadence.ts";
import { type Crowd, newWaiter, openCrowd, type Waiter } from "./crowd.ts";

const onSaleId = newId("on-sale");
const drawn: Frontier = {
  onSaleId,
  phase: "open",
  paused: false,
  now: 0,
  preQueueAt: 0,
  opensAt: 0,
  closesAt: 1e12,
  serving: 0,
  joined: 3_000,
  waiting: 3_000,
  pacePerMin: undefined,
  claimWindowMs: 60_000,
  seats: undefined,
  // A cohort of nobody: the position is the index.
  draw: { commitment: "", seed: "00".repeat(32), cohort: 0 },
  admissionEpoch: 1,
  poll: { near: 100, nearMs: 2_000, farMs: 20_000 },
};

type Rig = {
  crowd: Crowd;
  /** Messages that each fan has heard, by index. */
  heard: number[];
  called: Set<number>;
  present: Set<number>;
  tick(change?: Partial<Frontier>): void;
  /** A tick of which only so many slices have passed. */
  begin(change: Partial<Frontier>, slices: number): void;
};

function rig(fans: number, first: Partial<Frontier> = {}): Rig {
  let line: Line = lineOf({ onSaleId } as OnSale, { ...drawn, now: Date.now(), ...first });
  let nowMs = 0;
  const heard = Array<number>(fans).fill(0);
  const [called, present] = [new Set<number>(), new Set<number>()];
  const crowd = openCrowd(
    {
      present: (_, { index }: Waiter) => void present.add(index),
      called: (_, { index }: Waiter) => void called.add(index),
    },
    line,
    () => nowMs,
  );
  for (let index = 0; index < fans; index++) {
    const stream: LiveStream = {
      open: true,
      respond: () => new Response(),
      ping: () => true,
      end: () => {},
      send: () => Boolean(++(heard as [number])[index as 0]),
    };
    crowd.add(newWaiter({ entryId: newId("entry"), index }, stream));
  }
  heard.fill(0);
  // They came a while ago: who has just come has just heard.
  nowMs += 5_000;
  const begin = (change: Partial<Frontier>, slices: number) => {
    const { frontier } = line.prepared;
    line = lineOf(line.onSale, { ...frontier, now: frontier.now + 1_000, ...change }, line);
    nowMs += 1_000;
    crowd.tick(line);
    for (let n = 0; n < slices; n++) crowd.slice(1);
  };
  const tick = (change: Partial<Frontier> = {}) => {
    begin(change, 0);
    while (crowd.slice(1));
  };
  return { crowd, heard, called, present, tick, begin };
}

const least = (numbers: number[]) => Math.min(...numbers);
const most = (numbers: number[]) => Math.max(...numbers);
const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

test("the near hear every change, the middle every fifth, the far every fifteenth", () => {
  const { heard, tick } = rig(3_000);
  for (let n = 1; n <= 15; n++) tick({ waiting: 3_000 - n });
  expect([least(heard.slice(0, 101)), most(heard.slice(0, 101))]).toEqual([15, 15]);
  expect([least(heard.slice(101, 1_001)), most(heard.slice(101, 1_001))]).toEqual([3, 3]);
  expect([least(heard.slice(1_001)), most(heard.slice(1_001))]).toEqual([1, 1]);
});

test("no tick writes to all of those far back", () => {
  const { heard, tick } = rig(3_000);
  tick({ waiting: 1 });
  const told = heard.slice(1_001).filter((count) => count > 0).length;
  expect(told).toBeGreaterThan(0);
  expect(told).toBeLessThan(2_000 / 3);
});

test("[Q10] a change of phase is everybody's at once", () => {
  const { heard, tick } = rig(3_000);
  tick({ phase: "sold-out" });
  expect(least(heard)).toBe(1);
});

test("of a crowd that fills a process those far back let all fronts hear of a pause first", () => {
  const { heard, begin, tick } = rig(6_000);
  // Its `now` is ours: nobody is late, and waits for that as well.
  begin({ waiting: 1, now: Date.now() }, 2);
  heard.fill(0);
  // The words of the tick before still wait; they let it go first too.
  begin({ paused: true, now: Date.now() }, 45);
  expect([least(heard.slice(0, 101)), most(heard.slice(0, 101))]).toEqual([1, 1]);
  expect(most(heard.slice(101))).toBe(0);
  tick();
  expect(least(heard)).toBe(1);
});

test("of a crowd that fills a process those far back hear every thirtieth", () => {
  const { heard, tick } = rig(6_000);
  for (let n = 1; n <= 30; n++) tick({ waiting: 6_000 - n });
  expect([least(heard.slice(0, 101)), most(heard.slice(0, 101))]).toEqual([30, 30]);
  expect([least(heard.slice(1_001)), most(heard.slice(1_001))]).toEqual([1, 1]);
});

test("who has just heard of a pause hears nothing again for five ticks, and then in the usual turns", () => {
  const { heard, tick } = rig(6_000);
  tick({ paused: true });
  heard.fill(0);
  for (let n = 1; n <= 5; n++) tick({ waiting: 6_000 - n });
  expect([least(heard.slice(0, 101)), most(heard.slice(0, 101))]).toEqual([5, 5]);
  expect(most(heard.slice(1_001))).toBe(0);
  for (let n = 6; n <= 35; n++) tick({ waiting: 6_000 - n });
  expect([least(heard.slice(1_001)), most(heard.slice(1_001))]).toEqual([1, 1]);
});

test("what waits for its word goes on in the parts in which it began", () => {
  const { crowd, heard, begin } = rig(28_000);
  begin({ paused: true }, 0);
  while (most(heard.slice(1_001)) === 0) crowd.slice(1);
  // Parts of a twenty-eighth each, of which the tick sees only ten: the rest follows in eighteen.
  for (let n = 1; n < 10; n++) crowd.slice(1);
  begin({}, 18);
  expect(least(heard)).toBe(1);
});

test("who has come near meanwhile no longer waits with those far back", () => {
  const { heard, begin, tick } = rig(6_000);
  tick();
  begin({ waiting: 5_000 }, 2);
  heard.fill(0);
  // Of those at 4,000 to 4,100 some are owed their word from the tick before; those far back wait for fifty slices.
  begin({ serving: 4_000, paused: true }, 12);
  expect([least(heard.slice(4_000, 4_101)), most(heard.slice(4_000, 4_101))]).toEqual([1, 1]);
  tick();
  expect(most(heard.slice(4_101))).toBe(1);
});

test("who leaves is owed nothing any more", () => {
  const { crowd, begin } = rig(6_000);
  begin({ paused: true }, 0);
  for (const waiter of [...crowd.all()].slice(100)) crowd.remove(waiter);
  expect(crowd.owed).toBe(100);
});

test("a process that hears late tells the near at once, the middle every fifteenth, the far every forty-fifth", () => {
  const { heard, tick } = rig(3_000);
  tick({ now: Date.now() });
  heard.fill(0);
  for (let n = 1; n <= 45; n++) tick({ waiting: 3_000 - n, now: Date.now() - 700 });
  expect([least(heard.slice(0, 101)), most(heard.slice(0, 101))]).toEqual([45, 45]);
  expect([least(heard.slice(101, 1_001)), most(heard.slice(101, 1_001))]).toEqual([3, 3]);
  expect([least(heard.slice(1_001)), most(heard.slice(1_001))]).toEqual([1, 1]);
});

test("a process that is behind repeats nothing while some still wait for the newest", () => {
  const { crowd, heard, begin, tick } = rig(28_000);
  const late = () => Date.now() - 700;
  tick({ now: Date.now() });
  heard.fill(0);
  begin({ paused: true, now: late() }, 0);
  while (most(heard.slice(1_001)) === 0) crowd.slice(1);
  // Ten ticks in which only a part goes out, so that the first could hear again, and then all the rest.
  for (let n = 0; n < 10; n++) begin({ now: late() }, 1);
  while (crowd.slice(1));
  expect(most(heard)).toBe(1);
});

test("a process that stays late repeats in turns, and not to everybody at one moment", () => {
  const { heard, tick } = rig(6_000);
  tick({ now: Date.now() });
  const late = () => Date.now() - 700;
  tick({ paused: true, now: late() });
  let told = sum(heard);
  for (let n = 1; n <= 200; n++) {
    tick({ now: late() });
    const before = told;
    told = sum(heard);
    expect(told - before).toBeLessThan(6_000 / 5);
  }
});

test("a clock that is wrong is not late", () => {
  const { heard, tick } = rig(3_000);
  for (let n = 1; n <= 15; n++) tick({ waiting: 3_000 - n, now: Date.now() - 9_000 });
  expect([least(heard), most(heard.slice(1_001))]).toEqual([1, 1]);
});

test("whose turns come at another span when a process is late is not left in silence", () => {
  const { crowd, tick } = rig(6_000);
  tick({ paused: true, now: Date.now() });
  let longest = 0;
  for (let n = 1; n <= 300; n++) {
    const isLate = n % 30 < 15;
    tick({ waiting: 6_000 - n, now: Date.now() - (isLate ? 700 : 0) });
    longest = Math.max(longest, ...crowd.all().map(({ heardAt }) => (n + 7) * 1_000 - heardAt));
  }
  expect(longest).toBeGreaterThan(45_000);
  expect(longest).toBeLessThanOrEqual(53_000);
});

test("[Q10] what concerns everybody goes out within five seconds, however late the process is", () => {
  for (const crowd of [100, 6_000, 20_000]) {
    for (let lateMs = 0; lateMs <= 3_400; lateMs += 100) {
      const begins = lateMs + frontAloneMs({ crowd, everyone: true, lateMs });
      expect(begins).toBeLessThanOrEqual(4_400);
    }
  }
});

test("the clock alone is no news, but nobody hears nothing for more than forty-five ticks", () => {
  const { heard, tick } = rig(3_000);
  for (let n = 0; n < 45; n++) tick();
  expect([least(heard), most(heard)]).toEqual([1, 1]);
});

test("before the draw nobody is near; after it everybody has a position", () => {
  const before = { phase: "pre-queue", draw: { ...drawn.draw, cohort: undefined } } as const;
  const { called, crowd, present, tick } = rig(1_500, before);
  tick({ joined: 1_501 });
  expect([called.size, present.size]).toEqual([0, 0]);
  tick({ phase: "open", draw: drawn.draw, serving: 3 });
  expect([...called]).toEqual([0, 1, 2]);
  expect(present.size).toBe(3 + 200 + 1);
  expect(crowd.all().every(({ index, position }) => index === position)).toBe(true);
});

test("who comes back and has heard the newest is told nothing twice, whichever process it heard", () => {
  const { crowd, tick } = rig(10);
  const twin = rig(1);
  tick({ waiting: 5 });
  // Another process, which has ticked more often and met the same document by its own way.
  for (const waiting of [9, 7, 5]) twin.tick({ waiting });
  const comeBack = (to: Crowd, lastSeen: string | undefined) => {
    const told: string[] = [];
    const stream: LiveStream = {
      open: true,
      respond: () => new Response(),
      ping: () => Boolean(told.push("ping")),
      end: () => {},
      send: (message) => {
        const id = /^id: (\w+)\nevent: waiting\n/.exec(new TextDecoder().decode(message))?.[1];
        return Boolean(told.push(id ?? "no id"));
      },
    };
    // In its turn for a repeat a stream would hear the same again; not within these few ticks.
    to.add({ ...newWaiter({ entryId: newId("entry"), index: 3 }, stream), slot: 0 }, lastSeen);
    return told;
  };
  const [id] = comeBack(crowd, undefined);
  expect(id).toMatch(/^\w{8,}$/);
  expect([comeBack(crowd, id), comeBack(twin.crowd, id)]).toEqual([["ping"], ["ping"]]);
  expect(comeBack(crowd, "older")).toEqual([id as string]);
  const back = comeBack(crowd, id);
  tick();
  expect(back).toEqual(["ping"]);
  tick({ waiting: 4 });
  expect(back).toHaveLength(2);
});

test("who leaves is not told, and the others are", () => {
  const { crowd, heard, tick } = rig(1_500);
  for (const waiter of crowd.all().filter(({ index }) => index % 2 === 0)) crowd.remove(waiter);
  expect(crowd.size).toBe(750);
  tick({ phase: "closed" });
  expect(heard).toEqual(Array.from({ length: 1_500 }, (_, index) => index % 2));
});
