// Holding seats: first the hot store (all or none, losers learn which), then PostgreSQL, then the
// answer (S13). Where PostgreSQL knows better than the hot store, the fan gets an honest "taken" and
// the hot store learns the truth. What a request was answered is kept with its effect: whichever box
// office is asked again gives the same answer and has no second effect (M1). Freeing goes the other way round: PostgreSQL first, so that the hot
// store never offers what PostgreSQL would refuse.

import { Fault } from "../../foundation/fault.ts";
import type { HoldId, PerformanceId, SeatNumber } from "../../foundation/ids.ts";
import { newId } from "../../foundation/ids.ts";
import type { Log } from "../../foundation/log.ts";
import { Refusal } from "../../http/respond.ts";
import type { QueueStore } from "../../ports/queue-store.ts";
import type { SeatClaimReply, SeatClaims } from "../../ports/seat-claims.ts";
import type { AreaRequest, Hold, SeatStore, SeatTruth } from "../../ports/seat-store.ts";
import type { LineRecords } from "../../ports/line-records.ts";
import type { Epochs } from "../../stores/epochs.ts";
import type { Shopper } from "../guard.ts";

export type Shopping = Shopper & { deadline: number };

export type Wanted = { seats: readonly SeatNumber[]; areas: readonly AreaRequest[] };
/** The fan's own name for a request. `attempt` counts where one request tries other seats. */
export type HoldName = { key: string; bodyHash: string; attempt?: number };

export type HoldsDeps = {
  seats: SeatStore;
  queue: QueueStore;
  claims: SeatClaims;
  records: Pick<LineRecords, "extend">;
  epochs: Epochs;
  log: Log;
};

/** `seats-taken`, `over-limit`, `hold-paying` or `idempotency-key-reused`. */
export type Refused = Pick<Refusal, "code" | "extra"> & {
  kind: "refused";
  /** The fan has no seat at all, so nothing that was asked before can have brought one. */
  hasNothing?: boolean;
};
export type Taking = { kind: "held"; hold: Hold } | Refused;

export type Holds = {
  /** Nearly everybody is refused, so a refusal is answered and not thrown: a throw costs ten times as much. */
  take(shopper: Shopping, name: HoldName, wanted: Wanted): Promise<Taking>;
  /** What the request was answered that took seats. Throws the refusal `idempotency-key-reused`. */
  answered(shopper: Shopper, name: HoldName): Promise<Hold | undefined>;
  extend(shopper: Shopping, holdId: HoldId): Promise<Hold>;
  /** Gives back the hold, or the seats named; answers what is still held. */
  release(
    shopper: Shopper,
    holdId: HoldId,
    seats?: readonly SeatNumber[],
  ): Promise<Hold | undefined>;
  of(shopper: Shopper): Promise<{ hold: Hold; paying: boolean } | undefined>;
};

/** After the hold the fan needs a moment to pay or to look around again. */
const afterHoldMs = 120_000;

