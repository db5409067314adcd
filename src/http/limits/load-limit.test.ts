import { expect, test } from "bun:test";
import { openLoadLimit } from "./load-limit.ts";
import type { Call, Handler } from "../mount.ts";

const call = (language = "en") =>
  ({
    request: new Request("http://shop.test/", { headers: { "accept-language": language } }),
    params: {},
    ip: "",
    longLived() {},
  }) satisfies Call;

const atOnce = { refuseAfterMs: 0, mostRefusing: 0 };

/** Requests that end when they are told to. */
function held() {
  const ends: ((response: Response) => void)[] = [];
  const handler: Handler = () => new Promise((resolve) => ends.push(resolve));
  return { handler, endAll: () => ends.splice(0).forEach((end) => end(new Response("done"))) };
}

test("[Y5] what would have to wait too long is refused at the door, and told when to come back", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ ...atOnce, least: 2, most: 3, slowMs: 60_000 });
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
  const limit = openLoadLimit({ ...atOnce, least: 2, most: 100, slowMs: 0 });
  const slow = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = [slow(call()), slow(call())];
  expect((await slow(call())).status).toBe(503);
  endAll();
  await Promise.all(taken);
  expect(limit.underWay.size).toBe(0);
  const roomy = openLoadLimit({ ...atOnce, least: 2, most: 100, slowMs: 60_000 });
  const quick = roomy.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const many = Array.from({ length: 50 }, () => quick(call()));
  endAll();
  for (const response of await Promise.all(many)) expect(response.status).toBe(200);
});

test("reading is never counted, a failure ends the count, refusals come back at different times", async () => {
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 1, slowMs: 60_000 });
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
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 3, slowMs: 0 });
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

test("where nothing is finished at all, as in a failover, those who come wait for it", async () => {
  const { handler, endAll } = held();
  let nowMs = 0;
  const limit = openLoadLimit({ ...atOnce, least: 1, most: 3, slowMs: 0 }, () => nowMs);
  const holds = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = [holds(call())];
  expect((await holds(call())).status).toBe(503);
  nowMs = 5_000;
  taken.push(holds(call()), holds(call()));
  expect((await holds(call())).status).toBe(503);
  endAll();
  for (const response of await Promise.all(taken)) expect(response.status).toBe(200);
});

test("a refusal takes its time, and beyond so many of them no more", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({
    ...{ least: 1, most: 1, slowMs: 0 },
    ...{ refuseAfterMs: 30, mostRefusing: 1 },
  });
  const holds = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = holds(call());
  const askedAt = performance.now();
  const later = holds(call());
  expect(limit.refusing).toEqual({ size: 1, limit: 1 });
  expect(holds(call())).toBeInstanceOf(Response);
  expect((await later).status).toBe(503);
  expect(performance.now() - askedAt).toBeGreaterThanOrEqual(29);
  expect(limit.refusing.size).toBe(0);
  endAll();
  await taken;
});
