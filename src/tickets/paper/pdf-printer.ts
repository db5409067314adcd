// Draws tickets as PDF in a thread of its own, so that the thread that sells never waits for letters.
// Keeps: a bounded number waits (more are told to come back), and a thread that does not answer is
// ended with a fault for those who wait. The thread starts with the first ticket and ends when idle.

import type { Bound } from "../../foundation/bounds.ts";
import { Fault } from "../../foundation/fault.ts";
import type { TicketSheet } from "./ticket-pdf.ts";

export type PdfPrinter = {
  /** @throws Fault `printer-busy` (retryable), `printing-failed` */
  print(sheet: TicketSheet): Promise<Uint8Array>;
  /** Tickets that are not printed yet. */
  readonly bound: Bound;
  stop(): void;
};

const maxWaiting = 64;
const patienceMs = 20_000;
const idleMs = 60_000;

type Waiting = { resolve(file: Uint8Array): void; reject(error: Fault): void };
type Printed = { id: number; file?: Uint8Array; why?: string };

export function openPdfPrinter(): PdfPrinter {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastId = 0;

  const end = (why: string) => {
    clearTimeout(timer);
    thread?.terminate();
    thread = undefined;
    const fault = new Fault("printing-failed", `a ticket was not printed: ${why}`);
    for (const { reject } of waiting.values()) reject(fault);
    waiting.clear();
  };
  /** Each answer gives the next one its own time; with nobody waiting the thread goes. */
  const watch = () => {
    clearTimeout(timer);
    const isIdle = waiting.size === 0;
    timer = setTimeout(() => end("no answer"), isIdle ? idleMs : patienceMs);
    if (isIdle) timer.unref();
  };
  const start = () => {
    const started = new Worker(new URL("./pdf-thread.ts", import.meta.url).href);
    started.onmessage = ({ data: { id, file, why } }: MessageEvent<Printed>) => {
      const asked = waiting.get(id);
      waiting.delete(id);
      watch();
      if (file !== undefined) asked?.resolve(file);
      else asked?.reject(new Fault("printing-failed", `a ticket was not printed: ${why}`));
    };
    started.onerror = ({ message }) => end(message);
    return started;
  };

  return {
    print(sheet) {
      if (waiting.size >= maxWaiting) {
        throw new Fault("printer-busy", "many tickets are being printed", { retryable: true });
      }
      thread ??= start();
      const id = ++lastId;
      const printed = new Promise<Uint8Array>((resolve, reject) => {
        waiting.set(id, { resolve, reject });
      });
      watch();
      thread.postMessage({ id, sheet });
      return printed;
    },
    get bound() {
      return { size: waiting.size, limit: maxWaiting };
    },
    stop: () => end("stopped"),
  };
}
