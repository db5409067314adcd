// A rehearsal from curtain to verdict: platform up, on-sale staged, crowd sent in, a status line a
// second, rest, checks. Keeps: the scratch folder goes when all is well and stays when something is
// broken; no process is left behind.

import { assert } from "../../foundation/assert.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allChecks } from "../../checks/all-checks.ts";
import { runChecks, type Verdict } from "../../checks/check.ts";
import type { ServingSample } from "../../checks/evidence/client-history.ts";
import { countPlaces, type VenuePlan } from "../../domain/seating/venue-plan.ts";
import type { OnSale, OnSaleSettings } from "../../ports/catalog.ts";
import { type Platform, startPlatform } from "../platform/platform.ts";
import { anyNetwork } from "../../gateway/limits.ts";
import { pathTo } from "../../wire/routes.ts";
import type { CrowdReport } from "./crowd/crowd.ts";
import { comeToRest, gather, type Rest } from "./gather.ts";
import { type CountedLog, countingLog } from "./counting-log.ts";
import { isKept } from "./report.ts";
import { type Crowd, sendCrowd, stageSale } from "./stage.ts";

export type RehearsalOptions = {
  plan: VenuePlan;
  fans: number;
  seed: number;
  settings: OnSaleSettings;
  /** Length of the pre-queue, ms. */
  preQueueMs: number;
  /** How long the real curve of arrivals is stretched after the opening. */
  spreadMs: number;
  earlyShare: number;
  sockets: number;
  /** Fans are sent home after this. */
  limitMs: number;
  /** How long unfinished purchases and holds may take to end by themselves. */
  settleMs: number;
  postgresSettings?: Readonly<Record<string, string>>;
  say: (line: string) => void;
};

export type RehearsalOutcome = {
  kept: boolean;
  verdicts: Verdict[];
  rest: Rest;
  seats: number;
  sold: number;
  soldOutAfterMs: number | undefined;
  tookMs: number;
  orders: number;
  crowd: CrowdReport;
  /** Warnings and errors of the platform's log, counted by their words. */
  log: Record<string, number>;
  /** Where database, ledger, history and log lie; undefined: removed, because all is well. */
  keptIn: string | undefined;
};

export async function rehearse(options: RehearsalOptions): Promise<RehearsalOutcome> {
  const startedAt = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), "usher-rehearsal-"));
  const log = countingLog(join(dataDir, "usher.log"));
  const platform = await startPlatform({
    dataDir,
    port: 0,
    paymentsPort: 0,
    mailboxPort: 0,
    limits: anyNetwork,
    log,
    progress: (step) => options.say(`  … ${step}`),
    ...(options.postgresSettings ? { postgresSettings: options.postgresSettings } : {}),
  });
  let outcome: RehearsalOutcome | undefined;
  try {
    outcome = await play(platform, options, log);
  } finally {
    await platform.stop();
    if (outcome?.kept === true) await rm(dataDir, { recursive: true, force: true });
    else options.say(`kept for a look: ${dataDir}`);
  }
  const keptIn = outcome.kept ? undefined : dataDir;
  return { ...outcome, keptIn, tookMs: Date.now() - startedAt };
}

