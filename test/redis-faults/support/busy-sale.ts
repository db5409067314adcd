// A sale at its peak on a whole platform and a Redis Cluster of its own: a crowd of simulated fans in a
// process beside it (the rehearsal's), and three fans of our own who are watched closely: one who
// holds seats, one who watches the map, one who waits at the end of the line. What every fan was told
// is read back from the crowd's history; the invariants judge it, in mid-sale as far as they can.
// Read next: store-witness.ts, told.ts, shards.ts.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RedisCluster, startRedisCluster } from "../../../scripts/services/redis-cluster.ts";
import { allChecks } from "../../../src/checks/all-checks.ts";
import { runChecks, type Verdict } from "../../../src/checks/check.ts";
import {
  type ClientRecord,
  parseHistory,
  type ServingSample,
  type Told,
} from "../../../src/checks/evidence/client-history.ts";
import { answerMs, monotonicNow } from "../../../src/cli/rehearsal/crowd/browser.ts";
import { comeToRest, gather, type Rest } from "../../../src/cli/rehearsal/gather.ts";
import { type Crowd, sendCrowd } from "../../../src/cli/rehearsal/stage.ts";
import type { OnSale, OnSaleSettings } from "../../../src/ports/catalog.ts";
import { openEvidence } from "../../../src/stores/open.ts";
import { mendPerformance } from "../../../src/workers/mender.ts";
import { systemClock } from "../../../src/foundation/clock.ts";
import { type Log, silentLog } from "../../../src/foundation/log.ts";
import type { OnSaleView, PlanOverview } from "../../../src/wire/contract.ts";
import { pathTo } from "../../../src/wire/routes.ts";
import { type Fan, frontierOf, newFan } from "../../support/fan-client.ts";
import { createOnSale, type TestPlatform, testPlatform } from "../../support/platform.ts";
import { until } from "../../support/until.ts";
import { scratchFolder } from "../../support/scratch.ts";
import { smallVenue } from "../../support/small-venue.ts";
import { idsOnOneShard, type SaleIds } from "./shards.ts";
import { type StoreWitness, watchStore } from "./store-witness.ts";
import { type FrontierFollower, followFrontier, followMap, type MapFollower } from "./told.ts";

export const nodeTimeoutMs = 1_500;
const plan = smallVenue(1_400, 60);
const settings: Partial<OnSaleSettings> = {
  ratePerSec: 30,
  maxCapacity: 150,
  claimWindowMs: 8_000,
  admissionTokenMs: 15_000,
  shopMs: 90_000,
  holdMs: 8_000,
  maxHoldMs: 15_000,
  seatsPerHold: 4,
  seatsPerFan: 4,
};
const preQueueMs = 2_500;
/** Fans still come when the last fault strikes. */
const spreadMs = 85_000;
const limitMs = 130_000;

export type BusySale = {
  cluster: RedisCluster;
  platform: TestPlatform;
  onSale: OnSale;
  ids: SaleIds;
  store: StoreWitness;
  crowd: Crowd;
  /** Has a place in the shop for the whole sale. */
  holder: Fan;
  map: MapFollower;
  servingSamples: ServingSample[];
  /** A fan who joins now, behind everybody: news for all who wait. */
  joiner(): Promise<Fan>;
  /** The same, and listens. */
  waiter(): Promise<{ fan: Fan; front: FrontierFollower }>;
  /** What the fans were told so far, the crowd's and ours. */
  told(): Promise<ClientRecord[]>;
  /** One of our own fans asks, and the answer is kept for the judge. */
  ask<Answer>(
    fan: Fan,
    ask: () => Promise<Answer>,
    told: (answer: Answer) => Told | undefined,
  ): Promise<Answer>;
  judge(): Promise<Verdict[]>;
  /** Seats that the hot store shows otherwise than PostgreSQL, unmoved at every look. */
  wronglyShown(): Promise<number[]>;
  rest(): Promise<{ rest: Rest; verdicts: Verdict[] }>;
  close(): Promise<void>;
};

