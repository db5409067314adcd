// One sale at its peak on a Redis Cluster of six nodes, and one fault after another: a wipe, masters
// killed with and without a replica that knows everything, one frozen and woken, a slot moved, all
// nodes gone at once. After each of them the sale goes on, the invariants are judged from what the
// database and the fans say, and nothing was granted that the store had forgotten. At the end: at rest.
// Read next: support/busy-sale.ts (the sale), support/store-witness.ts (what was granted when).

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RedisServer } from "../../scripts/services/redis-server.ts";
import { monotonicNow } from "../../src/cli/rehearsal/crowd/browser.ts";
import type { HoldId } from "../../src/foundation/ids.ts";
import type { HoldView } from "../../src/wire/contract.ts";
import type { Fan } from "../support/fan-client.ts";
import { until } from "../support/until.ts";
import { type BusySale, nodeTimeoutMs, startBusySale } from "./support/busy-sale.ts";
import { isMaster, lineKey, moveSlot, seatsKey, shardOf, wipe } from "./support/shards.ts";

const fans = 900;
/** The bar is the node timeout and two seconds; the rest is for a machine shared with other tests. */
const goesOnWithinMs = nodeTimeoutMs + 2_000 + 4_000;
let sale: BusySale;

beforeAll(async () => {
  sale = await startBusySale({ fans });
  await until("holds under load", () => sale.store.granted.length > 20, 30_000);
}, 90_000);
afterAll(() => sale.close());

/** How the fault is brought about; answers from when on the store's memory of before is worth nothing. */
type Fault = { name: string; strike(): Promise<number>; mend?(): Promise<void> };

const faults: readonly Fault[] = [
  {
    name: "a FLUSHALL on every master",
    async strike() {
      await wipe(sale.cluster.servers);
      return performance.now();
    },
  },
  {
    name: "kill -9 of the master, its replica lacks what was answered last",
    async strike() {
      const { master, replica } = await shard();
      process.kill(replica.pid, "SIGSTOP");
      const before = sale.store.granted.length;
      await until("answers that the replica lacks", () => sale.store.granted.length > before + 5);
      await master.stop();
      process.kill(replica.pid, "SIGCONT");
      killed = [master];
      return performance.now();
    },
    mend: () => startAgain(),
  },
  {
    name: "kill -9 of the master with a healthy replica",
    async strike() {
      const { master } = await shard();
      await master.stop();
      killed = [master];
      return performance.now();
    },
    mend: () => startAgain(),
  },
  {
    name: "a master frozen past the node timeout, and woken",
    async strike() {
      const { master, replica } = await shard();
      process.kill(master.pid, "SIGSTOP");
      const lostAt = performance.now();
      await until("the failover", () => isMaster(replica));
      await Bun.sleep(nodeTimeoutMs);
      process.kill(master.pid, "SIGCONT");
      return lostAt;
    },
    mend: () => sale.cluster.ready(),
  },
  {
    name: "the slots of the sale moved to another master",
    async strike() {
      await moveSlot(sale.cluster, lineKey(sale.ids));
      await moveSlot(sale.cluster, seatsKey(sale.ids));
      return performance.now();
    },
  },
  {
    name: "kill -9 of all six nodes, started again with nothing",
    async strike() {
      await Promise.all(sale.cluster.servers.map((server) => server.stop()));
      const lostAt = performance.now();
      await Promise.all(sale.cluster.servers.map((server) => server.restart()));
      return lostAt;
    },
    mend: () => sale.cluster.ready(),
  },
];

const shard = () => shardOf(sale.cluster, seatsKey(sale.ids));
let killed: RedisServer[] = [];
async function startAgain(): Promise<void> {
  await Promise.all(killed.map((server) => server.restart()));
  await sale.cluster.ready();
}

for (const fault of faults) {
  test(`[S13, Q1] under load: ${fault.name}`, () => survive(fault), 60_000);
}

async function survive({ name, strike, mend }: Fault): Promise<void> {
  const { holder } = sale;
  const held = await take(holder);
  const from = monotonicNow();
  const pauseMs = await goOnMended(held.body, { strike, mend });
  await insist(() => giveBack(holder, held.body.holdId));
  expect(await sale.wronglyShown()).toEqual([]);

  const broken = (await sale.judge()).filter(({ result }) => result === "violated");
  expect(broken).toEqual([]);
  const refusals = await refusedSince(from);
  console.log(`${name}: holds again after ${pauseMs} ms; told meanwhile: ${inWords(refusals)}`);
  expect(Object.keys(refusals).filter((code) => !expected.has(code))).toEqual([]);
}

