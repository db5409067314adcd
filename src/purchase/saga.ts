// The engine of a saga: finds the row of the table that fits an order, makes its call, commits what the
// row says of the outcome, and goes on until the order must wait.
//
// Keeps: the intent of a call is committed before the call (the order's and payment's states *are* the
// intent); every commit is fenced by the lease; a call is never made inside a transaction; whoever
// loses the lease forgets about the order. A killed engine leaves an order that fits a row again. An
// answer may wait for the next step's own commit only where that step calls nobody outside (`joins`):
// if it is lost, the call before is made again under its key.
// Read next: purchase-saga.ts (the table), purchase.ts (who drives it).

import { assert } from "../foundation/assert.ts";
import { isFault } from "../foundation/fault.ts";
import {
  asChanged,
  type Leased,
  type Order,
  type OrderChange,
  type OrderStore,
  type PaymentState,
} from "../ports/order-store.ts";
import type { SeatTruth } from "../ports/seat-store.ts";
import type { OrderState } from "../wire/contract.ts";
import type { Reach } from "./failpoint.ts";

/** What becomes of the order; undefined: the call has committed it itself. */
export type Move<Outcome> = (
  order: Order,
  outcome: Outcome,
  now: number,
) => OrderChange | undefined;

/** `committed`: the order as the call has left it, where the call commits what it did itself. */
type Reply = { kind: string; committed?: Order };

export type StepRow<World, Outcome extends Reply> = {
  step: string;
  kind: "compensatable" | "pivot" | "retried" | "asking" | "compensation";
  says: string;
  at: { order: readonly OrderState[]; payment?: readonly PaymentState[] };
  /** `answer`: of the step before, to be committed with what the call commits; only where it `joins`. */
  call: (world: World, leased: Leased, answer: OrderChange | undefined) => Promise<Outcome>;
  /** The call commits the answer of the step before together with its own: one transaction for both. */
  joins?: true;
  on: { [Kind in Outcome["kind"]]: Move<Extract<Outcome, { kind: Kind }>> };
  undoneBy?: string;
};

/** A row with its outcome types folded away. */
export type Step<World> = Pick<
  StepRow<World, never>,
  "step" | "kind" | "says" | "at" | "undoneBy"
> & {
  joins: boolean;
  outcomes: readonly string[];
  make(world: World, leased: Leased, answer: OrderChange | undefined): Promise<Reply>;
  decide(order: Order, outcome: { kind: string }, now: number): OrderChange | undefined;
};

export function step<World, Outcome extends Reply>(row: StepRow<World, Outcome>): Step<World> {
  const moves = row.on as unknown as Record<string, Move<{ kind: string }> | undefined>;
  return {
    step: row.step,
    kind: row.kind,
    says: row.says,
    at: row.at,
    ...(row.undoneBy === undefined ? {} : { undoneBy: row.undoneBy }),
    joins: row.joins === true,
    outcomes: Object.keys(moves),
    make: row.call,
    decide(order, outcome, now) {
      const move = moves[outcome.kind];
      assert(move !== undefined, `step ${row.step} has no row for ${outcome.kind}`);
      return move(order, outcome, now);
    },
  };
}

export function stepFor<World>(
  saga: readonly Step<World>[],
  order: Order,
): Step<World> | undefined {
  return saga.find(
    ({ at }) =>
      at.order.includes(order.state) &&
      (at.payment === undefined ||
        (order.payment !== undefined && at.payment.includes(order.payment.state))),
  );
}

/** Every place between two steps: the intent is committed, or the answer is known but not committed. */
export function failpointsOf(saga: readonly Step<never>[]): string[] {
  return saga.flatMap(({ step }) => [`before ${step}`, `after ${step}`]);
}

export type Engine = {
  store: Pick<OrderStore, "record">;
  now: () => number;
  reach: Reach;
  /** Tells the maps and pages; a failure there is logged and undoes nothing. */
  tell: (order: Order, truths: readonly SeatTruth[]) => Promise<void>;
};

/** An order that goes round in circles is put down after this many steps and taken up again later. */
const maxSteps = 12;
const laterMs = 3_000;
/** After a provider's line was full; it moves by some dozens a second. */
const crowdedMs = 2_000;

/** Where an order stands: as it is committed, and with an answer that the next step will commit. */
type Standing = { leased: Leased; order: Order; answer: OrderChange | undefined };

/** Drives a leased order until it must wait. Answers the order as far as it came; undefined: lost. */
export async function drive<World>(
  saga: readonly Step<World>[],
  engine: Engine,
  world: World,
  taken: Leased,
): Promise<Order | undefined> {
  let at: Standing = { leased: taken, order: taken.order, answer: undefined };
  for (let count = 0; count < maxSteps; count += 1) {
    const row = stepFor(saga, at.order);
    if (row === undefined) return at.order;
    const { orderId } = at.order;
    await engine.reach(`before ${row.step}`, orderId);
    const outcome = await callOf(row, world, at);
    if (outcome.kind === "not-made") return await putDown(engine, at.leased);
    await engine.reach(`after ${row.step}`, orderId);
    if (outcome.kind === "lost") return undefined;
    const now = engine.now();
    const change = row.decide(at.order, outcome, now);
    if (change === undefined) return outcome.committed ?? at.order;
    const circles = count + 1 >= maxSteps;
    const goesOn = change.keepLease === true && !circles && now < at.leased.until;
    const order = asChanged(at.order, change);
    if (goesOn && at.answer === undefined && stepFor(saga, order)?.joins === true) {
      at = { ...at, order, answer: change };
      continue;
    }
    const leased = await recordAnswer(engine, at);
    if (leased === undefined) return undefined;
    const recorded = await engine.store.record(
      leased,
      goesOn
        ? change
        : { ...change, keepLease: false, ...dueAt(change, circles ? now + laterMs : now) },
    );
    if (recorded.kind === "lost") return undefined;
    // What goes on at once is told where it comes to rest; nobody would see the step in between.
    if (!goesOn || recorded.truths.length > 0) await engine.tell(recorded.order, recorded.truths);
    if (!goesOn) return recorded.order;
    const { order: moved } = recorded;
    at = { leased: { ...leased, order: moved }, order: moved, answer: undefined };
  }
  return at.order;
}

/** The step that was to commit the answer with its own has nothing to commit: so it goes alone. */
async function recordAnswer(
  engine: Engine,
  { leased, answer }: Standing,
): Promise<Leased | undefined> {
  if (answer === undefined) return leased;
  const recorded = await engine.store.record(leased, answer);
  return recorded.kind === "lost" ? undefined : { ...leased, order: recorded.order };
}

/** Too many calls wait for the provider: this one was never made, so its intent stands as it is. */
async function callOf<World>(
  row: Step<World>,
  world: World,
  { leased, order, answer }: Standing,
): Promise<Reply> {
  try {
    return await row.make(world, { ...leased, order }, answer);
  } catch (error) {
    if (isFault(error, "provider-line-full")) return { kind: "not-made" };
    throw error;
  }
}

/** The lease is given back: whoever has room for the order takes it, and those who waited longer go first. */
async function putDown(engine: Engine, leased: Leased): Promise<Order | undefined> {
  const { state } = leased.order;
  const recorded = await engine.store.record(leased, { state, dueAt: engine.now() + crowdedMs });
  return recorded.kind === "lost" ? undefined : recorded.order;
}

/** Work that was meant to go on at once, but by somebody else. */
function dueAt(change: OrderChange, at: number): { dueAt?: number } {
  return change.keepLease === true ? { dueAt: change.dueAt ?? at } : {};
}
