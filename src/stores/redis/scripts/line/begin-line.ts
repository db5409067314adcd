// Empties a line for a restore. Read the header of begin-line.lua.

import type { RestoreQueue } from "../../../../ports/queue-store.ts";
import type { LineKey } from "../../keys.ts";
import { script } from "../../script.ts";
import { performRestore, type RestoreCall } from "../calls.ts";

const beginLineScript = script(import.meta.url, {
  keys: [
    "meta",
    "line",
    "identities",
    "networks",
    "asks",
    "positions",
    "presence",
    "returned",
    "turns",
    "shoppers",
    "admissions",
  ],
  parts: ["clock"],
});

/** `in-force`: there is nothing to restore. */
export async function beginLine(
  call: RestoreCall<LineKey>,
  { nextIndex, serving, leaderFence }: RestoreQueue,
): Promise<"in-force" | "begun"> {
  const args = [call.epoch, nextIndex, serving, leaderFence];
  const reply = await performRestore(call, beginLineScript, args);
  switch (reply.word) {
    case "in-force":
    case "begun":
      return reply.word;
    default:
      return reply.unexpected("begin-line");
  }
}