async function play(
  platform: Platform,
  options: RehearsalOptions,
  log: CountedLog,
): Promise<RehearsalOutcome> {
  const { fans, seed, spreadMs, earlyShare, sockets, say } = options;
  const { paymentsOrigin } = platform;
  assert(paymentsOrigin !== undefined, "a rehearsal pays with the sandbox provider");
  const preQueueAt = Date.now();
  const opensAt = preQueueAt + options.preQueueMs;
  const onSale = await stageSale(platform, { ...options, preQueueAt, opensAt });
  const historyPath = join(platform.dataDir, "clients.ndjson");
  const crowd = sendCrowd({
    ...{ fans, seed, spreadMs, earlyShare, sockets, preQueueAt, opensAt, historyPath },
    origin: platform.origin,
    paymentsOrigin,
    onSaleId: onSale.onSaleId,
    endsAt: opensAt + options.limitMs,
  });
  say(`${fans} fans, ${countPlaces(options.plan)} places, seed ${seed}; ${platform.origin}`);
  const watched = await watch(platform, onSale, { crowd, opensAt, say });
  say("the fans have gone home; coming to rest");
  const rest = await comeToRest(platform, onSale, options.settleMs);
  if (!rest.atRest) say(`not at rest: ${rest.left}`);
  const { servingSamples } = watched;
  const file = await gather(platform, onSale, { rest, historyPath, servingSamples });
  const verdicts = await runChecks(allChecks, file);
  return {
    kept: isKept(verdicts) && rest.atRest,
    verdicts,
    rest,
    seats: file.seatCount,
    sold: file.seats.filter(({ state }) => state === "sold").length,
    soldOutAfterMs: watched.soldOutAt === undefined ? undefined : watched.soldOutAt - opensAt,
    tookMs: 0,
    orders: file.orders.length,
    crowd: watched.report,
    log: Object.fromEntries(log.counts),
    keptIn: undefined,
  };
}

type Watching = { crowd: Crowd; opensAt: number; say: (line: string) => void };
type Watched = {
  report: CrowdReport;
  servingSamples: ServingSample[];
  soldOutAt: number | undefined;
};

/** Who still waits is told within this, and then has no reason to stay. */
const farewellMs = 6_000;

async function watch(
  platform: Platform,
  onSale: OnSale,
  { crowd, opensAt, say }: Watching,
): Promise<Watched> {
  const servingSamples: ServingSample[] = [];
  let soldOutAt: number | undefined;
  let running = true;
  let bought = 0;
  const ended = crowd.ended.finally(() => {
    running = false;
  });
  // A failure is thrown where `ended` is awaited, below.
  ended.catch(() => undefined);
  while (running) {
    await Promise.race([Bun.sleep(1_000), ended.catch(() => undefined)]);
    servingSamples.push(await sampleServing(platform, onSale));
    const tick = platform.shop.pacer.reports().get(onSale.onSaleId);
    if (tick === undefined) continue;
    if (tick.phase === "sold-out") soldOutAt ??= tick.at;
    if (soldOutAt !== undefined && Date.now() - soldOutAt > farewellMs) crowd.sendHome();
    const now = crowd.latest?.where.bought ?? 0;
    say(statusLine({ tick, opensAt, report: crowd.latest, perSec: now - bought }));
    bought = now;
  }
  return { report: await ended, servingSamples, soldOutAt };
}

async function sampleServing(platform: Platform, { onSaleId }: OnSale): Promise<ServingSample> {
  const response = await fetch(platform.origin + pathTo("frontier", { onSaleId }));
  const { serving } = (await response.json()) as { serving: number };
  const { serving: durable } = await platform.stores.postgres.lineRecords.checkpoint(onSaleId);
  return { at: Date.now(), published: serving, durable };
}

type Status = {
  tick: NonNullable<ReturnType<ReturnType<Platform["shop"]["pacer"]["reports"]>["get"]>>;
  opensAt: number;
  report: CrowdReport | undefined;
  perSec: number;
};

function statusLine({ tick, opensAt, report, perSec }: Status): string {
  const seconds = Math.round((Date.now() - opensAt) / 1_000);
  const { counts, seats } = tick;
  const refused = Object.entries(report?.counts ?? {})
    .filter(([name]) => name.startsWith("refused "))
    .map(([name, count]) => `${name.slice(8)} ${count}`);
  return [
    `${seconds < 0 ? "" : "+"}${seconds}s ${tick.phase}`,
    `waiting ${counts.waiting}, shopping ${counts.shoppers}`,
    `free ${seats.free}, held ${seats.held}, paying ${seats.paying}, sold ${seats.sold}`,
    `${perSec} orders/s`,
    `pace ${tick.turns} (${tick.pace.reason})`,
    ...(refused.length > 0 ? [refused.join(", ")] : []),
  ].join(" · ");
}
