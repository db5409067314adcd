// Server-sent messages. A stream is pushed to and never buffers more than a little: a reader that
// falls behind is closed and comes back by itself with its place, because a slow phone must not cost
// the others memory. Every stream ends by a told `reconnect` when the server stops (Y3).

const encoder = new TextEncoder();

export function encodeMessage(name: string, payload: string): Uint8Array {
  return encoder.encode(`event: ${name}\ndata: ${payload}\n\n`);
}
/** Keeps proxies from cutting a quiet stream. */
const ping = encoder.encode(": ping\n\n");
/** Chunks a reader may be behind before it is let go. */
const slack = 32;

export type LiveStream = {
  readonly response: Response;
  /** False: the stream is gone (closed, or dropped for being behind). */
  send(message: Uint8Array): boolean;
  ping(): boolean;
  end(last?: Uint8Array): void;
  readonly open: boolean;
};

export function openLive(options: { signal: AbortSignal; onClose?: () => void }): LiveStream {
  let open = true;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const closed = () => {
    if (!open) return;
    open = false;
    options.onClose?.();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(streamController) {
        controller = streamController;
      },
      cancel: closed,
    },
    { highWaterMark: slack },
  );
  options.signal.addEventListener("abort", closed, { once: true });

  const finish = () => {
    try {
      controller?.close();
    } catch {
      // Closed by the other side meanwhile.
    }
    closed();
  };
  const send = (message: Uint8Array): boolean => {
    if (!open || controller === undefined) return false;
    if ((controller.desiredSize ?? 0) <= 0) {
      finish();
      return false;
    }
    try {
      controller.enqueue(message);
    } catch {
      closed();
    }
    return open;
  };
  return {
    response: new Response(body, {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      },
    }),
    send,
    ping: () => send(ping),
    end(last) {
      if (last !== undefined) send(last);
      finish();
    },
    get open() {
      return open;
    },
  };
}
