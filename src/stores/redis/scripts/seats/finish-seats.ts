// Puts restored seats in force. Read the header of finish-seats.lua.

import type { SeatKey } from "../../keys.ts";
import { script } from "../../script.ts";
import { performRestore, type RestoreCall, superseded } from "../calls.ts";

const finishSeatsScript = script(import.meta.url, {
  keys: ["meta", "notices"],
  parts: ["clock"],
});

export async function finishSeats(call: RestoreCall<SeatKey>): Promise<void> {
  const reply = await performRestore(call, finishSeatsScript, [call.epoch]);
  switch (reply.word) {
    case "in-force":
      return;
    case "superseded":
      throw superseded("the seats");
    default:
      return reply.unexpected("finish-seats");
  }
}
