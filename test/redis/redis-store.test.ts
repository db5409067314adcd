// What only a real Redis can show: wrong settings, wipes, lost scripts, a server that hangs, restores
// that are interrupted, and a subscriber that has gone deaf.

import { expect, test } from "bun:test";
import { Redis } from "ioredis";
import { startRedisServer } from "../../scripts/services/redis-server.ts";
import { newId } from "../../src/foundation/ids.ts";
import type { Notice } from "../../src/ports/notice-bus.ts";
import type { SeatTruth } from "../../src/ports/seat-store.ts";
import { openHotStore } from "../../src/stores/open.ts";
import { newLine } from "../conformance/line-under-test.ts";
import { heldTruth, newFan, newSeats, seatsAt } from "../conformance/seats-under-test.ts";
import { entryIds, numbers, only, start } from "../conformance/suite.ts";
import { testRedis, testRedisCluster } from "../support/redis.ts";
import { scratchFolder } from "../support/scratch.ts";

const fault = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as { code: string; message: string; retryable: boolean },
  );

async function within(what: string, ms: number, holds: () => boolean | Promise<boolean>) {
  const giveUpAt = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a server that may forget is refused, with the reason and the mend", async () => {
  const settings = { "maxmemory-policy": "allkeys-lru" };
  const server = await startRedisServer({ folder: scratchFolder(), settings });
  try {
    const refused = await fault(openHotStore({ kind: "redis", url: server.url }));
    expect(refused).toMatchObject({ code: "hot-store-evicts", retryable: false });
    expect(refused?.message).toContain("allkeys-lru");
    expect(refused?.message).toContain("mend: CONFIG SET maxmemory-policy noeviction");
  } finally {
    await server.stop();
  }
});

test("a wrong kind of address, and no server at all, are told apart", async () => {
  const { url } = await testRedis();
  const { nodes } = await testRedisCluster();
  expect(await fault(openHotStore({ kind: "redis", url: nodes[0]! }))).toMatchObject({
    code: "hot-store-address",
  });
  expect(
    await fault(openHotStore({ kind: "redis", nodes: [url], callDeadlineMs: 1_000 })),
  ).toMatchObject({
    code: expect.stringMatching(/^hot-store-(address|away)$/),
  });
  const gone = await startRedisServer({ folder: scratchFolder() });
  await gone.stop();
  const away = await fault(openHotStore({ kind: "redis", url: gone.url, callDeadlineMs: 1_000 }));
  expect(away).toMatchObject({ code: "hot-store-away", retryable: true });
});

test("after FLUSHALL nothing is granted before the restore, and SCRIPT FLUSH reaches nobody", async () => {
  const server = await startRedisServer({ folder: scratchFolder() });
  const store = await openHotStore({ kind: "redis", url: server.url });
  const operator = new Redis(server.url);
  try {
    const seats = await newSeats(store);
    const line = await newLine(store);
    const kept = newFan();
    await seats.hold(kept, [1, 2]);
    await operator.script("FLUSH");
    expect((await seats.hold(newFan(), [3])).kind).toBe("held");
    await operator.flushall();
    expect((await seats.hold(newFan(), [1])).kind).toBe("stale-epoch");
    expect((await store.seats.apply(seats.scope, [])).kind).toBe("stale-epoch");
    expect((await store.queue.counts(line.scope)).kind).toBe("stale-epoch");
    expect((await store.queue.leave(line.scope, newId("entry"))).kind).toBe("stale-epoch");
    expect(await operator.dbsize()).toBe(0);
    const scope = { ...seats.scope, epoch: 2 };
    const claims = [heldTruth(kept, 1, 1), heldTruth(kept, 2, 1)];
    await store.seats.restore(scope, { seatCount: 10, claims });
    expect(await seatsAt(store, scope).map()).toBe("0110000000");
  } finally {
    operator.disconnect();
    await store.close();
    await server.stop();
  }
});

test("16,054 sold and held seats are restored in under a second, and nobody is served meanwhile", async () => {
  const store = await openHotStore({ kind: "redis", nodes: (await testRedisCluster()).nodes });
  try {
    const seatCount = 16_054;
    const orderId = newId("order");
    const claims = numbers(seatCount / 2).flatMap((nth): SeatTruth[] => {
      const fan = newFan();
      const sold = { state: "sold" as const, fence: 3, ...fan, orderId };
      return nth % 4 === 0
        ? [heldTruth(fan, 2 * nth, 2), heldTruth(fan, 2 * nth + 1, 2)]
        : [
            { ...sold, seat: 2 * nth },
            { ...sold, seat: 2 * nth + 1 },
          ];
    });
    const performanceId = newId("performance");
    const tookMs: number[] = [];
    let refused = 0;
    // The fastest of three: the machine may be busy with other tests.
    for (const epoch of [1, 2, 3]) {
      const scope = { performanceId, epoch };
      const startedAt = performance.now();
      let isDone = false;
      const restore = store.seats.restore(scope, { seatCount, claims }).then(() => {
        isDone = true;
      });
      while (!isDone) {
        const reply = await store.seats.holdOf(scope, newFan().owner, { now: start });
        if (!isDone && reply.kind === "stale-epoch") refused++;
      }
      await restore;
      tookMs.push(Math.round(performance.now() - startedAt));
    }
    console.log(`restored ${claims.length} claims in ${tookMs.join(", ")} ms`);
    expect(refused).toBeGreaterThan(0);
    expect(Math.min(...tookMs)).toBeLessThan(1_000);
    const scope = { performanceId, epoch: 3 };
    const counts = only(await store.seats.counts(scope, { now: start }), "ok");
    expect(counts.held + counts.sold).toBe(seatCount);
  } finally {
    await store.close();
  }
});

