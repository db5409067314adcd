// Where an order may stand when something is killed, made from the saga's table, and for every step a
// purchase that passes through it. A step without a way fails the tests of all providers.
//
//   before X      the intent is committed, nothing has been done
//   during X      the provider has been asked: it has not taken it yet, or it has and did not answer
//   after X       the answer is known and not committed
//   committing X  the transaction waits inside PostgreSQL
//   unheard X     the transaction is committed and nobody has heard so

import type { OrderState } from "../../../src/wire/contract.ts";
import { failpoints } from "../../../src/purchase/purchase-saga.ts";
import type { Dialect } from "../../support/sandbox.ts";

type Weather = { operation: string; conduct: string };

/** A purchase that passes through a step, and where it must come to rest. */
export type Way = {
  ends: OrderState;
  /** The operation that the provider is asked for by the step; undefined: it asks nothing. */
  asks: "authorize" | "capture" | "void" | "refund" | "find" | undefined;
  card?: string;
  /** What the provider does to get the order there. */
  weather?: readonly Weather[];
  /** Somebody else's live ticket on one of the seats makes the issue impossible. */
  impossible?: true;
  /** Never paid, and the hold is over. */
  unpaid?: true;
  /** The call is the transaction. */
  commitsItself?: true;
};

const proved = "4000000000003220";
const captureFails: Weather = { operation: "capture", conduct: "error-after" };

const usual: Readonly<Record<string, Way>> = {
  "confirm-seats": { ends: "confirmed", asks: undefined, commitsItself: true },
  authorize: { ends: "confirmed", asks: "authorize" },
  "look-for-proof": { ends: "confirmed", asks: "find", card: proved },
  capture: { ends: "confirmed", asks: "capture" },
  ask: { ends: "confirmed", asks: "find", weather: [captureFails] },
  "issue-tickets": { ends: "confirmed", asks: undefined, commitsItself: true },
  void: { ends: "draft", asks: "void", card: "4000000000000341" },
  refund: { ends: "refunded", asks: "refund", impossible: true },
  "let-go": { ends: "cancelled", asks: undefined, unpaid: true },
};

/** Toss hears of an attempt from the fan, and until the capture knows nothing of it. */
const atToss: Readonly<Record<string, Way>> = {
  authorize: { ends: "confirmed", asks: undefined },
  "look-for-proof": { ends: "confirmed", asks: undefined, card: proved },
  ask: {
    ends: "confirmed",
    asks: "find",
    weather: [captureFails, { operation: "find", conduct: "error-before" }],
  },
  void: { ends: "draft", asks: "find", card: "4000000000000002" },
};

export type KillPoint = {
  name: string;
  way: Way;
  /** The failpoint at which the order is stopped; undefined: the provider holds the call. */
  stop: { place: string; next: "stays" | "commits" | "unheard" } | undefined;
  conduct: "silent-before" | "silent-after" | undefined;
};

export const first = "confirm-seats";

export type Victim = "box office" | "worker" | "PostgreSQL" | "provider";

export function killPoints(dialect: Dialect, victim: Victim): KillPoint[] {
  const ways = dialect === "toss" ? { ...usual, ...atToss } : usual;
  // The one step that is never a worker's.
  const places = failpoints.filter((place) => victim !== "worker" || !place.endsWith(first));
  const steps = new Set(places.map((place) => place.replace(/^(before|after) /, "")));
  const stopped = places.map((place) => {
    const step = place.replace(/^(before|after) /, "");
    return point(place, wayOf(ways, step), { place, next: "stays" });
  });
  const others = [...steps].flatMap((step): KillPoint[] => {
    const way = wayOf(ways, step);
    const place = `${way.commitsItself ? "before" : "after"} ${step}`;
    const heldBy = (conduct: KillPoint["conduct"], what: string): KillPoint => ({
      ...point(`during ${step}, ${what}`, way, undefined),
      conduct,
    });
    const taken = way.asks === undefined || way.asks === "find" ? [] : ["silent-after" as const];
    return [
      ...(way.asks === undefined ? [] : [heldBy("silent-before", "not taken")]),
      ...taken.map((conduct) => heldBy(conduct, "taken")),
      ...(victim === "provider"
        ? []
        : [point(`committing ${step}`, way, { place, next: "commits" })]),
      ...(victim === "PostgreSQL"
        ? [point(`unheard ${step}`, way, { place, next: "unheard" })]
        : []),
    ];
  });
  return [...stopped, ...others];
}

const point = (name: string, way: Way, stop: KillPoint["stop"]): KillPoint => ({
  ...{ name, way, stop },
  conduct: undefined,
});

function wayOf(ways: Readonly<Record<string, Way>>, step: string): Way {
  const way = ways[step];
  if (way === undefined)
    throw new Error(`no purchase in kill-points.ts passes through the step ${step}: add its way`);
  return way;
}
