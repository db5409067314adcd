// P8: the peak of a sale on one machine, load generator included. Of a hundred requests 94 ask where the
// fan stands, 4 are joins (each of two requests), 3 of 200 are holds (one in three takes a seat, the others
// want what somebody has) and 1 in 200 is an order, paid for at the sandbox provider. An open model, see
// fans.ts. The rate is found first, in short runs: the highest at which P99 stays under the goal and
// nobody fails; then it is held for a minute on a fresh stage, and that minute is the result.
//
//   npm run bench -- p8
//   bun bench/p8-peak/p8-peak.ts --rate 10000 --seconds 10       one load; writes nothing
//
// Read next: peak.ts, requests.ts (what counts as done), stage.ts.

import type { Bench, Figures } from "../support/bench.ts";
import { type Installation, openInstallation } from "../support/installation.ts";
import type { Load } from "./fans.ts";
import { mixOfPeak, playPeak, type Played } from "./peak.ts";
import { percentile } from "./tally.ts";

const wantedPerSec = 50_000;
const mostP99Ms = 500;
const minuteSec = 60;
const probeSec = 8;
const firstProbe = 6_000;
const growth = 1.3;
/** A rate of which so small a part is refused, fails or hangs still counts as carried. */
const smallPart = 0.001;

/** Orders begin with the first second, and the holds of these seconds stand before them. */
const aheadSec = 3;

export const usualLoad: Omit<Load, "ratePerSec" | "seconds" | "holdsAhead"> = {
  mix: mixOfPeak,
  connections: { gateway: 256, shop: 64 },
  goodMs: 1_000,
  giveUpMs: 5_000,
  warmSec: 4,
  seed: 8,
};

export function peakLoad(ratePerSec: number, seconds: number): Load {
  const holdsAhead = Math.ceil(ratePerSec * aheadSec * mixOfPeak.order);
  return { ...usualLoad, ratePerSec, seconds, holdsAhead };
}

export const mixedPeak: Bench = {
  id: "p8",
  what: "the mixed peak on one machine, load generator included: the rate that it carries for a minute",
  once: true,
  figures: {
    perSec: "requests/s answered as they should be, a join counted once",
    p50Ms: "ms, half of them were answered within",
    p99Ms: "ms, 99 of 100 were answered within",
    statusP99Ms: "ms, 99 of 100 personal statuses",
    joinP99Ms: "ms, 99 of 100 joins, both requests",
    holdP99Ms: "ms, 99 of 100 holds",
    orderP99Ms: "ms, 99 of 100 orders until the payment is under way",
    ordersPerSec: "orders/s",
    refused: "refused in words, of all in that minute",
    failed: "failed, never sent, asked by nobody, or without an answer",
    gatewayCores: "cores that the gateway took",
    shopCores: "cores that the box office took",
    fansCores: "cores that the fans took",
  },
  goals: [
    { what: "requests/s for a minute", of: "perSec", atLeast: wantedPerSec },
    { what: "ms, P99 of all", of: "p99Ms", atMost: mostP99Ms },
  ],
  async open({ keep }) {
    const installation = await openInstallation();
    const say = (line: string) => {
      console.log(`  ${line}`);
      keep(line);
    };
    return {
      sides: [() => carried(installation, say)],
      notes: () => [
        "one gateway, one box office, one process of fans, one Redis, PostgreSQL and the payment provider share the machine",
      ],
      close: () => installation.close(),
    };
  },
};

async function carried(installation: Installation, say: (line: string) => void): Promise<Figures> {
  const play = (ratePerSec: number, seconds: number) =>
    playPeak(installation, peakLoad(Math.round(ratePerSec), seconds), say);
  let rate = firstProbe;
  while (rate <= wantedPerSec && isCarried(await play(rate, probeSec))) rate *= growth;
  // Between the last that was carried and the first that was not.
  rate /= Math.sqrt(growth);
  for (;;) {
    const played = await play(rate, minuteSec);
    if (isCarried(played) || rate < 1_000) return figuresOf(played);
    say("not carried for a minute; a tenth less");
    rate *= 0.9;
  }
}

function isCarried({ all, hanging, p99Ms }: Played): boolean {
  const bad = all.refused + all.failed + all.unsent + all.idle + hanging;
  return p99Ms < mostP99Ms && bad <= smallPart * all.done;
}

function figuresOf(played: Played): Figures {
  const { all, tallies, hanging, cores } = played;
  return {
    perSec: Math.round(played.perSec),
    p50Ms: played.p50Ms,
    p99Ms: played.p99Ms,
    statusP99Ms: percentile(tallies.status, 0.99),
    joinP99Ms: percentile(tallies.join, 0.99),
    holdP99Ms: percentile(tallies.hold, 0.99),
    orderP99Ms: percentile(tallies.order, 0.99),
    ordersPerSec: tallies.order.done / minuteSec,
    refused: all.refused,
    failed: all.failed + all.unsent + all.idle + hanging,
    gatewayCores: cores.gateway,
    shopCores: cores.shop,
    fansCores: cores.fans,
  };
}
