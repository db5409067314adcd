// What one gateway process gives at most, and what one network address and one queue entry get of it. Who
// is refused a stream polls, and who is refused a number or an answer is told when to ask again: nobody
// loses a place by it.

import { readFileSync } from "node:fs";
import type { EntryShare, NetworkShare } from "../ports/queue-store.ts";

export type GatewayLimits = {
  /** Streams of this process. */
  streams: number;
  /** Streams of one network in this process. */
  streamsPerNetwork: number;
  /** New places of one network, counted over all processes; undefined: not counted. */
  joinsPerNetwork: NetworkShare | undefined;
  /**
   * Answers to one queue entry. Each process counts all that it asks; joins and claims, for which the hot
   * store is asked anyway, are counted there over all processes. undefined: not counted.
   */
  asksPerEntry: EntryShare | undefined;
};

/** Descriptors for stores, logs and ordinary requests: without one a connection is refused silently. */
const keptFree = 1_000;
/** Streams of one process, however many files it may open. */
export const mostInOneProcess = 150_000;
/** Where the system does not say (macOS raises it as far as this without asking). */
const unknownFiles = 10_240;
/** A mobile carrier's gateway has thousands of fans behind it; a flood from one address has more. */
const usualStreamsPerNetwork = 5_000;
const usualJoins: NetworkShare = { joins: 3_000, spanMs: 60_000 };
/** A page asks twice a second at most, when its turn has come; four devices, and half as much again. */
export const entrySpanMs = 10_000;
const usualAsks: EntryShare = { asks: 120, spanMs: entrySpanMs };

/** For fans who all come from one machine: a rehearsal, a benchmark. */
export const anyNetwork: Pick<GatewayLimits, "streamsPerNetwork" | "joinsPerNetwork"> = {
  streamsPerNetwork: Number.POSITIVE_INFINITY,
  joinsPerNetwork: undefined,
};

export function usualLimits(files = openFilesAllowed()): GatewayLimits {
  return {
    streams: Math.min(mostInOneProcess, Math.max(keptFree, files - keptFree)),
    streamsPerNetwork: usualStreamsPerNetwork,
    joinsPerNetwork: usualJoins,
    asksPerEntry: usualAsks,
  };
}

function openFilesAllowed(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? unknownFiles);
  } catch {
    return unknownFiles;
  }
}
