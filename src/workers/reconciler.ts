// The reconciler: compares our book with the provider's ledger, both ways, and repairs what is certain.
//
//   at the provider, not wanted by us   the order's own last attempt, come late → the order goes on from it;
//                                       else authorized or waiting → voided; captured → refunded
//   wanted by us, in doubt              the order is advanced (it asks) or, when stuck, started again
//   contradictions                      listed for a person; nobody's money is guessed about
//
// Only attempts at rest are judged: what changed a moment ago may still be on its way. Calls carry keys
// of the attempt, so a repeat after a kill is the same call.

import { isEnd } from "../domain/ordering/order.ts";
import { idempotencyKey } from "../domain/ordering/payment.ts";
import type { Bounds } from "../foundation/bounds.ts";
import type { Clock } from "../foundation/clock.ts";
import { type OrderId, parseId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { OrderStore, PaymentRow } from "../ports/order-store.ts";
import type { PaymentGateway, ProviderPayment } from "../ports/payment-gateway.ts";
import type { Purchase } from "../purchase/purchase.ts";
import { type Duty, startRounds, type Turn } from "./round.ts";

export type ReconcilerDeps = {
  store: Pick<OrderStore, "payments" | "find">;
  gateway: PaymentGateway;
  purchase: Pick<Purchase, "advance" | "reopen" | "late">;
  clock: Clock;
  log: Log;
  /** How far back both books are read. */
  windowMs?: number;
  /** How long an attempt must have been at rest before it is judged. */
  restMs?: number;
  everyMs?: number;
  /** Only what the provider has: what has just come is found soon, without reading our whole book. */
  theirsOnly?: boolean;
  /** Told after every whole comparison, also of none. */
  report?: (findings: readonly Finding[]) => void;
  /** One worker does it for all; undefined: this process does it. */
  turn?: Turn;
  /** Payments from before the window that were looked up and agreed, by when ours last changed. */
  knownOld?: Map<string, number>;
};

export type Finding = {
  orderId: OrderId;
  attempt: number;
  kind: "voided" | "refunded" | "late" | "advanced" | "reopened" | "contradiction";
  detail: string;
};

type Verdict =
  | { kind: "agrees" }
  | { kind: "void" | "refund"; payment: ProviderPayment }
  | { kind: "advance" | "reopen" }
  | { kind: "contradiction"; detail: string };

const agrees: Verdict = { kind: "agrees" };

/** What one attempt looks like in both books. Pure: the table of the reconciler. */
export function judge(ours: PaymentRow | undefined, theirs: ProviderPayment | undefined): Verdict {
  if (ours?.orderState === "stuck") return { kind: "reopen" };
  // The fan was paid back another way; what the provider keeps was said to be right by a person.
  if (ours?.orderState === "refunded" && ours.state === "captured") return agrees;
  if (ours !== undefined && isCurrent(ours)) return { kind: "advance" };
  if (theirs === undefined) return judgeAlone(ours);
  // Somebody else sells on this account: their money is not ours to send back.
  if (ours === undefined && parseId("order", theirs.orderId) === undefined)
    return contradiction("an order that is not ours by its name");
  const outstanding = theirs.captured - theirs.refunded;
  const wanted = ours?.state === "captured" && ours.orderState === "confirmed";
  if (wanted) {
    if (theirs.state !== "captured") return contradiction(`captured by us, ${theirs.state} there`);
    const here = ours.amount.amount - ours.refunded;
    // What a refund has asked for may be back there already; the refunder sees to it.
    if (outstanding > here || outstanding < here - ours.goingBack)
      return contradiction(`${outstanding} outstanding there, ${here} here`);
    return agrees;
  }
  if (theirs.state === "captured")
    return outstanding === 0 ? agrees : { kind: "refund", payment: theirs };
  if (theirs.state === "authorized" || theirs.state === "requires-action")
    return { kind: "void", payment: theirs };
  return agrees;
}

function judgeAlone(ours: PaymentRow | undefined): Verdict {
  if (ours === undefined || !tookMoney(ours)) return agrees;
  return contradiction(`${ours.state} by us, unknown there`);
}

const tookMoney = ({ state }: PaymentRow) => state === "captured" || state === "refunded";

/** A cancelled evening is thousands of refunds of payments taken weeks ago: some of them a round. */
const maxLookups = 200;
const maxKnownOld = 20_000;

/**
 * A ledger is read by the day of taking; what changed in our book today may be a refund of weeks later.
 * Such a payment is asked for by itself. "later": not now, or it was and agreed.
 */
function openLookUp({ gateway, knownOld = new Map<string, number>() }: ReconcilerDeps) {
  let lookups = 0;
  return async (name: string, mine: PaymentRow): Promise<ProviderPayment | "later" | undefined> => {
    if (knownOld.get(name) === mine.updatedAt || lookups >= maxLookups) return "later";
    lookups += 1;
    const found = await gateway.find(mine.orderId, mine.attempt, mine.providerRef);
    if (found.kind === "unknown") return "later";
    if (found.kind === "none") return undefined;
    if (judge(mine, found.payment).kind === "agrees") {
      if (knownOld.size >= maxKnownOld) knownOld.clear();
      knownOld.set(name, mine.updatedAt);
    }
    return found.payment;
  };
}

/** The order still works on this attempt; its saga knows best. */
function isCurrent(ours: PaymentRow): boolean {
  const settled = ["declined", "voided", "refunded", "captured"].includes(ours.state);
  return (
    !isEnd(ours.orderState) &&
    ours.orderState !== "draft" &&
    !(settled && ours.orderState !== "issuing")
  );
}

const contradiction = (detail: string): Verdict => ({ kind: "contradiction", detail });

export async function reconcileOnce(deps: ReconcilerDeps): Promise<Finding[]> {
  const restMs = deps.restMs ?? 60_000;
  const startedAt = deps.clock.now();
  const since = startedAt - (deps.windowMs ?? 86_400_000);
  // By the start and not by the end of the reading: a book that takes long to read is old by then, and
  // what moved meanwhile would look like a contradiction.
  const restedBefore = startedAt - restMs;
  // Theirs first: an attempt that begins while we read is then missing in theirs, not in ours.
  const theirs = new Map<string, ProviderPayment>();
  for await (const page of deps.gateway.ledger(since))
    for (const payment of page) theirs.set(nameOf(payment), payment);
  const ours = new Map<string, PaymentRow>();
  for await (const page of deps.store.payments(since - restMs))
    for (const row of page) ours.set(nameOf(row), row);

  const findings: Finding[] = [];
  const lookUp = openLookUp(deps);
  const names = deps.theirsOnly ? theirs.keys() : new Set([...ours.keys(), ...theirs.keys()]);
  for (const name of names) {
    const mine = ours.get(name);
    let yours = theirs.get(name);
    if ((mine?.updatedAt ?? 0) > restedBefore || (yours?.createdAt ?? 0) > restedBefore) continue;
    if (mine !== undefined && yours === undefined && tookMoney(mine)) {
      const found = await lookUp(name, mine);
      if (found === "later") continue;
      yours = found;
    }
    // A stuck order is tried again seldom: each try is a line in its history.
    if (mine?.orderState === "stuck" && mine.updatedAt > restedBefore - 9 * restMs) continue;
    try {
      const finding = await repair(deps, mine ?? yours, judge(mine, yours));
      if (finding !== undefined) findings.push(finding);
    } catch (cause) {
      deps.log.error({ of: name, cause: String(cause) }, "one not repaired; the others go on");
    }
  }
  return findings;
}

function nameOf({ orderId, attempt }: { orderId: OrderId; attempt: number }): string {
  return `${orderId}:${attempt}`;
}

/** Read again at the last moment: the books were read over a while, and by two clocks. */
async function isWanted(
  store: ReconcilerDeps["store"],
  { orderId, attempt }: { orderId: OrderId; attempt: number },
): Promise<boolean> {
  const order = await store.find(orderId);
  if (order === undefined || order.attempt !== attempt) return false;
  return !["draft", "cancelled", "refunded"].includes(order.state);
}

/** The last attempt of an order that was cancelled: its seats may still be free. */
async function isLate(
  store: ReconcilerDeps["store"],
  { orderId, attempt }: { orderId: OrderId; attempt: number },
): Promise<boolean> {
  const order = await store.find(orderId);
  return order?.state === "cancelled" && order.attempt === attempt;
}

async function repair(
  { store, gateway, purchase }: ReconcilerDeps,
  of: { orderId: OrderId; attempt: number } | undefined,
  verdict: Verdict,
): Promise<Finding | undefined> {
  if (of === undefined) return undefined;
  const { orderId, attempt } = of;
  const isUnwanted = verdict.kind === "void" || verdict.kind === "refund";
  if (isUnwanted && (await isWanted(store, of))) return undefined;
  const found = (kind: Finding["kind"], detail: string): Finding => ({
    orderId,
    attempt,
    kind,
    detail,
  });
  const call = (payment: ProviderPayment, operation: "void" | "refund") => ({
    orderId,
    attempt,
    providerRef: payment.providerRef,
    idempotencyKey: idempotencyKey(orderId, attempt, operation),
  });
  if (isUnwanted && (await isLate(store, of)) && (await purchase.late(orderId)).kind === "revived")
    return found("late", "money came after the end");
  switch (verdict.kind) {
    case "agrees":
      return undefined;
    case "advance":
      await purchase.advance(orderId);
      return found("advanced", "was at work");
    case "reopen":
      await purchase.reopen(orderId);
      return found("reopened", "was stuck");
    case "void": {
      const reply = await gateway.void(call(verdict.payment, "void"));
      return reply.kind === "voided"
        ? found("voided", "an authorization that no order wants")
        : found("contradiction", `an unwanted authorization: void answered ${reply.kind}`);
    }
    case "refund": {
      const { captured, refunded, amount } = verdict.payment;
      const back = { amount: captured - refunded, currency: amount.currency };
      const reply = await gateway.refund({ ...call(verdict.payment, "refund"), amount: back });
      return reply.kind === "refunded"
        ? found("refunded", "a capture that no order wants")
        : found("contradiction", `an unwanted capture: refund answered ${reply.kind}`);
    }
    case "contradiction":
      return found("contradiction", verdict.detail);
  }
}

/** Money that comes after its order's end is dealt with within a minute, its webhook lost or not. */
const recentMs = { everyMs: 15_000, windowMs: 180_000, restMs: 15_000 };
const wholeEveryMs = 60_000;

/** `bounds`: payments from before the window that were looked up. */
export function startReconciler(deps: ReconcilerDeps): Duty & { bounds: Bounds } {
  const knownOld = new Map<string, number>();
  const everyMs = deps.everyMs ?? recentMs.everyMs;
  let nextWholeAt = 0;
  const rounds = startRounds(
    { name: "reconciler", log: deps.log, turn: deps.turn, pauseMs: () => everyMs },
    async () => {
      const isWhole = deps.clock.now() >= nextWholeAt;
      const recent = { windowMs: recentMs.windowMs, restMs: recentMs.restMs, theirsOnly: true };
      const findings = await reconcileOnce({ ...deps, knownOld, ...(isWhole ? {} : recent) });
      for (const finding of findings)
        deps.log[finding.kind === "contradiction" ? "error" : "info"](finding, "books compared");
      if (isWhole) {
        deps.report?.(findings);
        nextWholeAt = deps.clock.now() + Math.max(everyMs, wholeEveryMs);
      }
      return findings.length;
    },
  );
  return {
    ...rounds,
    bounds: () => ({ payments_looked_up: { size: knownOld.size, limit: maxKnownOld } }),
  };
}
