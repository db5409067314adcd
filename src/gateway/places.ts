// Places in the line: giving one (a join), and believing one (the queue token). Who shows the token
// of the place keeps it, also where the hot store was wiped meanwhile.

import {
  type ChallengeAnswer,
  isAnswered,
  sealChallenge,
} from "../domain/waiting-room/join-challenge.ts";
import type { Identity } from "../domain/waiting-room/identity.ts";
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
import type { Bounds } from "../foundation/bounds.ts";
import { networkOf } from "../http/caller.ts";
import { Refusal } from "../http/respond.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { Epochs } from "../stores/epochs.ts";
import type { JoinChallengeView, Joined } from "../wire/contract.ts";
import { type Joiner, maxWaiting, openJoiner } from "./joining/join.ts";
import type { GatewayLimits } from "./limits.ts";
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
  limits: Pick<GatewayLimits, "joinsPerNetwork" | "asksPerEntry">;
};

/** The answer to a join but for the frontier, which is the same for everybody. */
export type Place = Omit<Joined, "frontier">;
export type Asker = { address: string; identity: Identity | undefined };

export type Places = {
  /** What the entry must come back with before it is given a place. */
  challenge(line: Line, entryId: EntryId): JoinChallengeView;
  /** @param isPatient for who has waited instead of working, having no JavaScript. */
  cameBack(line: Line, entryId: EntryId, answer: ChallengeAnswer, isPatient?: boolean): boolean;
  /**
   * Gives the entry its place: a new one, or the one that it or its identity has. For who came back.
   * @param asker.identity proved (proofs.ts), where the on-sale asks for one.
   */
  join(line: Line, entryId: EntryId, asker: Asker): Promise<Place>;
  /** The index alone, for who needs no queue token. */
  give(line: Line, entryId: EntryId, address: string): Promise<number>;
  /** Throws the refusal `queue-token-invalid`. */
  of(line: Line, token: string | undefined): QueueClaims;
  /** The place of an entry that shows its own token; undefined: it must join. */
  shown(line: Line, entryId: EntryId, token: string | undefined): Place | undefined;
  bounds: Bounds;
};

export function openPlaces(deps: PlacesDeps): Places {
  const { records, epochs, log, presence } = deps;
  const joiners = new Map<OnSaleId, Joiner>();

  const joinerOf = (onSaleId: OnSaleId): Joiner => {
    const known = joiners.get(onSaleId);
    if (known !== undefined) return known;
    const { joinsPerNetwork: networkShare, asksPerEntry: entryShare } = deps.limits;
    const joiner = openJoiner(
      { queue: deps.hot.queue, records, epochs, log, networkShare, entryShare },
      onSaleId,
    );
    joiners.set(onSaleId, joiner);
    return joiner;
  };

  const placeFor = async (line: Line, entryId: EntryId, { address, identity }: Asker) => {
    refuseUnlessJoinable(line);
    const asked = { entryId, network: networkOf(address), ...(identity && { identity }) };
    const place = await joinerOf(line.onSaleId).join(asked);
    if (place.kind === "identity-full") throw new Refusal("presale-code-used");
    if (place.kind === "network-full") {
      throw new Refusal("rate-limited", { retryAfterMs: place.retryMs });
    }
    if (place.kind === "asked-too-often") {
      throw new Refusal("asked-too-often", { retryAfterMs: place.retryMs });
    }
    return place;
  };

  return {
    bounds: () => {
      const all = [...joiners.values()];
      const size = all.reduce((sum, { unanswered }) => sum + unanswered, 0);
      return { joins_unanswered: { size, limit: maxWaiting * Math.max(1, all.length) } };
    },

    challenge(line, entryId) {
      refuseUnlessJoinable(line);
      const { onSaleId, onSale } = line;
      const work = onSale.settings.joinWork;
      const issuedAt = deps.clock.now();
      return {
        challenge: sealChallenge(deps.queueKeys(), { onSaleId, entryId, issuedAt, work }),
        work,
      };
    },

    cameBack(line, entryId, answer, isPatient = false) {
      const asked = { onSaleId: line.onSaleId, entryId, now: deps.clock.now(), isPatient };
      return isAnswered(deps.queueKeys(), answer, asked);
    },

    give: async (line, entryId, address) =>
      (await placeFor(line, entryId, { address, identity: undefined })).index,

    async join(line, asked, asker) {
      const { onSaleId } = line;
      const owner = asker.identity && { identity: asker.identity };
      const { entryId, index, kind } = await placeFor(line, asked, asker);
      const latest = deps.lines.known(onSaleId) ?? line;
      const joinedAt = deps.clock.now();
      const claims: QueueClaims = { onSaleId, entryId, index, joinedAt, ...owner };
      presence.note(latest, claims);
      const queueToken = signQueueToken(deps.queueKeys(), claims);
      return { queueToken, entryId, index, known: kind === "known" };
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
      return { queueToken, entryId, index, known: true };
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
