// One load on one fresh stage: starts the fans' process, has it play, and says what came of it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Installation } from "../support/installation.ts";
import { processorTime } from "../p3-streams/machine.ts";
import type { Load, Measuring, Order, Report } from "./fans.ts";
import { kinds } from "./requests.ts";
import { openPeakStage } from "./stage.ts";
import { asked, percentile, sum, type Tally } from "./tally.ts";

/** What the goal is about: ninety-four of a hundred ask where they stand. */
export const mixOfPeak = { status: 0.94, join: 0.04, hold: 0.015, order: 0.005 } as const;
export type Played = Report & {
  all: Tally;
  /** Answered as they should be, a second. */
  perSec: number;
  /** The same, within the load's `goodMs`. */
  goodPerSec: number;
  p50Ms: number;
  p99Ms: number;
  /** Orders that came to their tickets in that time, a second. */
  confirmedPerSec: number;
  /** Cores that each side took. */
  cores: { gateway: number; shop: number; fans: number };
};

export async function playPeak(
  installation: Installation,
  load: Load,
  say: (line: string) => void,
): Promise<Played> {
  const { seconds } = load;
  const stage = await openPeakStage(installation);
  const folder = mkdtempSync(join(tmpdir(), "usher-peak-"));
  try {
    const castFile = join(folder, "cast.json");
    writeFileSync(castFile, JSON.stringify(stage.cast));
    const spent = () => ({
      gateway: processorTime(stage.pids.gateway),
      shop: processorTime(stage.pids.shop),
    });
    const standing = () => ({ ...spent(), confirmed: stage.confirmed() });
    let [before, after] = [standing(), standing()];
    const report = await runFans({ load, ports: stage.ports, castFile }, (isBeginning) => {
      if (isBeginning) before = standing();
      else after = standing();
    });
    const confirmed = (await after.confirmed) - (await before.confirmed);
    const cores = {
      gateway: (after.gateway - before.gateway) / seconds,
      shop: (after.shop - before.shop) / seconds,
      fans: report.cpuMs / 1_000 / seconds,
    };
    const played = { ...judged(load, report, cores), confirmedPerSec: confirmed / seconds };
    for (const line of told(load, played)) say(line);
    return played;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stage.close();
  }
}

async function runFans(order: Order, measuring: (isBeginning: boolean) => void): Promise<Report> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "fans.ts")], {
    stdout: "inherit",
    stderr: "inherit",
    ipc(message: Report | Measuring | { failed: string }) {
      if ("failed" in message) reject(new Error(`fans: ${message.failed}`));
      else if ("measuring" in message) measuring(message.measuring);
      else resolve(message);
    },
    onExit: (_, code) => reject(new Error(`fans ended with ${code}`)),
  });
  child.send(order);
  try {
    return await promise;
  } finally {
    child.kill();
    await child.exited;
  }
}

function judged(
  { seconds }: Load,
  report: Report,
  cores: Played["cores"],
): Omit<Played, "confirmedPerSec"> {
  const all = sum(kinds.map((kind) => report.tallies[kind]));
  // What was asked in this time and answered after it counts in the longer time that it took.
  const tookSec = Math.max(seconds, report.tookMs / 1_000);
  return {
    ...report,
    all,
    perSec: all.done / tookSec,
    goodPerSec: all.inTime / seconds,
    p50Ms: percentile(all, 0.5),
    p99Ms: percentile(all, 0.99),
    cores,
  };
}

function told({ ratePerSec, seconds }: Load, played: Played): string[] {
  const { tallies, hanging, latestMs, cores } = played;
  const kindLines = kinds
    .filter((kind) => asked(tallies[kind]) > 0)
    .map((kind) => {
      const tally = tallies[kind];
      const { done, refused, failed, unsent, idle } = tally;
      return `  ${kind}: ${done} done, ${refused} refused, ${failed} failed, ${unsent} never sent, ${idle} by nobody; P50 ${percentile(tally, 0.5).toFixed(1)} ms, P99 ${percentile(tally, 0.99).toFixed(1)} ms`;
    });
  return [
    `${ratePerSec}/s offered for ${seconds} s: ${Math.round(played.perSec)}/s answered, ${Math.round(played.goodPerSec)}/s in time, P50 ${played.p50Ms.toFixed(1)} ms, P99 ${played.p99Ms.toFixed(1)} ms`,
    ...kindLines,
    ...(asked(tallies.order) > 0
      ? [`  ${Math.round(played.confirmedPerSec)} orders/s came to their tickets`]
      : []),
    `  ${hanging} without an answer; the fans were up to ${latestMs.toFixed(0)} ms late; cores: gateway ${cores.gateway.toFixed(2)}, box office ${cores.shop.toFixed(2)}, fans ${cores.fans.toFixed(2)}`,
  ];
}
