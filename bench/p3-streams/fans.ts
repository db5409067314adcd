// A process full of fans: each joins over HTTP, then holds its own stream with its own queue token, and
// notes when it first hears what it is told to listen for. Told what to do by p3-streams.ts over its
// channel; run alone it does nothing.

import type { Socket } from "bun";
import { openDraw } from "../../src/domain/waiting-room/draw.ts";
import { newId, type OnSaleId } from "../../src/foundation/ids.ts";
import type { Joined } from "../../src/wire/contract.ts";
import { joinPlace } from "../../src/wire/join-place.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { connect } from "./connection.ts";
import { addresses } from "./machine.ts";

export type Order =
  | { do: "join"; port: number; onSaleId: OnSaleId; count: number; atOnce: number }
  | { do: "open"; atOnce: number }
  /** From now on: note the first message that has this text. */
  | { do: "listen"; text: string }
  /** What was heard; the draw tells who is how far in front. */
  | { do: "tell"; draw?: { seed: string; cohort: number } }
  /** How many bytes the streams have brought until now. */
  | { do: "weigh" }
  | { do: "end" };
export type Report =
  | { done: "join"; joined: number; tookMs: number }
  /** Of those that are open, `again` is how often one was refused or cut off first. */
  | { done: "open"; open: number; again: number; tookMs: number }
  | { done: "listen" }
  | { done: "weigh"; bytes: number }
  /** Milliseconds from the document's own instant to its arrival, with the fan's position; -1: not heard. */
  | { done: "tell"; open: number; lost: number; heard: { position: number; afterMs: number }[] };

type Fan = {
  index: number;
  token: string;
  socket: Socket<Fan> | undefined;
  heardAfterMs: number;
  isOpen: boolean;
  /** While it waits for its stream's first word. */
  opening: { resolve(): void; reject(error: Error): void } | undefined;
};

/** Told to come again, a fan does so after the time that it was told; so often at most. */
const joinTries = 10;
/** So does one whose stream was cut off before its first word. */
const openTries = 10;
const openAgainMs = 1_000;
const fans: Fan[] = [];
let gateway = { port: 0, path: "", host: "" };
let wanted: Buffer | undefined;
let open = 0;
let lost = 0;
let bytes = 0;

