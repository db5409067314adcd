// The streams of one gateway process. Everyone gets the same frontier bytes: those near the front at
// every tick, those far back in turns, so that a tick never writes to a million sockets at once.
// A stream whose turn has come is claimed for on the spot: the fan is told `admitted` with the token,
// and the stream ends. Known limit: one list per on-sale, walked every tick.

import type { QueueClaims } from "../domain/waiting-room/queue-token.ts";
import type { OnSaleId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import { encodeMessage, type LiveStream, openLive } from "../http/live.ts";
import { type ClaimDeps, claimTurn } from "./claim.ts";
import type { Line } from "./line.ts";
import type { Lines } from "./lines.ts";
import type { Presence } from "./presence.ts";

type Waiter = {
  entry: Pick<QueueClaims, "entryId" | "index">;
  stream: LiveStream;
  claiming: boolean;
};

const maxStreams = 150_000;
/** A far stream hears once in this many ticks; a near one at every tick. */
const farEvery = 15;
/** Streams of one entry: a phone and a laptop, and a tab that was forgotten. */
const maxPerEntry = 4;

export type LiveHub = {
  /** undefined: this process is full. */
  open(line: Line, entry: Waiter["entry"], signal: AbortSignal): Response | undefined;
  readonly streams: number;
  /** Tells every stream to come back, spread over `spreadMs`, and ends it. */
  drain(spreadMs: number): Promise<void>;
};

export type LiveHubDeps = { lines: Lines; presence: Presence; claims: ClaimDeps; log: Log };

export function openLiveHub(deps: LiveHubDeps): LiveHub {
  const waiters = new Map<OnSaleId, Map<string, Waiter[]>>();
  let streams = 0;
  /** Counted for each line: with a common count, three lines would leave two thirds untold. */
  const ticks = new Map<OnSaleId, number>();

  const remove = (onSaleId: OnSaleId, waiter: Waiter) => {
    const entries = waiters.get(onSaleId);
    const list = entries?.get(waiter.entry.entryId);
    const at = list?.indexOf(waiter) ?? -1;
    if (entries === undefined || list === undefined || at < 0) return;
    list.splice(at, 1);
    streams--;
    if (list.length === 0) entries.delete(waiter.entry.entryId);
  };

  const tryClaim = async (line: Line, waiter: Waiter) => {
    if (waiter.claiming) return;
    waiter.claiming = true;
    try {
      const result = await claimTurn(deps.claims, line, waiter.entry);
      if (result.kind === "admitted") {
        waiter.stream.end(encodeMessage("admitted", JSON.stringify(result)));
      } else if (result.kind === "ended") {
        waiter.stream.end(encodeMessage("ended", JSON.stringify(result)));
      }
    } catch (error) {
      deps.log.warn(
        { onSaleId: line.onSaleId, err: String(error) },
        "claim for a stream failed; next tick",
      );
    } finally {
      waiter.claiming = false;
    }
  };

  const visit = (line: Line, waiter: Waiter, everyone: boolean) => {
    const { prepared } = line;
    const tick = ticks.get(line.onSaleId) ?? 0;
    const standing = line.standing(waiter.entry.index);
    const open = prepared.frontier.phase === "open";
    if (standing.kind !== "not-drawn") deps.presence.note(line, waiter.entry);
    if (standing.kind === "your-turn" && open) {
      waiter.stream.send(prepared.message);
      void tryClaim(line, waiter);
      return;
    }
    const near = standing.kind === "waiting" && standing.ahead <= prepared.frontier.poll.near;
    if (near || everyone || waiter.entry.index % farEvery === tick % farEvery) {
      waiter.stream.send(prepared.message);
    }
  };

  const lastPhase = new Map<OnSaleId, string>();
  deps.lines.onFrontier((line) => {
    ticks.set(line.onSaleId, (ticks.get(line.onSaleId) ?? 0) + 1);
    const { phase, paused } = line.prepared.frontier;
    const state = `${phase} ${paused}`;
    // A change of phase concerns everybody at once; so does a small line.
    const entries = waiters.get(line.onSaleId);
    const everyone = lastPhase.get(line.onSaleId) !== state || (entries?.size ?? 0) <= 1_000;
    lastPhase.set(line.onSaleId, state);
    for (const list of entries?.values() ?? []) {
      for (const waiter of [...list]) visit(line, waiter, everyone);
    }
  });

  return {
    open(line, entry, signal) {
      if (streams >= maxStreams) return undefined;
      const entries = waiters.get(line.onSaleId) ?? new Map<string, Waiter[]>();
      waiters.set(line.onSaleId, entries);
      const list = entries.get(entry.entryId) ?? [];
      entries.set(entry.entryId, list);
      list[maxPerEntry - 1]?.stream.end();
      const waiter: Waiter = {
        entry,
        claiming: false,
        stream: openLive({ signal, onClose: () => remove(line.onSaleId, waiter) }),
      };
      list.unshift(waiter);
      streams++;
      visit(line, waiter, true);
      return waiter.stream.response;
    },
    get streams() {
      return streams;
    },
    async drain(spreadMs) {
      const all = [...waiters.values()].flatMap((entries) => [...entries.values()].flat());
      for (const { stream } of all) {
        const afterMs = Math.floor(Math.random() * spreadMs);
        stream.end(encodeMessage("reconnect", JSON.stringify({ afterMs })));
      }
    },
  };
}
