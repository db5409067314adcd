// Server-sent messages over fetch (EventSource cannot tell a refusal from a lost network). Reconnects
// by itself with growing, spread pauses; a refusal that repeating cannot mend ends it.

import type { Problem } from "../../../wire/problems.ts";
import { pause, problemOf } from "./http.ts";

export type StreamHandlers = {
  /** Answer "again" to drop this connection and start anew, which brings a fresh snapshot. */
  message(name: string, payload: unknown): "again" | undefined;
  /** False while there is no connection. */
  connected(is: boolean): void;
  refused(problem: Problem): void;
};

const silentMs = 45_000;
const firstPauseMs = 500;
const longestPauseMs = 15_000;
/** A snapshot may be handed out this long after it was made; sooner would be the same one again. */
const gapPauseMs = 400;

export function followStream(address: string, handlers: StreamHandlers): () => void {
  const stop = new AbortController();
  void (async () => {
    let failures = 0;
    while (!stop.signal.aborted) {
      const ended = await readOnce(address, handlers, stop.signal);
      handlers.connected(false);
      if (ended.kind === "refused") return;
      failures = ended.kind === "failed" ? failures + 1 : 0;
      const grown = Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
      const wait = ended.kind === "again" ? ended.afterMs : grown;
      if (!stop.signal.aborted) await pause(wait * (0.7 + 0.6 * Math.random()));
    }
  })();
  return () => stop.abort();
}

type Ended = { kind: "again"; afterMs: number } | { kind: "failed" } | { kind: "refused" };

async function readOnce(
  address: string,
  handlers: StreamHandlers,
  stopped: AbortSignal,
): Promise<Ended> {
  const connection = new AbortController();
  const cut = () => connection.abort();
  stopped.addEventListener("abort", cut, { once: true });
  let silence = setTimeout(cut, silentMs);
  try {
    const response = await fetch(address, {
      credentials: "include",
      headers: { accept: "text/event-stream" },
      signal: connection.signal,
    });
    if (!response.ok || !response.body) return await refusalOf(response, handlers);
    handlers.connected(true);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = messageParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kind: "again", afterMs: firstPauseMs };
      clearTimeout(silence);
      silence = setTimeout(cut, silentMs);
      for (const { name, payload } of parse(value)) {
        if (name === "reconnect") return { kind: "again", afterMs: afterOf(payload) };
        if (handlers.message(name, payload) === "again")
          return { kind: "again", afterMs: gapPauseMs };
      }
    }
  } catch {
    return { kind: "failed" };
  } finally {
    clearTimeout(silence);
    stopped.removeEventListener("abort", cut);
    cut();
  }
}

async function refusalOf(response: Response, handlers: StreamHandlers): Promise<Ended> {
  const problem = problemOf(response, await response.json().catch(() => undefined));
  if (problem.status === 429 || problem.status >= 500) return { kind: "failed" };
  handlers.refused(problem);
  return { kind: "refused" };
}

function afterOf(payload: unknown): number {
  const after =
    typeof payload === "object" && payload !== null && "afterMs" in payload ? payload.afterMs : 0;
  return typeof after === "number" ? Math.min(60_000, Math.max(0, after)) : firstPauseMs;
}

/** Feeds on pieces of text as they come and gives the messages that are complete. */
export function messageParser(): (text: string) => { name: string; payload: unknown }[] {
  let rest = "";
  return (text) => {
    rest += text;
    const blocks = rest.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      let [name, data] = ["message", ""];
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith("event:")) name = line.slice(6).trim();
        else if (line.startsWith("data:")) data += (data ? "\n" : "") + line.slice(5).trimStart();
      }
      if (data === "") return [];
      try {
        return [{ name, payload: JSON.parse(data) as unknown }];
      } catch {
        return [];
      }
    });
  };
}
