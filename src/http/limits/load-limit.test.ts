import { expect, test } from "bun:test";
import { openLoadLimit } from "./load-limit.ts";
import type { Call, Handler } from "../mount.ts";
import { until } from "../../../test/support/until.ts";

const call = (language = "en") =>
  ({
    request: new Request("http://shop.test/", { headers: { "accept-language": language } }),
    params: {},
    ip: "",
    longLived() {},
  }) satisfies Call;

const atOnce = {
  ...{ refuseAfterMs: 0, mostPerSec: 1_000, atLatestMs: 0, mostRefusing: 0 },
  ...{ believedPerSec: 4_000, insideMs: 0, outsideMs: 0 },
};

/** Requests that end when they are told to. */
function held() {
  const ends: ((response: Response) => void)[] = [];
  const handler: Handler = () => new Promise((resolve) => ends.push(resolve));
  return { handler, endAll: () => ends.splice(0).forEach((end) => end(new Response("done"))) };
}

test("[Y5] what would have to wait too long is refused at the door, and told when to come back", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ ...atOnce, least: 2, most: 3, insideMs: 60_000 });
  const holds = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = [call(), call(), call()].map((one) => holds(one));
  expect(limit.underWay).toEqual({ size: 3, limit: 3 });
  const refused = await holds(call("ko"));
  expect(refused.status).toBe(503);
  expect(refused.headers.get("content-type")).toStartWith("application/problem+json");
  const body = (await refused.json()) as { code: string; title: string; retryAfterMs: number };
  expect(body.code).toBe("briefly-unavailable");
  expect(body.title).toMatch(/[가-힣]/);
  expect(refused.headers.get("retry-after")).toBe(String(body.retryAfterMs / 1_000));
  endAll();
  for (const response of await Promise.all(taken)) expect(await response.text()).toBe("done");
  expect(limit.underWay.size).toBe(0);
  const again = holds(call());
  endAll();
  expect((await again).status).toBe(200);
});

test("no more are under way than are finished soon, and never fewer than the least", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ ...atOnce, least: 2, most: 100 }, () => 0);
  const slow = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = [slow(call()), slow(call())];
  expect((await slow(call())).status).toBe(503);
  endAll();
  await Promise.all(taken);
  expect(limit.underWay.size).toBe(0);
  const roomy = openLoadLimit({ ...atOnce, least: 2, most: 100, insideMs: 60_000 }, () => 0);
  const quick = roomy.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const many = Array.from({ length: 50 }, () => quick(call()));
  endAll();
  for (const response of await Promise.all(many)) expect(response.status).toBe(200);
});

test("reading is never counted, a failure ends the count, refusals come back at different times", async () => {
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 1, insideMs: 60_000 }, () => 0);
  const { handler, endAll } = held();
  let fails = true;
  const failing: Handler = (one) => {
    if (!fails) return handler(one);
    throw new Error("on its way");
  };
  const read: Handler = () => new Response("read");
  const routes = limit.behind({ holds: { GET: read, POST: failing } }, ["holds"]).holds;
  expect(() => routes?.POST?.(call())).toThrow("on its way");
  expect(limit.underWay.size).toBe(0);
  fails = false;
  const taken = routes?.POST?.(call());
  expect(await (await routes?.GET?.(call()))?.text()).toBe("read");
  const times = new Set<string | null>();
  for (let nth = 0; nth < 8; nth++) {
    times.add((await routes?.POST?.(call()))?.headers.get("retry-after") ?? null);
  }
  expect(times.size).toBe(4);
  endAll();
  await taken;
});

test("who goes on with what was begun is refused last, and only the like of it is measured", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 3 }, () => 0);
  const isOwed = (request: Request) => request.url.endsWith("/again");
  const join = limit.behind({ join: { POST: handler } }, ["join"], isOwed).join?.POST as Handler;
  const again = { ...call(), request: new Request("http://gateway.test/again") };
  const taken = [join(again), join(again)];
  expect((await join(call())).status).toBe(503);
  taken.push(join(again));
  expect((await join(again)).status).toBe(503);
  endAll();
  for (const response of await Promise.all(taken)) expect(response.status).toBe(200);
});