async function inTurns(
  count: number,
  atOnce: number,
  work: (nth: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

async function join(order: Extract<Order, { do: "join" }>): Promise<Report> {
  const startedAt = performance.now();
  gateway = { port: order.port, host: `127.0.0.1:${order.port}`, path: pathTo("live", order) };
  const path = pathTo("join", { onSaleId: order.onSaleId });
  let next = 0;
  const lane = async () => {
    const connection = await connect(order.port);
    while (next++ < order.count) {
      const { body } = await joinPlace({ entryId: newId("entry") }, async (asked) => {
        const text = JSON.stringify(asked);
        let answer = await connection.post(path, text);
        for (let tries = 1; answer.status === 503 && tries < joinTries; tries++) {
          const { retryAfterMs = 1_000 } = JSON.parse(answer.text) as { retryAfterMs?: number };
          await Bun.sleep(retryAfterMs);
          answer = await connection.post(path, text);
        }
        if (answer.status !== 200) throw new Error(`join: ${answer.status} ${answer.text}`);
        return { body: JSON.parse(answer.text) as Joined };
      });
      const { queueToken: token, index } = body;
      fans.push({
        index,
        token,
        socket: undefined,
        heardAfterMs: -1,
        isOpen: false,
        opening: undefined,
      });
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: order.atOnce }, lane));
  return { done: "join", joined: fans.length, tookMs: performance.now() - startedAt };
}

/** A turn came: the stream has said its last word, and is no waiting fan's any more. */
const lastWord = Buffer.from("event: admitted");

/** What is the same for everybody is read once: what a word costs here is taken from the gateways. */
type Read = { chunk: Buffer; isLast: boolean; sentAt: number | undefined };
const nothingYet: Read = { chunk: Buffer.alloc(0), isLast: false, sentAt: undefined };
let newest = nothingYet;

function read(chunk: Buffer): Read {
  if (newest.chunk.equals(chunk)) return newest;
  const isWanted = wanted !== undefined && chunk.includes(wanted);
  const now = isWanted ? /"now":(\d+)/.exec(chunk.toString("latin1"))?.[1] : undefined;
  const sentAt = now === undefined ? undefined : Number(now);
  newest = { chunk: Buffer.from(chunk), isLast: chunk.includes(lastWord), sentAt };
  return newest;
}

function leave(fan: Fan): void {
  if (fan.isOpen) open--;
  fan.isOpen = false;
}

/** The first word of a stream: whether it is one. */
function opened({ data: fan }: Socket<Fan>, chunk: Buffer): void {
  const { opening } = fan;
  fan.opening = undefined;
  if (chunk.toString("latin1", 0, 12).endsWith("200")) {
    fan.isOpen = true;
    open++;
    opening?.resolve();
  } else opening?.reject(new Error(chunk.toString("latin1", 0, 200)));
}

function closed({ data: fan }: Socket<Fan>, why: string): void {
  fan.opening?.reject(new Error(why));
  fan.opening = undefined;
  if (fan.isOpen) lost++;
  leave(fan);
}

/** The same for all of them: what a stream costs this process is taken from the machine that is measured. */
const listener = {
  open(socket: Socket<Fan>) {
    socket.write(requestOf(socket.data));
  },
  data(socket: Socket<Fan>, chunk: Buffer) {
    const { data: fan } = socket;
    if (fan.opening !== undefined) opened(socket, chunk);
    bytes += chunk.length;
    const { isLast, sentAt } = read(chunk);
    if (isLast) leave(fan);
    if (sentAt === undefined || fan.heardAfterMs >= 0) return;
    fan.heardAfterMs = Math.max(0, Date.now() - sentAt);
  },
  close: (socket: Socket<Fan>) => closed(socket, "closed before its first word"),
  error: (socket: Socket<Fan>, error: Error) => closed(socket, String(error)),
  connectError: (socket: Socket<Fan>, error: Error) => closed(socket, String(error)),
};

const requestOf = ({ token }: Fan) =>
  `GET ${gateway.path} HTTP/1.1\r\nHost: ${gateway.host}\r\nAuthorization: Bearer ${token}\r\nAccept: text/event-stream\r\n\r\n`;

async function openAll({ atOnce }: Extract<Order, { do: "open" }>): Promise<Report> {
  const startedAt = performance.now();
  let again = 0;
  await inTurns(fans.length, atOnce, async (nth) => {
    for (let tries = 1; ; tries++) {
      try {
        await openStream(fans[nth] as Fan, addresses[nth % addresses.length] ?? addresses[0]);
        return;
      } catch (error) {
        if (tries === openTries) throw error;
        again++;
        (fans[nth] as Fan).socket?.end();
        await Bun.sleep(openAgainMs);
      }
    }
  });
  return { done: "open", open, again, tookMs: performance.now() - startedAt };
}

async function openStream(fan: Fan, hostname: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  fan.opening = { resolve, reject };
  // A connection that is refused rejects twice.
  promise.catch(() => undefined);
  const { port } = gateway;
  fan.socket = await Bun.connect<Fan>({ hostname, port, data: fan, socket: listener });
  await promise;
}

function tell({ draw }: Extract<Order, { do: "tell" }>): Report {
  const drawn = draw && openDraw(Buffer.from(draw.seed, "hex"), draw.cohort);
  const heard = fans
    .filter(({ isOpen }) => isOpen)
    .map(({ index, heardAfterMs }) => ({
      position: drawn ? drawn.positionOf(index) : index,
      afterMs: heardAfterMs,
    }));
  return { done: "tell", open, lost, heard };
}

async function obey(order: Order): Promise<Report | undefined> {
  switch (order.do) {
    case "join":
      return join(order);
    case "open":
      return openAll(order);
    case "listen":
      for (const fan of fans) fan.heardAfterMs = -1;
      wanted = Buffer.from(order.text);
      newest = nothingYet;
      return { done: "listen" };
    case "tell":
      return tell(order);
    case "weigh":
      return { done: "weigh", bytes };
    case "end":
      process.exit(0);
  }
}

process.on("message", (order: Order) => {
  obey(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.send?.({ ready: true });
process.on("disconnect", () => process.exit(0));
