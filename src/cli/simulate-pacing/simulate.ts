// A whole on-sale in a second of computing, with the platform's own rules: the size of each tick
// (pacing.ts), the estimate that fans are told (estimate.ts), the hints for the next poll
// (compose-frontier.ts). Around them a crowd (crowd.ts) and a shop (shop.ts) that are made up.
//
// It measures what the rules promise: never above capacity (Q4), how often the told range held the true
// wait (Q9), and how late those who poll hear that it is sold out (Q10).

import {
  addSample,
  nextPollMs,
  paceOf,
  type ServingHistory,
  type WaitRange,
  waitRange,
} from "../../domain/waiting-room/estimate.ts";
import {
  callable,
  defaultBurst,
  giveBack,
  type PaceReason,
  paceTick,
} from "../../domain/waiting-room/pacing.ts";
import { type Random, seededRandom } from "../../foundation/random.ts";
import { pollHints } from "../../gateway/pacing/compose-frontier.ts";
import { about, type Assumptions } from "./crowd.ts";
import { openShop, type Shop } from "./shop.ts";

export type Second = {
  turns: number;
  inside: number;
  waiting: number;
  /** Not called yet; the rest of those who wait are away and will come back. */
  uncalled: number;
  free: number;
  held: number;
  sold: number;
  backlog: number;
  latencyMs: number;
  reason: PaceReason;
};

export type Simulation = {
  seconds: Second[];
  soldOut: boolean;
  /** Ranges that were told: whether the true wait was in it; `never`: sold out before the turn. */
  told: { covered: number; early: number; late: number; never: number; unknown: number };
  /** Until everybody who polls had heard that it was sold out, at worst. */
  worstNewsMs: number | undefined;
};

const longestSec = 6 * 3_600;
const askEverySec = 10;
const asksAtOnce = 25;
/** Positions examined beyond those that get a turn, as the pacer does (gateway/pacing/tick.ts). */
const leastLookAhead = 500;
const lookAheadPerTurn = 10;

type Asked = { second: number; position: number; range: WaitRange | undefined };

export function simulate(crowd: Assumptions): Simulation {
  const random = seededRandom(crowd.seed);
  const shop = openShop(crowd, random);
  const line = openLine(crowd, random);
  const seconds: Second[] = [];
  const asked: Asked[] = [];
  const pollers = openPollers(random);
  const burst = defaultBurst(crowd.ratePerSec);
  let history: ServingHistory = [];
  let carry = 0;
  let given = 0;
  let soldOut = false;
  for (let second = 0; second < longestSec && !soldOut; second++) {
    shop.pass(second);
    const pace = paceTick({ ...measured(crowd, shop, line), burst, carry });
    const turns = line.take(pace.take, second);
    for (let nth = 0; nth < turns; nth++) shop.call(second);
    carry = giveBack(pace.carry, pace.take - turns, burst);
    given += turns;
    const flow = { given, inside: shop.turns + shop.shoppers };
    history = addSample(history, { at: second * 1_000, serving: line.serving, flow });
    soldOut = shop.free + shop.held + shop.paying === 0;
    seconds.push({
      ...secondOf(shop, line, turns, pace.reason),
      uncalled: crowd.fans - line.serving,
    });
    line.passed.push(line.serving);
    const rates = paceOf(history);
    pollers.pass(second, pollHints(hintsOf(crowd, shop)));
    if (second % askEverySec === 0) {
      for (let nth = 0; nth < asksAtOnce && line.serving < crowd.fans; nth++) {
        const ahead = random.below(crowd.fans - line.serving);
        const range = waitRange(ahead, rates);
        asked.push({ second, position: line.serving + ahead, range });
      }
    }
    const isOver = line.waiting === 0 && shop.turns + shop.shoppers === 0;
    if (isOver) break;
  }
  return {
    seconds,
    soldOut,
    told: judged(asked, line.passed),
    worstNewsMs: soldOut ? pollers.worstMs(seconds.length - 1) : undefined,
  };
}