test("what goes on after its answer stands in nobody's way at the door, up to the most of both", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 3 }, () => 0);
  const order = limit.behind({ orders: { POST: handler } }, ["orders"]).orders?.POST as Handler;
  const [one, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const taken = order(call());
  expect((await order(call())).status).toBe(503);
  limit.goesOn(one.promise);
  limit.goesOn(other.promise);
  endAll();
  await taken;
  expect(limit.underWay.size).toBe(2);
  const last = order(call());
  limit.goesOn(Promise.resolve());
  expect((await order(call())).status).toBe(503);
  endAll();
  expect((await last).status).toBe(200);
  limit.goesOn(other.promise);
  expect((await order(call())).status).toBe(503);
  one.resolve();
  other.resolve();
  await until("nothing goes on", () => limit.underWay.size === 0);
  const free = order(call());
  endAll();
  expect((await free).status).toBe(200);
});

test("a door that closed learns again when its work gets faster", async () => {
  let nowMs = 0;
  const limits = { ...atOnce, least: 4, most: 100, insideMs: 1_000 };
  const limit = openLoadLimit(limits, () => nowMs);
  const ends: (() => void)[] = [];
  const handler: Handler = () =>
    new Promise((resolve) => ends.push(() => resolve(new Response("done"))));
  const holds = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const fill = () => {
    for (let before = -1; limit.underWay.size > before; void holds(call()))
      before = limit.underWay.size;
  };
  const work = async (count: number, everyMs: number) => {
    for (let n = 0; n < count; n++) {
      fill();
      nowMs += everyMs;
      ends.shift()?.();
      await new Promise(setImmediate);
    }
    fill();
    return limit.underWay.size;
  };
  expect(await work(110, 500)).toBe(4);
  expect(await work(800, 2.5)).toBeGreaterThan(50);
  for (const end of ends) end();
});

test("where nothing is finished at all, as in a failover, those who come wait for it", async () => {
  const { handler, endAll } = held();
  let nowMs = 0;
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 3 }, () => nowMs);
  const holds = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = [holds(call())];
  expect((await holds(call())).status).toBe(503);
  nowMs = 5_000;
  taken.push(holds(call()), holds(call()));
  expect((await holds(call())).status).toBe(503);
  endAll();
  for (const response of await Promise.all(taken)) expect(response.status).toBe(200);
});

test("who stands outside is let in when a place is free, in the order of coming", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 4, outsideMs: 60_000 }, () => 0);
  const order: number[] = [];
  const told = (nth: number): Handler => {
    return (one) => {
      order.push(nth);
      return handler(one);
    };
  };
  const ask = (nth: number) =>
    limit.behind({ holds: { POST: told(nth) } }, ["holds"]).holds?.POST?.(call());
  const all = [0, 1, 2].map(ask);
  expect([limit.underWay.size, limit.outside]).toEqual([1, { size: 2, limit: 4 }]);
  expect(order).toEqual([0]);
  for (let ended = 0; ended < all.length; ended++) {
    endAll();
    expect((await all[ended])?.status).toBe(200);
  }
  expect(order).toEqual([0, 1, 2]);
  expect(limit.outside.size).toBe(0);
});

test("who has stood outside too long is refused, and where all stand still they are let in", async () => {
  const { handler, endAll } = held();
  let nowMs = 0;
  const limits = { ...atOnce, least: 1, most: 3, outsideMs: 60_000 };
  const limit = openLoadLimit(limits, () => nowMs);
  const holds = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = holds(call());
  const waits = holds(call("ko"));
  nowMs = 900;
  const refused = await waits;
  expect(refused.status).toBe(503);
  expect(((await refused.json()) as { title: string }).title).toMatch(/[가-힣]/);
  const letIn = holds(call());
  expect(limit.outside.size).toBe(1);
  nowMs = 1_001;
  await until("the stall is seen", async () => limit.outside.size === 0);
  endAll();
  for (const response of [await taken, await letIn]) expect(response.status).toBe(200);
});

test("what a request goes on with after its answer is under way until it rests, however it ends", async () => {
  const limit = openLoadLimit({ ...atOnce, least: 2, most: 2 });
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const works = [first, second];
  const handler: Handler = () => {
    const work = works.shift();
    if (work !== undefined) limit.goesOn(work.promise);
    return new Response("under way");
  };
  const orders = limit.behind({ orders: { POST: handler } }, ["orders"]).orders?.POST as Handler;
  expect([(await orders(call())).status, (await orders(call())).status]).toEqual([200, 200]);
  expect(limit.underWay).toEqual({ size: 2, limit: 2 });
  expect((await orders(call())).status).toBe(503);
  first.resolve();
  second.reject(new Error("put down"));
  await Promise.allSettled([first.promise, second.promise]);
  expect(limit.underWay.size).toBe(0);
  expect((await orders(call())).status).toBe(200);
});
