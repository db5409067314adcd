// Kept connections, as from a proxy in front of many fans: one request at a time on each, in the order
// of asking. A request that finds none free waits, and its latency runs on meanwhile; one that has waited
// longer than its fan would is never sent, and counted so.

import type { Socket } from "bun";

/**
 * @param status of HTTP; 0: the connection broke; -1: given up before a connection was free.
 * @returns what the fan asks next, on the same connection at once.
 */
export type Answered = (status: number, body: string) => Next | void;
export type Next = { request: string; answered: Answered };
/** Made when it is sent: what is never sent costs nothing. */
export type Making = () => string;

export type Connections = {
  /** @param since when the fan began to wait, as `performance.now()` counts. */
  ask(request: string | Making, since: number, answered: Answered): void;
  /** Asked and not answered. */
  readonly open: number;
  close(): void;
};

type Ask = { request: string | Making; answered: Answered; since: number };
type Connection = { ask: Ask | undefined; text: string; length: number };

export async function openConnections(options: {
  port: number;
  count: number;
  giveUpMs: number;
}): Promise<Connections> {
  const { port, count, giveUpMs } = options;
  const free: Socket<Connection>[] = [];
  let waiting: Ask[] = [];
  let next = 0;
  let open = 0;
  let isClosed = false;

  const give = (ask: Ask, status: number, body: string): Next | void => {
    open--;
    return ask.answered(status, body);
  };
  const send = (socket: Socket<Connection>, ask: Ask) => {
    socket.data.ask = ask;
    socket.write(typeof ask.request === "string" ? ask.request : ask.request());
  };
  const takeNext = (socket: Socket<Connection>) => {
    while (next < waiting.length) {
      const ask = waiting[next++] as Ask;
      if (next > 10_000) {
        waiting = waiting.slice(next);
        next = 0;
      }
      if (performance.now() - ask.since <= giveUpMs) {
        send(socket, ask);
        return;
      }
      give(ask, -1, "");
    }
    free.push(socket);
  };
  const finish = (socket: Socket<Connection>) => {
    const { ask, text } = socket.data;
    socket.data = { ask: undefined, text: "", length: -1 };
    const more = ask && give(ask, Number(text.slice(9, 12)), text);
    if (more) {
      open++;
      send(socket, { ...more, since: performance.now() });
    } else takeNext(socket);
  };
  const handler = {
    data(socket: Socket<Connection>, chunk: Buffer) {
      const { data } = socket;
      // Bytes and characters are the same in latin1, so lengths are right; nothing here is shown.
      data.text =
        data.text === "" ? chunk.toString("latin1") : data.text + chunk.toString("latin1");
      if (data.length < 0) data.length = lengthOf(data.text);
      if (data.length >= 0 && data.text.length >= data.length) finish(socket);
    },
    close(socket: Socket<Connection>) {
      const { ask } = socket.data;
      const at = free.indexOf(socket);
      if (at >= 0) free.splice(at, 1);
      if (ask !== undefined) give(ask, 0, "");
      if (!isClosed) void connect();
    },
    error() {},
  };
  const connect = async () => {
    const data: Connection = { ask: undefined, text: "", length: -1 };
    takeNext(await Bun.connect({ hostname: "127.0.0.1", port, data, socket: handler }));
  };
  for (let at = 0; at < count; at += 100) {
    await Promise.all(Array.from({ length: Math.min(100, count - at) }, connect));
  }
  return {
    ask(request, since, answered) {
      open++;
      const ask = { request, since, answered };
      const socket = free.pop();
      if (socket === undefined) waiting.push(ask);
      else send(socket, ask);
    },
    get open() {
      return open;
    },
    close() {
      isClosed = true;
      for (const socket of free) socket.end();
    },
  };
}

/** Of the whole answer; -1: its head is not complete. */
function lengthOf(text: string): number {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return -1;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? "0";
  return end + 4 + Number(length);
}