export function openHolds(deps: HoldsDeps): Holds {
  const { seats, claims, epochs } = deps;
  const applyTruth = openApplyTruth(deps);

  const keepPlace = async (shopper: Shopping, until: number) => {
    const { onSaleId, entryId } = shopper;
    // Long enough as it is, in both stores: what the hot store knows was written to PostgreSQL before.
    if (until <= shopper.deadline) return;
    await deps.records.extend(onSaleId, entryId, until);
    await epochs.queue(onSaleId, (scope) => deps.queue.touch(scope, { entryId, deadline: until }));
  };

  const undo = async (shopper: Shopper, hold: Hold, added: readonly SeatNumber[]) => {
    const { performanceId } = shopper.sale.performance;
    await epochs.seats(performanceId, (scope) =>
      seats.release(scope, { owner: shopper.entryId, holdId: hold.holdId, seats: added }),
    );
  };

  /**
   * PostgreSQL's answer was lost, so it is asked what it knows: the hot store has promised a deadline
   * that may not be durable, and given up seats that may be. If it cannot be asked, the sweeper and the
   * mender come to the same.
   */
  const askAgain = async (shopper: Shopper, holdId: HoldId) => {
    const { performanceId } = shopper.sale.performance;
    try {
      // An extension to the beginning of time changes nothing and answers the hold as it is.
      const known = await claims.extend({
        performanceId,
        owner: shopper.entryId,
        holdId,
        deadline: 0,
      });
      if (known.kind === "held") await applyTruth(performanceId, known.truths);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      deps.log.warn({ performanceId, code: error.code }, "a hold's truth is not known for now");
    }
  };

  return {
    async take(shopper, { key, bodyHash, attempt = 0 }, wanted) {
      const { onSale, performance } = shopper.sale;
      const { performanceId } = performance;
      const { holdMs, maxHoldMs, seatsPerFan } = onSale.settings;
      const owner = shopper.entryId;
      const request = {
        requestId: `${owner} ${key} ${attempt}`,
        owner,
        holdId: newId("hold"),
        holdMs,
        maxHoldMs,
        limit: seatsPerFan,
      };
      const reply = await epochs.seats(performanceId, (scope) =>
        seats.hold(scope, { ...request, seats: wanted.seats, areas: wanted.areas }),
      );
      switch (reply.kind) {
        case "taken":
          return { ...taken([...reply.seats, ...reply.areas]), hasNothing: reply.has === 0 };
        case "over-limit":
          return refused("over-limit", { facts: { limit: reply.limit, has: reply.has } });
        case "paying":
          return refused("hold-paying");
        case "held":
          break;
      }
      const { hold, added } = reply;
      const named = { key, bodyHash };
      const claim = { performanceId, limit: seatsPerFan, request: named, ...hold };
      const durable = await claims.claim(claim).catch(async (error: unknown) => {
        await undo(shopper, hold, added);
        await askAgain(shopper, hold.holdId);
        throw error;
      });
      if (durable.kind !== "claimed") {
        // What the first of two such requests took stays.
        const before = durable.kind === "repeated" ? durable.hold.seats : [];
        const more = added.filter((seat) => !before.includes(seat));
        if (more.length > 0) await undo(shopper, hold, more);
        await applyTruth(performanceId, durable.truths);
        if (durable.kind === "repeated") return { kind: "held", hold: durable.hold };
        return refusalOf(durable);
      }
      await Promise.all([
        applyTruth(performanceId, durable.truths),
        keepPlace(shopper, hold.deadline + afterHoldMs),
      ]);
      return { kind: "held", hold };
    },

    async answered(shopper, { key, bodyHash }) {
      const found = await claims.answered(shopper.entryId, key);
      if (found === undefined) return undefined;
      if (found.bodyHash !== bodyHash) throw new Refusal("idempotency-key-reused");
      return found.hold;
    },

    async extend(shopper, holdId) {
      const { performanceId } = shopper.sale.performance;
      const { holdMs, maxHoldMs } = shopper.sale.onSale.settings;
      const owner = shopper.entryId;
      const reply = await epochs.seats(performanceId, (scope) =>
        seats.extend(scope, { owner, holdId, holdMs, maxHoldMs }),
      );
      if (reply.kind === "paying") throw new Refusal("hold-paying");
      if (reply.kind !== "held") throw new Refusal("no-hold");
      const { deadline } = reply.hold;
      const asked = { performanceId, owner, holdId, deadline };
      const durable = await claims.extend(asked).catch(async (error: unknown) => {
        await askAgain(shopper, holdId);
        throw error;
      });
      if (durable.kind === "paying") throw new Refusal("hold-paying");
      if (durable.kind !== "held") throw new Refusal("no-hold");
      await applyTruth(performanceId, durable.truths);
      await keepPlace(shopper, deadline + afterHoldMs);
      return reply.hold;
    },

    async release(shopper, holdId, named) {
      const { performanceId } = shopper.sale.performance;
      const request = {
        owner: shopper.entryId,
        holdId,
        ...(named === undefined ? {} : { seats: named }),
      };
      const durable = await claims.release({ performanceId, ...request });
      await applyTruth(performanceId, durable.truths);
      const reply = await epochs.seats(performanceId, (scope) => seats.release(scope, request));
      if (reply.kind === "paying") throw new Refusal("hold-paying");
      return (await this.of(shopper))?.hold;
    },

    async of(shopper) {
      const { performanceId } = shopper.sale.performance;
      const reply = await epochs.seats(performanceId, (scope) =>
        seats.holdOf(scope, shopper.entryId),
      );
      return reply.kind === "held" ? { hold: reply.hold, paying: reply.paying } : undefined;
    },
  };
}

type Lost = Exclude<SeatClaimReply, { kind: "claimed" | "repeated" }>;

function refusalOf(lost: Lost): Refused {
  switch (lost.kind) {
    case "taken":
      return taken(lost.seats);
    case "over-limit":
      return refused("over-limit", { facts: { limit: lost.limit, has: lost.has } });
    case "key-reused":
      return refused("idempotency-key-reused");
  }
}

function taken(seats: readonly SeatNumber[]): Refused {
  return refused("seats-taken", { facts: { seats } });
}

function refused(code: Refused["code"], extra: Refused["extra"] = {}): Refused {
  return { kind: "refused", code, extra };
}

export type ApplyTruth = (
  performanceId: PerformanceId,
  truths: readonly SeatTruth[],
) => Promise<void>;

/**
 * Tells the hot store what PostgreSQL has decided. If that fails nothing is lost: the truth stands, the
 * hot store is only too careful or too generous for a while, and PostgreSQL has the last word.
 */
export function openApplyTruth(deps: { seats: SeatStore; epochs: Epochs; log: Log }): ApplyTruth {
  return async (performanceId, truths) => {
    if (truths.length === 0) return;
    try {
      await deps.epochs.seats(performanceId, (scope) => deps.seats.apply(scope, truths));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      deps.log.warn(
        { performanceId, code: error.code, seats: truths.length },
        "hot store not told",
      );
    }
  };
}
