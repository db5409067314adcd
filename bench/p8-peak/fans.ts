// The fans of a peak, in a process of their own: an open model. When each request is sent is fixed before
// the first one, evenly over the run, whatever becomes of the others; its latency counts from that
// instant. Told what to do by peak.ts over its channel; run alone it does nothing.

import { readFileSync } from "node:fs";
import { seededRandom } from "../../src/foundation/random.ts";
import { openConnections } from "./connections.ts";
import { type Cast, type Kind, kinds, requestsOf } from "./requests.ts";
import { emptyTally, note, type Tally } from "./tally.ts";

export type Load = {
  ratePerSec: number;
  /** At the same rate before what counts: a server that was just started is not what is measured. */
  warmSec: number;
  seconds: number;
  /** Parts of a whole; a kind that is left out is not asked. */
  mix: Partial<Record<Kind, number>>;
  connections: { gateway: number; shop: number };
  /** In time; beyond `giveUpMs` a fan who has no connection yet asks no more. */
  goodMs: number;
  giveUpMs: number;
  seed: number;
  /** Seats that are held before the first order is due. */
  holdsAhead: number;
};
export type Order = { load: Load; ports: { gateway: number; shop: number }; castFile: string };
/** The beginning and the end of what counts: the one who waits reads the servers' clocks then. */
export type Measuring = { measuring: boolean };
export type Report = {
  tallies: Record<Kind, Tally>;
  /** From the first intended send that counts to the last answer that was waited for. */
  tookMs: number;
  /** Asked and never answered. */
  hanging: number;
  /** The latest that a request was sent after its instant because this process was busy. */
  latestMs: number;
  cpuMs: number;
};

/** After the last one is sent, answers are waited for this long. */
const settleMs = 5_000;

async function play({ load, ports, castFile }: Order): Promise<Report> {
  const { ratePerSec, warmSec, connections, giveUpMs, goodMs } = load;
  const cast = JSON.parse(readFileSync(castFile, "utf8")) as Cast;
  const [gateway, shop] = await Promise.all([
    openConnections({ port: ports.gateway, count: connections.gateway, giveUpMs }),
    openConnections({ port: ports.shop, count: connections.shop, giveUpMs }),
  ]);
  const requests = requestsOf(cast, { gateway, shop });
  await requests.holdAhead(load.holdsAhead);
  const order = kindsInTurn(load);
  const tallies = Object.fromEntries(
    kinds.map((kind) => [kind, emptyTally()]),
  ) as Report["tallies"];
  let cpu = process.cpuUsage();
  const startedAt = performance.now() + 5;
  const countsFrom = Math.floor(warmSec * ratePerSec);
  let sent = 0;
  let latestMs = 0;
  const send = () => {
    const now = performance.now();
    const due = Math.min(order.length, Math.floor(((now - startedAt) / 1_000) * ratePerSec));
    for (; sent < due; sent++) {
      const intended = startedAt + (sent / ratePerSec) * 1_000;
      const kind = order[sent] as Kind;
      const counts = sent >= countsFrom;
      if (counts) latestMs = Math.max(latestMs, now - intended);
      if (sent === countsFrom) {
        cpu = process.cpuUsage();
        process.send?.({ measuring: true });
      }
      requests[kind](intended, (outcome) => {
        if (counts) note(tallies[kind], outcome, performance.now() - intended, goodMs);
      });
    }
  };
  while (sent < order.length) {
    send();
    await Bun.sleep(1);
  }
  const cpuSpent = process.cpuUsage(cpu);
  process.send?.({ measuring: false });
  const until = performance.now() + settleMs;
  while (gateway.open + shop.open > 0 && performance.now() < until) await Bun.sleep(5);
  const report: Report = {
    tallies,
    tookMs: performance.now() - startedAt - warmSec * 1_000,
    hanging: gateway.open + shop.open,
    latestMs,
    cpuMs: (cpuSpent.user + cpuSpent.system) / 1_000,
  };
  gateway.close();
  shop.close();
  return report;
}

function kindsInTurn({ ratePerSec, warmSec, seconds, mix, seed }: Load): Kind[] {
  const random = seededRandom(seed);
  const weights = kinds.map((kind) => mix[kind] ?? 0);
  const whole = weights.reduce((all, weight) => all + weight, 0);
  return Array.from({ length: Math.floor(ratePerSec * (warmSec + seconds)) }, () => {
    let at = random.next() * whole;
    return kinds.find((_, nth) => (at -= weights[nth] ?? 0) < 0) ?? "status";
  });
}

process.on("message", (order: Order) => {
  play(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
