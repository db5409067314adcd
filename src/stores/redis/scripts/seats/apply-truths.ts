// Brings PostgreSQL's word in, also while a restore builds. Read the header of apply-truths.lua.

import { Bug } from "../../../../foundation/assert.ts";
import type { StaleEpoch } from "../../../../ports/queue-store.ts";
import type { SeatState, SeatTruth } from "../../../../ports/seat-store.ts";
import type { SeatKey } from "../../keys.ts";
import { type Reply, script } from "../../script.ts";
import {
  noSuchSeat,
  perform,
  performRestore,
  type RestoreCall,
  type SeatCall,
  staleEpoch,
  superseded,
} from "../calls.ts";

const applyTruthsScript = script(import.meta.url, {
  keys: ["meta", "seats", "fences", "looks", "holds", "owners", "deadlines", "near", "notices"],
  parts: ["clock", "seat-table", "holds", "replace-seats", "write-holds"],
});

const digitOf: Record<SeatState, number> = { free: 0, held: 1, paying: 2, sold: 3, withheld: 4 };

export async function applyTruths(
  call: SeatCall,
  truths: readonly SeatTruth[],
): Promise<StaleEpoch | { kind: "applied" }> {
  const reply = await perform(call, applyTruthsScript, ["epoch", ...words(truths)]);
  return outcomeOf(reply);
}

/** One chunk of a restore. */
export async function restoreTruths(
  call: RestoreCall<SeatKey>,
  truths: readonly SeatTruth[],
): Promise<void> {
  const args = ["building", ...words(truths)];
  const outcome = outcomeOf(await performRestore(call, applyTruthsScript, args));
  if (outcome.kind === "stale-epoch") throw superseded("the seats");
}

/** The seats of a hold follow one another, and what is said of all of them is said once. */
function words(truths: readonly SeatTruth[]): (string | number)[] {
  const args: (string | number)[] = [];
  let before: SeatTruth | undefined;
  let counted = 0;
  let seats = 0;
  for (const truth of truths) {
    if (before === undefined || !isSaidOfBoth(before, truth)) {
      const { state, owner = "", holdId = "", heldAt = "", deadline = "" } = truth;
      args.push(digitOf[state], owner, holdId, heldAt, deadline, 0);
      counted = args.length - 1;
      seats = 0;
      before = truth;
    }
    args.push(truth.seat, truth.fence);
    seats += 1;
    args[counted] = seats;
  }
  return args;
}

function isSaidOfBoth(one: SeatTruth, other: SeatTruth): boolean {
  return (
    one.state === other.state &&
    one.owner === other.owner &&
    one.holdId === other.holdId &&
    one.heldAt === other.heldAt &&
    one.deadline === other.deadline
  );
}

function outcomeOf(reply: Reply): StaleEpoch | { kind: "applied" } {
  switch (reply.word) {
    case "stale-epoch":
      return staleEpoch;
    case "no-such-seat":
      throw noSuchSeat(reply);
    case "other-owner":
      throw new Bug("a hold belongs to two owners");
    case "applied":
      return { kind: "applied" };
    default:
      return reply.unexpected("apply-truths");
  }
}