test("a restore that is wiped on its way is told, sets no epoch, and can be repeated", async () => {
  const server = await startRedisServer({ folder: scratchFolder() });
  const store = await openHotStore({ kind: "redis", url: server.url });
  const operator = new Redis(server.url);
  try {
    const scope = { onSaleId: newId("on-sale"), epoch: 1 };
    const admissions = entryIds(20_000).map((entryId, index) => ({
      entryId,
      index,
      position: index,
      admissionId: `ad_${index}`,
      deadline: undefined,
    }));
    const truth = { serving: 0, nextIndex: 0, leaderFence: 0, admissions };
    const restore = fault(store.queue.restore(scope, truth));
    await within("the restore has begun", 2_000, async () => (await operator.dbsize()) > 1);
    await operator.flushall();
    expect(await restore).toMatchObject({ code: "hot-store-superseded", retryable: true });
    expect((await store.queue.counts(scope)).kind).toBe("stale-epoch");
    await store.queue.restore(scope, truth);
    expect(await store.queue.counts(scope)).toMatchObject({ joined: 20_000, waiting: 0 });
  } finally {
    operator.disconnect();
    await store.close();
    await server.stop();
  }
});

test("a server that hangs costs a call its deadline, not more, and the next one goes through", async () => {
  const server = await startRedisServer({ folder: scratchFolder() });
  const store = await openHotStore({ kind: "redis", url: server.url, callDeadlineMs: 300 });
  try {
    const seats = await newSeats(store);
    process.kill(server.pid, "SIGSTOP");
    const startedAt = performance.now();
    const away = await fault(seats.hold(newFan(), [1]));
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(away).toMatchObject({ code: "hot-store-away", retryable: true });
    process.kill(server.pid, "SIGCONT");
    await within("it answers again", 5_000, async () => (await fault(seats.map())) === undefined);
  } finally {
    process.kill(server.pid, "SIGCONT");
    await store.close();
    await server.stop();
  }
});

test("a full server refuses with a fault of its own, and what was held stays", async () => {
  const server = await startRedisServer({ folder: scratchFolder() });
  const store = await openHotStore({ kind: "redis", url: server.url });
  const operator = new Redis(server.url);
  try {
    const seats = await newSeats(store);
    const line = await newLine(store);
    await seats.hold(newFan(), [1]);
    await operator.config("SET", "maxmemory", "1mb");
    const full = await fault(line.join(1));
    expect(full).toMatchObject({ code: "hot-store-full", retryable: true });
    expect((await store.memory()).limitBytes).toBe(1_048_576);
    expect(await seats.map()).toBe("0100000000");
    await operator.config("SET", "maxmemory", "0");
    expect(await line.counts()).toMatchObject({ joined: 0, waiting: 0 });
    expect((await line.join(1)).length).toBe(1);
  } finally {
    operator.disconnect();
    await store.close();
    await server.stop();
  }
});

test("a subscriber whose connection was killed, or that went deaf in silence, hears again", async () => {
  const { url } = await testRedis();
  const store = await openHotStore({ kind: "redis", url });
  const operator = new Redis(url);
  try {
    const seats = await newSeats(store);
    const heard: Notice[] = [];
    const topic = `seats:${seats.scope.performanceId}` as const;
    await store.notices.subscribe(topic, (notice) => heard.push(notice));
    const hasCaughtUp = async () => {
      const { version } = only(await store.seats.availability(seats.scope, { now: start }), "ok");
      return heard.some((notice) => notice.kind === "seats" && notice.version === version);
    };
    await seats.hold(newFan(), [1]);
    await within("the first hold is told", 2_000, hasCaughtUp);

    await operator.call("CLIENT", "KILL", "TYPE", "pubsub");
    await seats.hold(newFan(), [2]);
    await within("told after a killed connection", 6_000, hasCaughtUp);

    // Behind the bus's back: the connection is fine, and nothing arrives on it.
    const ears = (await Reflect.get(store.notices, "ears")) as Redis;
    await ears.sunsubscribe();
    await seats.hold(newFan(), [3]);
    await within("readers are told to catch up", 6_000, hasCaughtUp);
    await within("the connection is replaced", 8_000, async () => {
      return (await Reflect.get(store.notices, "ears")) !== ears;
    });
    const before = heard.length;
    await seats.hold(newFan(), [4]);
    await within("notices arrive as before", 2_000, () => heard.length > before);
    expect(heard.at(-1)).toMatchObject({ changes: [[4, 1]] });
  } finally {
    operator.disconnect();
    await store.close();
  }
}, 30_000);
