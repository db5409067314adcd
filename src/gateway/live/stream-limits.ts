// How many streams a process may hold: as many as it may have files open, less what stores, logs and
// ordinary requests need. Beyond it the system would refuse connections without a word.

import { readFileSync } from "node:fs";
import type { StreamLimits } from "./live-hub.ts";

const keptFree = 1_000;
const mostInOneProcess = 150_000;
/** Where the system does not say (macOS raises it as far as this without asking). */
const unknownFiles = 10_240;
/** A mobile carrier's gateway has thousands of fans behind it; a flood from one address has more. */
const perNetwork = 5_000;

export function usualStreamLimits(files = openFilesAllowed()): StreamLimits {
  const total = Math.min(mostInOneProcess, Math.max(keptFree, files - keptFree));
  return { total, perNetwork };
}

function openFilesAllowed(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? unknownFiles);
  } catch {
    return unknownFiles;
  }
}
