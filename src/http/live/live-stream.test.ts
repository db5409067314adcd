import { afterAll, expect, test } from "bun:test";
import { createConnection, type Socket } from "node:net";
import { until } from "../../../test/support/until.ts";
import { encodeMessage, type LiveStream, openLive } from "./live-stream.ts";
import { openLimitedStreams } from "./limited-streams.ts";

const hello = encodeMessage("hello", "{}");
const streams: LiveStream[] = [];
const limited = openLimitedStreams(2);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  fetch(request) {
    const { pathname } = new URL(request.url);
    const stream = pathname === "/limited" ? limited.open("fan") : openLive();
    streams.push(stream);
    // The server sends the headers with the first bytes.
    stream.send(hello);
    return stream.respond();
  },
});
afterAll(() => server.stop(true));

/** Asks for a stream and never reads a byte of it. */
async function deafReader(): Promise<Socket> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = streams.length;
  const socket = createConnection({ host: "127.0.0.1", port: server.port ?? 0 }, resolve);
  await promise;
  socket.pause();
  socket.on("error", () => {});
  socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await until("a stream", () => streams.length > before);
  return socket;
}

test("a reader that does not read is dropped, and costs little until then", async () => {
  const socket = await deafReader();
  const stream = streams.at(-1);
  const message = encodeMessage("waiting", "x".repeat(64 * 1024));
  let sent = 0;
  while (stream?.send(message) && sent < 2_000) {
    sent++;
    await Bun.sleep(0);
  }
  // What the kernel takes on loopback, and then no more than the slack.
  expect(sent * message.length).toBeLessThan(24 * 1024 * 1024);
  expect(stream?.open).toBe(false);
  socket.destroy();
}, 30_000);

test("a reader that goes away is noticed", async () => {
  const controller = new AbortController();
  const response = await fetch(server.url, { signal: controller.signal });
  const stream = streams.at(-1);
  stream?.send(encodeMessage("waiting", "{}"));
  const reader = response.body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("event: hello");
  controller.abort();
  await until("it to be dropped", () => stream?.open === false);
}, 30_000);

test("the last word arrives, then the end", async () => {
  const response = await fetch(server.url);
  streams.at(-1)?.end(encodeMessage("reconnect", '{"afterMs":5}'));
  expect(await response.text()).toEndWith('event: reconnect\ndata: {"afterMs":5}\n\n');
  expect(streams.at(-1)?.send(encodeMessage("waiting", "{}"))).toBe(false);
});

test("one stream too many ends the oldest, and a closed one makes room", async () => {
  const url = new URL("/limited", server.url);
  const [first, second, third] = [await fetch(url), await fetch(url), await fetch(url)];
  expect(await first.text()).toBe("event: hello\ndata: {}\n\n");
  const open = streams.slice(-3).map((stream) => stream.open);
  expect(open).toEqual([false, true, true]);
  streams.at(-1)?.end();
  await third.text();
  const fourth = await fetch(url);
  expect(streams.slice(-3).map((stream) => stream.open)).toEqual([true, false, true]);
  await Promise.all([second.body?.cancel(), fourth.body?.cancel()]);
});
