// P10: what is left of the maximum under too much of it. For what costs more than it costs to refuse it
// (joins, holds, orders), each by itself. First it is looked for with how many connections that are never
// idle the most is carried, of 128, 512, 1,500 and 4,000. Then in every round: that maximum, what 4,000
// connections carry at most, and twice and ten times the maximum from 4,000 connections, in the open model
// of fans.ts. Good is what was answered as it should be within a second of the instant at which it was to
// be sent, and of orders no more than came to their tickets in that time: an order that was taken and lies
// there is none. The rest must be refused in words: what failed is told apart, and so is what was never
// sent because all 4,000 connections waited, which a fan sees as a page that does not load.
//
//   npm run bench -- p10
//   bun bench/p8-peak/p8-peak.ts --mix join=100 --rate 8000 --gateway-connections 4000 --give-up-ms 250
//
// Why polls are not in it: docs/adr/0042-refusing-the-surplus.md. Read next: peak.ts.

import type { Bench, Figures, Goal } from "../support/bench.ts";
import { type Installation, openInstallation } from "../support/installation.ts";
import type { Load } from "./fans.ts";
import { usualLoad } from "./p8.ts";
import { type Played, playPeak } from "./peak.ts";
import type { Kind } from "./requests.ts";

/** Longer, and the seats run out where many holds are carried: a buyer holds one seat once. */
const seconds = 5;
const warmSec = 2;
const manyConnections = 4_000;
/** Few answer soonest, many fill the batches: which carries most differs by sort and by machine. */
const busyConnections = [128, 512, 1_500, manyConnections];
/** Well above what any of them has been in a fast hour; what finds no connection is dropped at once. */
const flood = { join: 60_000, hold: 30_000, order: 4_000 } as const;
const floodGiveUpMs = 20;
/** Who finds all connections waiting sees no answer begin; a longer wait would only make the others late. */
const giveUpMs = 250;
const holdsAheadOfOrders = 8_000;

type Sort = keyof typeof flood;
const sorts = ["join", "hold", "order"] as const satisfies Sort[];
const times = { Twice: 2, Tenfold: 10 } as const;
const least = { Twice: 0.95, Tenfold: 0.8 } as const;
const names = ["Twice", "Tenfold"] as const;

const goals = sorts.flatMap((sort) =>
  names.map((name): Goal => {
    const what = `${sort}s at ${times[name]} times the maximum ÷ the maximum`;
    return { what, of: `${sort}${name}`, over: `${sort}Max`, atLeast: least[name] };
  }),
);

function figuresFor(sort: Sort): Record<string, string> {
  const many = names.flatMap((name) => [
    [`${sort}${name}`, `good ${sort}s/s at ${times[name]} times as many`],
    [`${sort}${name}Refused`, `${sort}s/s refused in words then`],
    [`${sort}${name}Lost`, `${sort}s/s that failed, came late, hung or were never sent then`],
    [`${sort}${name}P99Ms`, `ms, 99 of 100 of the good and late ${sort}s then`],
  ]);
  return {
    [`${sort}Max`]: `${sort}s/s at most`,
    [`${sort}Many`]: `${sort}s/s at most with ${manyConnections.toLocaleString("en")} connections`,
    ...Object.fromEntries(many),
  };
}

export const overload: Bench = {
  id: "p10",
  what: "joins, holds and orders at two and ten times the maximum: what is left of it",
  figures: Object.assign({}, ...sorts.map(figuresFor)) as Record<string, string>,
  goals,
  async open({ keep }) {
    const installation = await openInstallation();
    const say = (line: string) => {
      console.log(`  ${line}`);
      keep(line);
    };
    const found: string[] = [];
    return {
      sides: sorts.map((sort) =>
        overloaded(installation, sort, { say, found: (note) => found.push(note) }),
      ),
      notes: () => [
        ...found,
        `${seconds} s each, on a fresh stage; fans, servers and stores share the machine, so a surplus also costs what sending it costs`,
      ],
      close: () => installation.close(),
    };
  },
};

/** One round of a sort: how it carries the most is looked for in the first, which is the warm-up. */
function overloaded(
  installation: Installation,
  sort: Sort,
  { say, found }: Record<"say" | "found", (line: string) => void>,
): () => Promise<Figures> {
  const mix: Partial<Record<Kind, number>> = { [sort]: 1 };
  const holdsAhead = sort === "order" ? holdsAheadOfOrders : 0;
  const play = (more: Pick<Load, "ratePerSec" | "giveUpMs">, count: number) => {
    const connections =
      sort === "join" ? { gateway: count, shop: 1 } : { gateway: 1, shop: Math.max(count, 32) };
    const load = { ...usualLoad, mix, holdsAhead, seconds, warmSec, connections, ...more };
    return playPeak(installation, load, say);
  };
  const good = (played: Played) => goodOf(sort, played);
  const mostWith = async (count: number) =>
    good(await play({ ratePerSec: flood[sort], giveUpMs: floodGiveUpMs }, count));

  const search = async () => {
    let [most, busiest] = [0, 0];
    for (const count of busyConnections) {
      const carried = await mostWith(count);
      if (carried > most) [most, busiest] = [carried, count];
    }
    found(`${sort}s: at most with ${busiest} connections`);
    return busiest;
  };

  let searched: ReturnType<typeof search> | undefined;
  return async () => {
    const most = await mostWith(await (searched ??= search()));
    const figures: Record<string, number> = {
      [`${sort}Max`]: most,
      [`${sort}Many`]: await mostWith(manyConnections),
    };
    for (const name of names) {
      const ratePerSec = Math.round(times[name] * most);
      const played = await play({ ratePerSec, giveUpMs }, manyConnections);
      Object.assign(figures, surplusOf(`${sort}${name}`, good(played), played));
    }
    return figures;
  };
}

function goodOf(sort: Sort, { goodPerSec, confirmedPerSec }: Played): number {
  return sort === "order" ? Math.min(goodPerSec, confirmedPerSec) : goodPerSec;
}

function surplusOf(name: string, good: number, { all, hanging, p99Ms }: Played): Figures {
  const lost = all.failed + all.unsent + hanging + all.done - all.inTime;
  return {
    [name]: good,
    [`${name}Refused`]: all.refused / seconds,
    [`${name}Lost`]: lost / seconds,
    [`${name}P99Ms`]: p99Ms,
  };
}
