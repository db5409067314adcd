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

/** Requests that end when they are told to. */
function held() {
  const ends: ((response: Response) => void)[] = [];
  const handler: Handler = () => new Promise((resolve) => ends.push(resolve));
  return { handler, endAll: () => ends.splice(0).forEach((end) => end(new Response("done"))) };
}

test("[Y5] what would have to wait too long is refused at the door, and told when to come back", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ least: 2, most: 3, slowMs: 60_000 });
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

test("while what ends has taken too long, only the least are under way; quick ones open it again", async () => {
  const { handler, endAll } = held();
  const limit = openLoadLimit({ least: 2, most: 100, slowMs: -1 });
  const slow = limit.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const taken = [slow(call()), slow(call())];
  expect((await slow(call())).status).toBe(503);
  endAll();
  await Promise.all(taken);
  expect(limit.underWay.size).toBe(0);
  const roomy = openLoadLimit({ least: 2, most: 100, slowMs: 60_000 });
  const quick = roomy.behind({ holds: { POST: handler } }, ["holds"]).holds?.POST as Handler;
  const many = Array.from({ length: 50 }, () => quick(call()));
  endAll();
  for (const response of await Promise.all(many)) expect(response.status).toBe(200);
});

test("reading is never counted, a failure ends the count, refusals come back at different times", async () => {
  const limit = openLoadLimit({ least: 1, most: 1, slowMs: 60_000 });
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
  const limit = openLoadLimit({ least: 1, most: 3, slowMs: -1 });
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
