// Places in the line: giving one (a join), and believing one (the queue token). Who shows the token
// of the place keeps it, also where the hot store was wiped meanwhile.

import { takesEntries } from "../domain/waiting-room/on-sale.ts";
import {
  type QueueClaims,
  readQueueToken,
  signQueueToken,
} from "../domain/waiting-room/queue-token.ts";
import type { Clock } from "../foundation/clock.ts";
import type { EntryId, OnSaleId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { SealingKeys } from "../foundation/sealed-bytes.ts";
import { Refusal } from "../http/respond.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { JoinRequest } from "../ports/queue-store.ts";
import type { Epochs } from "../stores/epochs.ts";
import type { Joined } from "../wire/contract.ts";
import { type Joiner, openJoiner } from "./join.ts";
import type { Line } from "./line.ts";
import type { Lines } from "./lines.ts";
import type { Presence } from "./presence.ts";

export type PlacesDeps = {
  hot: Pick<HotStore, "queue">;
  records: LineRecords;
  epochs: Epochs;
  clock: Clock;
  log: Log;
  lines: Lines;
  presence: Presence;
  queueKeys: () => SealingKeys;
};

export type Places = {
  /** Gives the entry its place: a new one, or the one it has. */
  join(line: Line, request: JoinRequest): Promise<Joined>;
  /** Throws the refusal `queue-token-invalid`. */
  of(line: Line, token: string | undefined): QueueClaims;
  /** The place of an entry that shows its own token; undefined: it must join. */
  shown(line: Line, entryId: EntryId, token: string | undefined): Joined | undefined;
};

export function openPlaces(deps: PlacesDeps): Places {
  const { records, epochs, log, presence } = deps;
  const joiners = new Map<OnSaleId, Joiner>();

  const joinerOf = (onSaleId: OnSaleId): Joiner => {
    const known = joiners.get(onSaleId);
    if (known !== undefined) return known;
    const joiner = openJoiner({ queue: deps.hot.queue, records, epochs, log }, onSaleId);
    joiners.set(onSaleId, joiner);
    return joiner;
  };

  return {
    async join(line, request) {
      const { onSaleId } = line;
      refuseUnlessJoinable(line);
      const { entryId, index, kind } = await joinerOf(onSaleId).join(request);
      const latest = deps.lines.known(onSaleId) ?? line;
      const claims: QueueClaims = { onSaleId, entryId, index, joinedAt: deps.clock.now() };
      presence.note(latest, claims);
      const queueToken = signQueueToken(deps.queueKeys(), claims);
      const { frontier } = latest.prepared;
      return { queueToken, entryId, index, known: kind === "known", frontier };
    },

    of(line, token) {
      const reading = readQueueToken(deps.queueKeys(), token, line.onSaleId);
      if (reading.kind === "valid") return reading.claims;
      throw new Refusal("queue-token-invalid", { facts: { reason: reading.kind } });
    },

    shown(line, entryId, queueToken) {
      if (queueToken === undefined) return undefined;
      const reading = readQueueToken(deps.queueKeys(), queueToken, line.onSaleId);
      if (reading.kind !== "valid" || reading.claims.entryId !== entryId) return undefined;
      presence.note(line, reading.claims);
      const { index } = reading.claims;
      return { queueToken, entryId, index, known: true, frontier: line.prepared.frontier };
    },
  };
}

function refuseUnlessJoinable({ prepared, onSale }: Line): void {
  const { phase } = prepared.frontier;
  if (phase === "scheduled") {
    throw new Refusal("queue-not-open", { facts: { preQueueAt: onSale.preQueueAt } });
  }
  if (!takesEntries(phase)) throw new Refusal("queue-closed");
}