export async function startBusySale(options: { fans: number; log?: Log }): Promise<BusySale> {
  const cluster = await startRedisCluster({ folder: scratchFolder(), nodeTimeoutMs });
  const log = options.log ?? silentLog;
  const platform = await testPlatform({ redisUrls: cluster.nodes, log });
  const { origin, paymentsOrigin, dataDir, stores } = platform;
  const { postgres, hot } = stores;
  const ids = await idsOnOneShard(cluster);
  const store = watchStore(hot, ids.performanceId);
  const preQueueAt = Date.now();
  const opensInMs = preQueueMs;
  const onSale = await createOnSale(postgres, { ids, plan, settings, prices, opensInMs });
  const { opensAt, onSaleId, performanceId } = onSale;

  const holder = newFan(origin, onSaleId);
  await until("the pre-queue", async () => (await holder.join()).status === 200);
  const historyPath = join(dataDir, "clients.ndjson");
  const crowd = sendCrowd({
    ...{
      fans: options.fans,
      seed: 11,
      sockets: 192,
      historyPath,
      origin,
      paymentsOrigin,
      onSaleId,
    },
    ...{ preQueueAt, opensAt, spreadMs, earlyShare: 0.06, endsAt: opensAt + limitMs },
  });
  // Told where it is awaited, in `rest` or `close`.
  crowd.ended.catch(() => undefined);
  const end = async () => {
    crowd.sendHome();
    await crowd.ended.catch(() => undefined);
    await platform.close();
    await cluster.stop();
  };
  await holder.arrive().catch(async (error: unknown) => {
    await end();
    throw error;
  });
  const map = followMap(holder, await overviewOf(origin, onSale));
  const servingSamples: ServingSample[] = [];
  const sampling = setInterval(() => void sample(), 1_000);
  const sample = async () => {
    const { serving: published } = await frontierOf(origin, onSaleId);
    const { serving: durable } = await postgres.lineRecords.checkpoint(onSaleId);
    servingSamples.push({ at: Date.now(), published, durable });
  };
  const waiters: FrontierFollower[] = [];

  const told = async () => {
    const text = await readFile(historyPath, "utf8");
    return [...parseHistory(text.slice(0, text.lastIndexOf("\n") + 1)), ...own];
  };
  const own: ClientRecord[] = [];
  const ask: BusySale["ask"] = async ({ entryId }, send, toldBy) => {
    const sentAt = monotonicNow();
    const answer = await send();
    const record = toldBy(answer);
    // A number that no fan of the crowd has.
    const fan = options.fans;
    if (record !== undefined)
      own.push({ ...record, fan, entryId, sentAt, answeredAt: monotonicNow() });
    return answer;
  };
  const joiner = async () => {
    const fan = newFan(origin, onSaleId);
    const { status } = await ask(
      fan,
      () => fan.join(),
      ({ status: said, body: { index, known } }) =>
        said === 200 ? { kind: "join", index, known } : undefined,
    );
    if (status !== 200) throw new Error(`a new fan's join answered ${status}`);
    return fan;
  };
  return {
    ...{ cluster, platform, onSale, ids, store, crowd, holder, map, servingSamples, told, ask },
    joiner,
    async waiter() {
      const fan = await joiner();
      const front = followFrontier(fan);
      waiters.push(front);
      return { fan, front };
    },
    async judge() {
      const reader = openEvidence(platform.connectionString);
      try {
        const before = monotonicNow();
        const evidence = await reader.read(performanceId);
        const after = monotonicNow();
        if (evidence === undefined) throw new Error("the performance is gone");
        // What a fan did is in the database before the fan has the answer and before the crowd, which
        // writes once a second, has told of it. So the same rows are judged again until the fans' words
        // excuse what they can; a promise that was broken stays broken.
        const judgeNow = async () => {
          const clients = (await told()).filter((record) => isIn(record, { before, after }));
          const file = { ...evidence, atRest: false, clients, servingSamples };
          return await runChecks(allChecks, { ...file, ledger: undefined, hotSeats: undefined });
        };
        await Bun.sleep(1_200);
        let verdicts = await judgeNow();
        while (verdicts.some(isViolated) && monotonicNow() < after + answerMs + 2_000) {
          await Bun.sleep(500);
          verdicts = await judgeNow();
        }
        return verdicts;
      } finally {
        await reader.close();
      }
    },
    async wronglyShown() {
      const deps = { ...stores, claims: postgres.seatClaims, clock: systemClock, log: silentLog };
      const { epochs } = stores;
      const look = () => mendPerformance({ ...deps, epochs }, performanceId, new Map());
      const deadline = performance.now() + settleMs;
      let wrong = await look();
      // Who holds a seat just now is in the hot store first: only what stays as it was is wrong.
      while (wrong.size > 0 && performance.now() < deadline) {
        await Bun.sleep(500);
        const now = await look();
        wrong = new Map([...wrong].filter(([seat, fence]) => now.get(seat) === fence));
      }
      return [...wrong.keys()];
    },
    async rest() {
      crowd.sendHome();
      await crowd.ended;
      const leave = () => holder.ask("shopSession", { method: "DELETE" });
      await ask(holder, leave, () => ({ kind: "leave" }));
      clearInterval(sampling);
      const rest = await comeToRest(platform, onSale, 60_000);
      const file = await gather(platform, onSale, { rest, historyPath, servingSamples });
      return { rest, verdicts: await runChecks(allChecks, { ...file, clients: await told() }) };
    },
    async close() {
      clearInterval(sampling);
      await map.following.stop();
      for (const { following } of waiters) await following.stop();
      await end();
    },
  };
}

/** A hold on its way is in both stores well before. */
const settleMs = 3_000;

const isViolated = ({ result }: Verdict) => result === "violated";

const prices = { r: 154_000, s: 132_000 };

async function overviewOf(origin: string, { onSaleId }: OnSale): Promise<PlanOverview> {
  const read = async (path: string) => (await fetch(origin + path)).json() as Promise<never>;
  const { planHash }: OnSaleView = await read(pathTo("onSale", { onSaleId }));
  return await read(pathTo("planOverview", { planHash }));
}

/**
 * Whether it belongs to rows that were read between two instants: a promise if it was answered before,
 * for only then its rows must be there; a fan's own doing if it was asked for by then, for its rows may.
 */
function isIn(
  { kind, sentAt, answeredAt }: ClientRecord,
  read: { before: number; after: number },
): boolean {
  const isOwnDoing = ["release", "leave", "cancel", "unanswered"].includes(kind);
  return isOwnDoing ? sentAt <= read.after : answeredAt <= read.before;
}