/** A fault that was not survived must not fail the next one as well. */
async function goOnMended(held: HoldView, { strike, mend }: Omit<Fault, "name">): Promise<number> {
  try {
    return await goOn(held, strike);
  } finally {
    await mend?.();
  }
}

/** Answers how long nothing was held. */
async function goOn(held: HoldView, strike: Fault["strike"]): Promise<number> {
  const { holder, store, map } = sale;
  const { front, fan: waiter } = await sale.waiter();
  await until("the stream to begin", () => front.heard.length > 0);

  const lostAt = await strike();
  const applied = map.applied;
  const heard = front.heard.length;
  const granted = store.granted.length;
  // Nobody's patience is needed but the pages': the calls that come now are answered, late or "again".
  const [kept, late] = await Promise.all([insist(() => holder.held()), insist(() => joins())]);
  await until("holds are granted again", () => store.granted.length > granted, goesOnWithinMs);
  // A line that stands still has nothing to tell: while we listen, somebody joins now and then.
  const joining = setInterval(() => void joins().catch(() => undefined), 500);
  const isTold = () => front.heard.length > heard + 1;
  await until("the front is told again", isTold, goesOnWithinMs).finally(() =>
    clearInterval(joining),
  );
  await until("the map is told again", () => map.applied > applied, goesOnWithinMs);

  // What the fan was promised is there, to the millisecond; the place is the same; the stream held.
  const { holdId, deadline, seats } = held;
  if (kept !== null || Date.now() < deadline)
    expect(kept).toMatchObject({ holdId, deadline, seats });
  const again = await insist(() => waiter.join().then(ok));
  expect(again).toMatchObject({ known: true, queueToken: waiter.queueToken });
  expect(late).toMatchObject({ known: false });
  expect(store.grantedWithout(lostAt)).toEqual([]);
  return Math.round(firstAfter(store.granted, lostAt) - lostAt);
}

async function take(fan: Fan) {
  const held = await sale.ask(
    fan,
    () => fan.hold({ bestAvailable: { count: 2 } }),
    ({ status, body }) =>
      status === 201
        ? { ...body, kind: "held", seats: body.seats.map(({ seat }) => seat) }
        : undefined,
  );
  expect([held.status, held.problem.code]).toEqual([201, undefined as never]);
  return held;
}

const giveBack = (fan: Fan, holdId: HoldId) =>
  sale.ask(
    fan,
    () => fan.ask("hold", { method: "DELETE", params: { holdId } }).then(ok),
    () => ({ kind: "release", holdId }),
  );

/** What a fan may be told while the store is away or rebuilt; all of it by retry, none is an error. */
const expected = new Set(["503 briefly-unavailable"]);

const joins = async () => {
  const { queueToken } = await sale.joiner();
  return { known: false, queueToken };
};

function ok<Body>({ status, body, problem }: { status: number; body: Body; problem: unknown }) {
  if (status >= 300) throw new Error(`answered ${status} ${JSON.stringify(problem)}`);
  return body;
}

/** As a page does: again after a moment, as long as the answer says so. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + goesOnWithinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await Bun.sleep(200);
    }
  }
}

const firstAfter = (spans: readonly { answeredAt: number }[], at: number) =>
  spans.find(({ answeredAt }) => answeredAt > at)?.answeredAt ?? Number.NaN;

async function refusedSince(from: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const record of await sale.told()) {
    if (record.sentAt < from) continue;
    const isError = record.kind === "refused" && (record.status >= 500 || record.status === 429);
    const name = isError ? `${record.status} ${record.code}` : undefined;
    const told = record.kind === "unanswered" ? "no answer" : name;
    if (told !== undefined) counts[told] = (counts[told] ?? 0) + 1;
  }
  return counts;
}

const inWords = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([code, count]) => `${count}× ${code}`)
    .join(", ") || "nothing";

test("[S1, S2, S13, S16, Q1, Q2, Q6, Q7] at rest, after all of it", async () => {
  const { rest, verdicts } = await sale.rest();
  expect(rest).toEqual({ atRest: true, left: "" });
  const broken = verdicts.filter(({ result }) => result !== "holds" && result !== "nothing-seen");
  expect(broken).toEqual([]);
  const seen = Object.fromEntries(verdicts.map(({ id, seen: count }) => [id, count]));
  for (const id of ["S1", "S13", "S16", "Q1", "Q6"]) expect(seen[id]).toBeGreaterThan(0);
}, 90_000);
