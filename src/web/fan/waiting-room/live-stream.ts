// The live stream by fetch, because EventSource cannot send an Authorization header and a queue token
// must not stand in an address. Ends with exactly one `stream-lost` (or `token-invalid`), unless it was
// closed from here. Reconnecting is the machine's business (wire/waiting.ts); a new stream names what the
// last one said, so that nothing is said twice.

import type { OnSaleId } from "../../../foundation/ids.ts";
import type { WaitingInput } from "../../../wire/waiting-state.ts";
import { routePattern } from "../../route-pattern.ts" with { type: "macro" };
import { onSaleAddress } from "../../site-config.ts";
import { bearer, claimed } from "./calls.ts";

/** A message is a few hundred bytes; whoever sends much more is not our gateway. */
const maxMessageLength = 65_536;
/** The last message's own name, for the next stream. */
let lastSeen = "";

/** @returns closes the stream, silently. */
export function openStream(
  onSaleId: OnSaleId,
  queueToken: string,
  tell: (event: WaitingInput) => void,
): () => void {
  const abort = new AbortController();
  let afterMs: number | undefined;
  let over = false;
  const say = (event: WaitingInput) => over || tell(event);

  const handle = (name: string, text: string) => {
    const payload = JSON.parse(text);
    if (name === "waiting") say({ kind: "frontier", frontier: payload });
    if (name === "admitted" || name === "ended") say(claimed(payload));
    if (name === "reconnect") afterMs = payload.afterMs;
  };

  const run = async (): Promise<WaitingInput> => {
    const response = await fetch(onSaleAddress(routePattern("live"), onSaleId), {
      headers: {
        ...bearer(queueToken),
        accept: "text/event-stream",
        "last-event-id": lastSeen,
      },
      cache: "no-store",
      signal: abort.signal,
    });
    if (response.status === 401) return { kind: "token-invalid", during: "stream" };
    if (!response.ok || !response.body) return { kind: "stream-lost" };
    say({ kind: "stream-open" });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return lost();
      rest += decoder.decode(value, { stream: true });
      const messages = rest.split("\n\n");
      rest = messages.pop() ?? "";
      if (rest.length > maxMessageLength) return lost();
      for (const message of messages) {
        const { name, text, id } = parseMessage(message);
        if (text) handle(name, text);
        lastSeen = id || lastSeen;
      }
    }
  };

  const lost = (): WaitingInput => ({
    kind: "stream-lost",
    ...(afterMs !== undefined && { afterMs }),
  });
  // One stream for all tabs of a browser: the others wait for the lock, and poll meanwhile. Browsers give
  // it back when a tab is closed or dies. There are no locks on plain http.
  const alone = () => navigator.locks?.request(onSaleId, { signal: abort.signal }, run) ?? run();
  void alone()
    .catch(lost)
    .then((last) => {
      abort.abort();
      say(last);
    });
  return () => {
    over = true;
    abort.abort();
  };
}

/** One message: its lines up to the empty one. Comments (pings) have no text. */
export function parseMessage(message: string): { name: string; text: string; id: string } {
  let [name, id] = ["message", ""];
  const text: string[] = [];
  for (const line of message.split(/\r?\n/)) {
    const [, field, value = ""] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
    if (field === "event") name = value;
    if (field === "id") id = value;
    if (field === "data") text.push(value);
  }
  return { name, text: text.join("\n"), id };
}
