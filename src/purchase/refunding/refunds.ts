// What the desk, the fan's page and the refunder may do with refunds: ask for one, have it done, try it
// again, settle it by a person's word. Whoever leases a refund drives it along the table as far as it
// goes now; a killed driver leaves one that the next takes up where its intent stands.

import { assert } from "../../foundation/assert.ts";
import type { Bounds } from "../../foundation/bounds.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import type { RefundId } from "../../foundation/after-sale-ids.ts";
import type { PaymentGateway } from "../../ports/payment-gateway.ts";
import type {
  LeasedRefund,
  NewRefund,
  Refund,
  RefundStore,
  Settlement,
} from "../../ports/tickets/refund-store.ts";
import type { SeatTruth } from "../../ports/seat-store.ts";
import { type Reach, reachNothing } from "../failpoint.ts";
import type { PurchaseSpans } from "../world.ts";
import { refundSaga } from "./refund-saga.ts";

export type RefundsDeps = {
  store: RefundStore;
  gateway: PaymentGateway;
  clock: Clock;
  log: Log;
  /** The maps learn which seats are free again. */
  tell: (refund: Refund, truths: readonly SeatTruth[]) => Promise<void>;
  spans: PurchaseSpans;
  /** Only in tests. */
  reach?: Reach<RefundId>;
};

/** `busy`: somebody else has it just now, so long at most; nothing was noted down. */
export type Again = { kind: "asked" | "not-stuck" } | { kind: "busy"; retryAfterMs: number };

export type SettleReply =
  | { kind: "settled"; refund: Refund }
  /** Not stuck any more, or a worker has it just now. */
  | { kind: "not-stuck" }
  | { kind: "busy"; retryAfterMs: number }
  /** The provider's ledger does not show it. */
  | { kind: "not-there" };

export type Refunds = {
  /** The tickets have ended when this resolves; the money goes back by itself. */
  request(refund: NewRefund): ReturnType<RefundStore["request"]>;
  /** Does whatever can be done for this one now. Safe at any time, from anywhere. */
  advance(refundId: RefundId): Promise<void>;
  /** A person has a stuck one tried again, now. */
  again(refundId: RefundId): Promise<Again>;
  settle(refundId: RefundId, by: Settlement): Promise<SettleReply>;
  /** Drives refunds that are already leased; the refunder's. Never throws. */
  work(leased: readonly LeasedRefund[]): Promise<void>;
  /** Refunds that `request` began and this process drives. */
  bounds: Bounds;
  /** Resolves when nothing that `request` began is still running here. */
  idle(): Promise<void>;
};

/** One that goes round in circles is put down and taken up again later. */
const maxSteps = 6;
/** That one process drives as they are asked for; the refunder takes the others. */
const maxRunning = 100;

export function openRefunds(deps: RefundsDeps): Refunds {
  const { store, clock, log, spans, reach = reachNothing } = deps;
  const world = { ...deps, reach, silenceMs: spans.silenceMs };
  const running = new Set<Promise<void>>();

  async function work(leased: LeasedRefund): Promise<void> {
    const { refundId } = leased.refund;
    try {
      await drive(leased);
    } catch (cause) {
      log.error({ refundId, cause: String(cause) }, "a refund was put down");
    }
  }

  async function drive(leased: LeasedRefund): Promise<void> {
    let current = leased;
    for (let count = 0; count < maxSteps; count += 1) {
      const row = refundSaga.find(({ at }) => at === current.refund.state);
      if (row === undefined) return;
      const { refundId } = current.refund;
      await reach(`before ${row.step}`, refundId);
      const outcome = await row.call(world, current);
      await reach(`after ${row.step}`, refundId);
      const move = row.on[outcome.kind];
      assert(move !== undefined, `step ${row.step} has no row for ${outcome.kind}`);
      const change = move(current, outcome, clock.now());
      if (change === "settle") return void (await settle(current));
      const recorded = await store.record(current, change);
      if (recorded.kind === "lost") return;
      if (change.state === "stuck")
        log.error(
          { refundId: recorded.refund.refundId, because: change.stuckBecause },
          "a refund needs a person",
        );
      if (change.keepLease !== true) return;
      current = { ...current, refund: recorded.refund };
    }
  }

  async function settle(leased: LeasedRefund, by?: Settlement): Promise<Refund | undefined> {
    const settled = await store.settle(leased, by);
    await reach("after settle-refund", leased.refund.refundId);
    if (settled.kind === "lost") return undefined;
    await deps.tell(settled.refund, settled.truths);
    return settled.refund;
  }

  async function take(refundId: RefundId): Promise<LeasedRefund | undefined> {
    const [leased] = await store.lease({ limit: 1, leaseMs: spans.leaseMs, refundId });
    return leased;
  }

  async function go(refundId: RefundId): Promise<void> {
    const leased = await take(refundId);
    if (leased === undefined) await store.nudge(refundId);
    else await work(leased);
  }

  /** Not to be had: somebody works on it, or it is at its end. */
  async function notNow(refundId: RefundId) {
    const retryAfterMs = await store.leaseLeftMs(refundId);
    const now = await store.find(refundId);
    return now?.state === "refunded"
      ? ({ kind: "not-stuck" } as const)
      : ({ kind: "busy", retryAfterMs } as const);
  }

  return {
    async request(wanted) {
      const reply = await store.request(wanted);
      await reach("after request-refund", wanted.refundId);
      if (reply.kind === "requested" && running.size < maxRunning) {
        const { refundId } = reply.refund;
        const going = go(refundId)
          .catch((cause: unknown) => log.error({ refundId, cause: String(cause) }, "not begun"))
          .finally(() => running.delete(going));
        running.add(going);
      }
      return reply;
    },
    advance: go,
    async again(refundId) {
      const leased = await take(refundId);
      if (leased === undefined) return await notNow(refundId);
      const wasStuck = leased.refund.state === "stuck";
      await work(leased);
      return { kind: wasStuck ? "asked" : "not-stuck" };
    },
    async settle(refundId, by) {
      const leased = await take(refundId);
      if (leased === undefined) return await notNow(refundId);
      // What a worker may do is not a person's: done at once.
      if (leased.refund.state !== "stuck") {
        await work(leased);
        return { kind: "not-stuck" };
      }
      if (by.how === "at-provider" && !(await isThere(deps.gateway, leased))) {
        await store.record(leased, { state: "refunding", dueAt: clock.now() });
        return { kind: "not-there" };
      }
      const refund = await settle(leased, by);
      return refund === undefined ? await notNow(refundId) : { kind: "settled", refund };
    },
    bounds: () => ({ refunds_driven: { size: running.size, limit: maxRunning } }),
    async work(leased) {
      await Promise.all(leased.map(work));
    },
    async idle() {
      await Promise.all(running);
    },
  };
}

/** Given back there, whoever did it: this much more than our book has. */
async function isThere(gateway: PaymentGateway, leased: LeasedRefund): Promise<boolean> {
  const { refund, providerRef, paidBack } = leased;
  const found = await gateway.find(refund.orderId, refund.attempt, providerRef);
  return found.kind === "found" && found.payment.refunded >= paidBack + refund.amount.amount;
}
