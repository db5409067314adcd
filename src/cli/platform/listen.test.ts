// The server that every role listens with: what is prepared is answered as its handler would, a new table
// of routes disturbs nobody, and who is asked to leave says so to every connection.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { freePort } from "../../foundation/free-port.ts";
import { silentLog } from "../../foundation/log.ts";
import type { Mounted } from "../../http/mount.ts";
import type { PreparedAnswer } from "../../http/prepared.ts";
import { pathTo } from "../../wire/routes.ts";
import { type Listening, listen } from "./listen.ts";

const path = pathTo("frontier", { onSaleId: "os_0" });
/** Another spelling of the same address, which no prepared answer has. */
const spelled = path.replace("_", "%5F");
const headersOf = (etag: string) => ({
  "content-type": "application/json; charset=utf-8",
  "cache-control": "public, max-age=1",
  "access-control-allow-origin": "*",
  etag,
});

let web: Listening;
let url: string;
let text = '{"n":0}';
let asked = 0;
let changed = () => {};
const slow = Promise.withResolvers<Response>();
let stream: ReadableStreamDefaultController<string>;

const mounted: Mounted = {
  frontier: {
    GET: () => {
      asked++;
      return new Response(text, { headers: headersOf(`"${text}"`) });
    },
  },
  status: { GET: () => slow.promise },
  live: {
    GET: () =>
      new Response(
        new ReadableStream<string>({
          start(controller) {
            stream = controller;
            controller.enqueue("first ");
          },
        }),
      ),
  },
};
const prepared = {
  answers: () => {
    const answer = { body: new TextEncoder().encode(text), headers: headersOf(`"${text}"`) };
    return new Map<string, PreparedAnswer>([[path, answer]]);
  },
  onChange: (listener: () => void) => {
    changed = listener;
  },
};

async function becomes(next: string): Promise<void> {
  text = next;
  changed();
  while ((await (await fetch(url + path)).text()) !== next) await Bun.sleep(2);
}

beforeAll(() => {
  web = listen({ host: "127.0.0.1", port: 0, what: "a trial", option: "none", log: silentLog });
  url = `http://127.0.0.1:${web.port}`;
  web.serve(mounted, () => new Response(null, { status: 404 }), { prepared });
});
afterAll(() => web?.stop());

test("a prepared answer is its handler's, and the handler is not asked", async () => {
  const answerTo = async (address: string, init: RequestInit) => {
    const answer = await fetch(url + address, init);
    const kept = ["content-type", "cache-control", "etag", "access-control-allow-origin"];
    const headers = kept.map((name) => answer.headers.get(name));
    return { status: answer.status, headers, body: await answer.text() };
  };
  const before = asked;
  const requests: RequestInit[] = [
    {},
    { method: "HEAD" },
    { headers: { "if-none-match": '"another", W/"one"' } },
    { method: "POST" },
    { method: "DELETE" },
    { method: "OPTIONS", headers: { origin: "https://elsewhere.example" } },
  ];
  for (const init of requests) {
    expect(await answerTo(path, init)).toEqual(await answerTo(spelled, init));
  }
  // The other spelling's three reads.
  expect(asked - before).toBe(3);
  expect((await fetch(url + path, { method: "POST" })).status).toBe(405);
});

test("not modified, however the tag is written", async () => {
  await becomes('{"n":1}');
  const tag = `"${text}"`;
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
    const answer = await fetch(url + path, { headers: { "if-none-match": known } });
    expect([known, answer.status, await answer.text()]).toEqual([known, 304, ""]);
  }
});

test("a change arrives; streams and requests under way are not touched by it", async () => {
  const reader = (await fetch(url + pathTo("live", { onSaleId: "os_0" }))).body?.getReader();
  const underWay = fetch(url + pathTo("status", { onSaleId: "os_0" }));
  for (let n = 2; n < 8; n++) await becomes(`{"n":${n}}`);
  slow.resolve(new Response("answered"));
  expect(await (await underWay).text()).toBe("answered");
  stream.enqueue("second");
  stream.close();
  let heard = "";
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    heard += new TextDecoder().decode(part.value);
  }
  expect(heard).toBe("first second");
});

test("many changes make few tables", async () => {
  let tables = 0;
  const counting = { ...prepared, answers: () => (tables++, prepared.answers()) };
  const other = listen({ host: "127.0.0.1", port: 0, what: "it", option: "none", log: silentLog });
  other.serve(mounted, () => new Response(), { prepared: counting });
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  while (elapsedMs() < 450 || tables < 2) {
    changed();
    await Bun.sleep(1);
  }
  // The first table, and one every 200 ms; one more for what came in between.
  expect(tables).toBeLessThanOrEqual(2 + elapsedMs() / 200);
  await other.stop();
});

test("who leaves says so with every answer, prepared ones too", async () => {
  const leaving = listen({
    host: "127.0.0.1",
    port: 0,
    what: "it",
    option: "none",
    log: silentLog,
  });
  leaving.serve(mounted, () => new Response(null, { status: 404 }), { prepared });
  const address = `http://127.0.0.1:${leaving.port}`;
  expect((await fetch(address + path)).headers.get("connection")).not.toBe("close");
  leaving.drain();
  changed();
  const answer = await fetch(address + path);
  expect([answer.headers.get("connection"), await answer.text()]).toEqual(["close", text]);
  expect((await fetch(address + pathTo("healthReady"))).status).toBe(503);
  await leaving.stop();
});

test("on a shared port nobody is dealt to a process that is not ready", async () => {
  const shared = {
    host: "127.0.0.1",
    shared: true,
    what: "usher",
    option: "--port",
    log: silentLog,
  };
  const port = await freePort();
  const ready = listen({ ...shared, port });
  const starting = listen({ ...shared, port });
  ready.serve({}, () => new Response("one"));
  const ask = async () => {
    const headers = { connection: "close" };
    return (await fetch(`http://127.0.0.1:${port}/`, { headers })).text();
  };
  const asks = async () => new Set(await Promise.all(Array.from({ length: 64 }, ask)));
  expect(await asks()).toEqual(new Set(["one"]));
  starting.serve({}, () => new Response("two"));
  expect(await asks()).toEqual(new Set(["one", "two"]));
  await Promise.all([ready.stop(), starting.stop()]);
});
