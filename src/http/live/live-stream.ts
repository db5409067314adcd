// Server-sent messages. A stream is pushed to and never buffers more than a little: a reader that
// falls behind is closed and comes back by itself with its place, because a slow phone must not cost
// the others memory. Every stream ends by a told `reconnect` when the server stops (Y3).
//
// A waiting room holds a stream for every fan, so a stream is one small object: it is itself the source
// that Bun reads from, its methods are shared, and the request is let go of. Bun calls `cancel` when
// the reader leaves; listening to the request's abort signal as well would cost a kilobyte a stream.

import { assert } from "../../foundation/assert.ts";

const encoder = new TextEncoder();

/** @param id what a reader names when it comes back, as `Last-Event-ID`. */
export function encodeMessage(name: string, payload: string, id?: string): Uint8Array {
  const named = id === undefined ? "" : `id: ${id}\n`;
  return encoder.encode(`${named}event: ${name}\ndata: ${payload}\n\n`);
}
/** Keeps proxies from cutting a quiet stream. */
const ping = encoder.encode(": ping\n\n");
/** Chunks a reader may be behind before it is let go. */
const slack = new CountQueuingStrategy({ highWaterMark: 32 });

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-accel-buffering": "no",
};

export type LiveStream = {
  /** The answer to the request that opened the stream; asked for once. */
  respond(): Response;
  /** False: the stream is gone (closed, or dropped for being behind). */
  send(message: Uint8Array): boolean;
  ping(): boolean;
  end(last?: Uint8Array): void;
  readonly open: boolean;
};

/** @param onClose called once, whoever closes the stream. */
export function openLive(onClose: () => void = () => {}): LiveStream {
  return new Stream(onClose);
}

class Stream implements LiveStream, UnderlyingDefaultSource<Uint8Array> {
  #open = true;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #body: ReadableStream<Uint8Array> | undefined;
  readonly #onClose: () => void;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
    this.#body = new ReadableStream(this, slack);
  }

  get open(): boolean {
    return this.#open;
  }

  respond(): Response {
    const body = this.#body;
    assert(body !== undefined, "a stream answers one request");
    this.#body = undefined;
    return new Response(body, { headers });
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
  }

  cancel(): void {
    this.#closed();
  }

  send(message: Uint8Array): boolean {
    const controller = this.#controller;
    if (!this.#open || controller === undefined) return false;
    if ((controller.desiredSize ?? 0) <= 0) {
      this.#finish();
      return false;
    }
    try {
      controller.enqueue(message);
    } catch {
      this.#closed();
    }
    return this.#open;
  }

  ping(): boolean {
    return this.send(ping);
  }

  end(last?: Uint8Array): void {
    if (last !== undefined) this.send(last);
    this.#finish();
  }

  #finish(): void {
    try {
      this.#controller?.close();
    } catch {
      // Closed by the other side meanwhile.
    }
    this.#closed();
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#controller = undefined;
    this.#onClose();
  }
}