type Line = {
  serving: number;
  readonly waiting: number;
  readonly callable: number;
  /** Serving at the end of each second. */
  passed: number[];
  take(most: number, second: number): number;
};

/** Presence is drawn when a position is examined: somebody far back is nobody's business. */
function openLine(crowd: Assumptions, random: Random): Line {
  const coming = new Map<number, number>();
  let returned = 0;
  let gone = 0;
  let given = 0;
  const line: Line = {
    serving: 0,
    get waiting() {
      return crowd.fans - given - gone;
    },
    get callable() {
      return callable({ joined: crowd.fans, waiting: line.waiting, returned }, line.serving);
    },
    passed: [],
    take(most, second) {
      returned += coming.get(second) ?? 0;
      coming.delete(second);
      const first = Math.min(most, returned);
      returned -= first;
      let taken = first;
      const end = Math.min(crowd.fans, line.serving + leastLookAhead + most * lookAheadPerTurn);
      for (; taken < most && line.serving < end; line.serving++) {
        if (random.next() >= crowd.awayShare) taken++;
        else if (random.next() < 0.5) {
          const back = second + about(random, 120);
          coming.set(back, (coming.get(back) ?? 0) + 1);
        } else gone++;
      }
      given += taken;
      return taken;
    },
  };
  return line;
}

function measured(crowd: Assumptions, shop: Shop, line: Line) {
  return {
    ratePerSec: crowd.ratePerSec,
    maxCapacity: crowd.maxCapacity,
    active: shop.turns + shop.shoppers,
    waiting: line.callable,
    freeSeats: shop.free,
    heldSeats: shop.held + shop.paying,
    paymentBacklog: shop.backlog,
    latencyP99Ms: shop.latencyMs,
    phase: "open" as const,
    paused: false,
    elapsedMs: 1_000,
  };
}

function secondOf(
  shop: Shop,
  line: Line,
  turns: number,
  reason: PaceReason,
): Omit<Second, "uncalled"> {
  const { free, held, paying, sold, backlog, latencyMs } = shop;
  const inside = shop.turns + shop.shoppers;
  const { waiting } = line;
  return { turns, inside, waiting, free, held: held + paying, sold, backlog, latencyMs, reason };
}

function hintsOf({ ratePerSec, seatsPerFan }: Assumptions, shop: Shop) {
  return {
    ratePerSec,
    seatsPerFan,
    isOpen: true,
    inside: shop.turns + shop.shoppers,
    seatsLeft: shop.free + shop.held + shop.paying,
  };
}

function judged(asked: readonly Asked[], passed: readonly number[]): Simulation["told"] {
  const told = { covered: 0, early: 0, late: 0, never: 0, unknown: 0 };
  for (const { second, position, range } of asked) {
    const turn = secondOfTurn(position, passed);
    if (range === undefined) told.unknown++;
    else if (turn === passed.length) told.never++;
    else {
      const waitMs = (turn - second) * 1_000;
      if (waitMs < range.lowMs) told.early++;
      else if (waitMs > range.highMs) told.late++;
      else told.covered++;
    }
  }
  return told;
}

/** The first second at whose end the position was called; serving never falls. */
function secondOfTurn(position: number, passed: readonly number[]): number {
  let [low, high] = [0, passed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((passed[middle] as number) > position) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Fans far back without a stream, each asking when the last answer told it to. */
function openPollers(random: Random) {
  // Nobody sleeps through the opening: everybody's first poll falls shortly after it (gateway/wait.ts).
  const next = Array.from({ length: 200 }, () => 1_000 + 2_000 * random.next());
  return {
    pass(second: number, hints: ReturnType<typeof pollHints>): void {
      const nowMs = second * 1_000;
      for (let nth = 0; nth < next.length; nth++) {
        // What somebody asks in this second is answered with the document of this second.
        while ((next[nth] as number) < nowMs + 1_000) {
          next[nth] = (next[nth] as number) + nextPollMs(undefined, hints, random.next());
        }
      }
    },
    /** The document says it from this second's end on. */
    worstMs: (second: number) => Math.max(...next) - second * 1_000,
  };
}
