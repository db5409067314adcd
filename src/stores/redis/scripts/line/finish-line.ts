// Puts a restored line in force. Read the header of finish-line.lua.

import type { LineKey } from "../../keys.ts";
import { script } from "../../script.ts";
import { performRestore, type RestoreCall, superseded } from "../calls.ts";

const finishLineScript = script(import.meta.url, { keys: ["meta"], parts: ["clock"] });

export async function finishLine(call: RestoreCall<LineKey>): Promise<void> {
  const reply = await performRestore(call, finishLineScript, [call.epoch]);
  switch (reply.word) {
    case "in-force":
      return;
    case "superseded":
      throw superseded("a line");
    default:
      return reply.unexpected("finish-line");
  }
}
