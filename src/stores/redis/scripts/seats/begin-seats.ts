// Empties the seats for a restore. Read the header of begin-seats.lua.

import type { SeatKey } from "../../keys.ts";
import { script } from "../../script.ts";
import { performRestore, type RestoreCall } from "../calls.ts";

const beginSeatsScript = script(import.meta.url, {
  keys: [
    "meta",
    "seats",
    "fences",
    "looks",
    "holds",
    "owners",
    "deadlines",
    "near",
    "expired",
    "young",
    "elder",
  ],
  parts: ["clock"],
});

/** `in-force`: there is nothing to restore. */
export async function beginSeats(
  call: RestoreCall<SeatKey>,
  seatCount: number,
): Promise<"in-force" | "begun"> {
  const reply = await performRestore(call, beginSeatsScript, [call.epoch, seatCount]);
  switch (reply.word) {
    case "in-force":
    case "begun":
      return reply.word;
    default:
      return reply.unexpected("begin-seats");
  }
}
