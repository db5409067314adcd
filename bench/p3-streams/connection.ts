// One kept connection that asks one thing after the other: a fan's side that costs as little as can be,
// because it shares the machine with what is measured.

export type Connection = {
  post(path: string, body: string): Promise<{ status: number; text: string }>;
  close(): void;
};

type Waiting = {
  resolve: (answer: { status: number; text: string }) => void;
  reject: (error: Error) => void;
};

export async function connect(port: number): Promise<Connection> {
  let waiting: Waiting | undefined;
  let rest = "";
  const fail = (error: Error) => {
    waiting?.reject(error);
    waiting = undefined;
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      data(_, chunk) {
        rest += chunk.toString("latin1");
        const head = rest.indexOf("\r\n\r\n");
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(rest.slice(0, head))?.[1]);
        if (rest.length < head + 4 + length) return;
        const answer = { status: Number(rest.slice(9, 12)), text: rest.slice(head + 4) };
        rest = "";
        waiting?.resolve(answer);
        waiting = undefined;
      },
      close: () => fail(new Error("the connection was closed")),
      error: (_, error) => fail(error),
    },
  });
  return {
    post(path, body) {
      const { promise, resolve, reject } = Promise.withResolvers<{
        status: number;
        text: string;
      }>();
      waiting = { resolve, reject };
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
      return promise;
    },
    close: () => socket.end(),
  };
}
