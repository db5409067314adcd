// What a script call is about: where its keys are, which epoch it expects, and the instant that
// counts. The pairs in line/ and seats/ build on these.

import type { Identity } from "../../../domain/waiting-room/identity.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { StaleEpoch } from "../../../ports/queue-store.ts";
import { limits } from "../../hot/limits.ts";
import type { KeysOf, LineKey, SeatKey } from "../keys.ts";
import type { Argument, Run } from "../runner.ts";
import type { Reply, Script } from "../script.ts";

type Call<Key extends string> = {
  run: Run;
  keys: KeysOf<Key>;
  epoch: number;
  /** '' for the store's own clock. */
  now: number | "";
};
export type LineCall = Call<LineKey>;
export type SeatCall = Call<SeatKey>;

/** A restore's calls name their token where others name the epoch, and no instant. */
export type RestoreCall<Key extends string> = Call<Key> & { token: string };

export const staleEpoch: StaleEpoch = { kind: "stale-epoch" };

export function perform<Key extends string>(
  call: Call<Key>,
  script: Script<Key>,
  args: readonly Argument[],
): Promise<Reply> {
  const { run, keys, epoch, now } = call;
  return run(script, { keys, args: [epoch, now, ...args] });
}

export function performRestore<Key extends string>(
  { run, keys, token }: RestoreCall<Key>,
  script: Script<Key>,
  args: readonly Argument[],
): Promise<Reply> {
  return run(script, { keys, args: [token, "", ...args] });
}

/** An identity as scripts are told it: with how many places, where it has more than one. */
export function identityText(identity: Identity | undefined): string {
  if (identity === undefined) return "";
  return identity.places === 1 ? identity.key : `${identity.key}*${identity.places}`;
}

/** The chunk was refused: somebody else restores, or the store was wiped meanwhile. */
export function superseded(what: string): Fault {
  return new Fault(
    "hot-store-superseded",
    `the restore of ${what} was overtaken; nothing is lost`,
    {
      retryable: true,
    },
  );
}

export function lineIsFull(): Fault {
  const says = `entries in one line: at most ${limits.entries} are possible`;
  return new Fault("hot-store-limit", says, { detail: { limit: limits.entries } });
}

export function noSuchSeat(reply: Reply): Fault {
  const [seat, seatCount] = [reply.number(), reply.number()];
  const says = `seat: ${seat} is not a whole number from 0 to ${seatCount - 1}`;
  return new Fault("hot-store-limit", says, { detail: { seat, seatCount } });
}
