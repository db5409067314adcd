// The streams of one gateway process: who may open one, what happens when a fan's turn comes, and the
// end. Everyone gets the same frontier bytes (crowd.ts says when). A stream whose turn has come is
// claimed for on the spot: the fan is told `admitted` with the token, and the stream ends.
// Every count has a limit (Y2): streams of the process, of one entry, of one network address. Who is
// refused a stream loses nothing: the page asks by polling, and waits at the same place.

import type { QueueClaims } from "../../domain/waiting-room/queue-token.ts";
import type { EntryId, OnSaleId } from "../../foundation/ids.ts";
import type { Log } from "../../foundation/log.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import { networkOf } from "../../http/caller.ts";
import { encodeMessage, openLive } from "../../http/live/live-stream.ts";
import { type ClaimDeps, claimTurn } from "../claim.ts";
import type { GatewayLimits } from "../limits.ts";
import type { Line } from "../line.ts";
import type { Lines } from "../lines.ts";
import type { Presence } from "../presence.ts";
import { type Crowd, newWaiter, openCrowd, sliceMs, type Waiter } from "./crowd.ts";

/** Streams of one entry: a phone and a laptop, and a tab that was forgotten. */
const maxPerEntry = 4;
/** Those who are told to come back do so at this rate: what is left of the gateways takes it. */
const reconnectsPerSec = 2_000;
const leastDrainMs = 2_000;

export type Opened =
  | { kind: "open"; response: Response }
  | { kind: "process-full" }
  | { kind: "network-full" };

export type StreamCaller = {
  /** As http/mount.ts found it. */
  address: string;
  /** What it says that it heard last (`Last-Event-ID`); compared and never kept. */
  lastSeen?: string | undefined;
};

export type LiveHub = {
  open(
    line: Line,
    entry: Pick<QueueClaims, "entryId" | "index" | "identity">,
    caller: StreamCaller,
  ): Opened;
  readonly streams: number;
  bounds: Bounds;
  /** Tells every stream to come back, each at its own moment, and ends it. */
  drain(): void;
};

export type LiveHubDeps = {
  lines: Pick<Lines, "onFrontier">;
  presence: Presence;
  claims: ClaimDeps;
  limits: Pick<GatewayLimits, "streams" | "streamsPerNetwork">;
  log: Log;
};

/** @param now monotonic, in ms. */
export function openLiveHub(
  deps: LiveHubDeps,
  now: () => number = () => performance.now(),
): LiveHub {
  const crowds = new Map<OnSaleId, Crowd>();
  const byEntry = new Map<EntryId, Waiter[]>();
  const byNetwork = new Map<string, number>();
  let streams = 0;

  const called = (line: Line, waiter: Waiter) => void claimFor(deps, line, waiter);
  const crowdOf = (line: Line): Crowd => {
    const known = crowds.get(line.onSaleId);
    if (known !== undefined) return known;
    const crowd = openCrowd({ present: deps.presence.note, called }, line, now);
    crowds.set(line.onSaleId, crowd);
    return crowd;
  };

  let pumping: ReturnType<typeof setTimeout> | undefined;
  let pumpedAt = now();
  const pump = () => {
    clearTimeout(pumping);
    pumping = undefined;
    const passed = Math.round((now() - pumpedAt) / sliceMs);
    pumpedAt += passed * sliceMs;
    const wishes = [...crowds.values()].map((crowd) => crowd.slice(passed));
    const soonest = Math.min(...wishes.filter((slices) => slices > 0));
    if (Number.isFinite(soonest)) pumping = setTimeout(pump, soonest * sliceMs);
  };
  deps.lines.onFrontier((line) => {
    const crowd = crowds.get(line.onSaleId);
    if (crowd === undefined) return;
    // What passed until now is not the tick's.
    pump();
    crowd.tick(line);
    pump();
  });

  return {
    open(line, entry, { address, lastSeen }) {
      const network = networkOf(address);
      const fromNetwork = byNetwork.get(network) ?? 0;
      if (streams >= deps.limits.streams) return { kind: "process-full" };
      if (fromNetwork >= deps.limits.streamsPerNetwork) return { kind: "network-full" };

      const crowd = crowdOf(line);
      const stream = openLive(() => {
        crowd.remove(waiter);
        drop(byEntry, waiter);
        const left = (byNetwork.get(network) ?? 1) - 1;
        if (left > 0) byNetwork.set(network, left);
        else byNetwork.delete(network);
        streams--;
      });
      const waiter = newWaiter(entry, stream);
      streams++;
      byNetwork.set(network, fromNetwork + 1);
      const siblings = byEntry.get(entry.entryId) ?? [];
      byEntry.set(entry.entryId, [...siblings, waiter]);
      crowd.add(waiter, lastSeen);
      // The newest stays: a reload opens the new one before the old one is gone.
      if (siblings.length >= maxPerEntry) siblings[0]?.stream.end();
      return { kind: "open", response: stream.respond() };
    },
    get streams() {
      return streams;
    },
    bounds() {
      const limit = deps.limits.streams;
      const owed = [...crowds.values()].reduce((sum, crowd) => sum + crowd.owed, 0);
      return {
        streams: { size: streams, limit },
        stream_entries: { size: byEntry.size, limit },
        stream_networks: { size: byNetwork.size, limit },
        streams_owed: { size: owed, limit },
      };
    },
    drain() {
      clearTimeout(pumping);
      pumping = undefined;
      const spreadMs = Math.max(leastDrainMs, (streams / reconnectsPerSec) * 1_000);
      for (const crowd of crowds.values()) {
        for (const { stream } of [...crowd.all()]) {
          const afterMs = Math.floor(Math.random() * spreadMs);
          stream.end(encodeMessage("reconnect", JSON.stringify({ afterMs })));
        }
      }
    },
  };
}

function drop(byEntry: Map<EntryId, Waiter[]>, waiter: Waiter): void {
  const left = byEntry.get(waiter.entryId)?.filter((other) => other !== waiter) ?? [];
  if (left.length > 0) byEntry.set(waiter.entryId, left);
  else byEntry.delete(waiter.entryId);
}

async function claimFor({ claims, log }: LiveHubDeps, line: Line, waiter: Waiter): Promise<void> {
  if (waiter.claiming) return;
  waiter.claiming = true;
  try {
    const result = await claimTurn(claims, line, waiter);
    if (result.kind === "admitted" || result.kind === "ended") {
      waiter.stream.end(encodeMessage(result.kind, JSON.stringify(result)));
    }
  } catch (error) {
    const { onSaleId } = line;
    log.warn({ onSaleId, err: String(error) }, "claim for a stream failed; next tick");
  } finally {
    waiter.claiming = false;
  }
}
