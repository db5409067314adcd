// One gateway paces each line. Paused beyond its lease it is replaced; woken, it changes nothing, and no
// fan sees the line go back. Killed, it is replaced as fast as the lease allows.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { RoleProcess } from "../../src/cli/cluster/role-process.ts";
import type { OnSaleId } from "../../src/foundation/ids.ts";
import type { OnSale } from "../../src/ports/catalog.ts";
import type { HeardReport } from "../../src/ports/processes/process-reports.ts";
import type { Status } from "../../src/wire/contract.ts";
import { type TestCluster, testCluster } from "../support/cluster.ts";
import { type Fan, newFan } from "../support/fan-client.ts";
import { until } from "../support/until.ts";

let cluster: TestCluster;
let onSale: OnSale;
/** Gateways with ports of their own, so that a test can choose whom it asks. */
let own: RoleProcess[];
let fans: Fan[];
let waiting = true;
let polling: Promise<unknown>;
/** Whom the fans ask just now. */
let asked: RoleProcess;
let steps = 0;
const wentBack: string[] = [];

const ratePerSec = 2;
const fanCount = 200;

beforeAll(async () => {
  cluster = await testCluster();
  own = await Promise.all([cluster.add("gateway"), cluster.add("gateway")]);
  asked = own[0] as RoleProcess;
  // So slow that fans wait as long as the test lasts.
  onSale = await cluster.sell({ settings: { ratePerSec, maxCapacity: 5_000 } });
  const origin = originOf(asked);
  fans = Array.from({ length: fanCount }, () => newFan(origin, onSale.onSaleId));
  await Promise.all(fans.map((fan) => fan.join()));
  polling = Promise.all(fans.map(keepPolling));
}, 90_000);
afterAll(async () => {
  waiting = false;
  await polling;
});

const originOf = (role: RoleProcess) => `http://127.0.0.1:${role.port()}`;

/** Each fan is seen, and watches that nobody is put in front. */
async function keepPolling({ queueToken }: Fan): Promise<void> {
  let highest = 0;
  while (waiting) {
    const response = await fetch(`${originOf(asked)}/q/${onSale.onSaleId}/status`, {
      headers: { authorization: `Bearer ${queueToken}` },
    }).catch(() => undefined);
    const { serving } = ((await response?.json()) as Status | undefined)?.frontier ?? {};
    if (serving !== undefined) {
      if (serving < highest) wentBack.push(`${highest} → ${serving}`);
      if (serving > highest) steps++;
      highest = Math.max(highest, serving);
    }
    await Bun.sleep(700 + Math.random() * 300);
  }
}

type Lead = { fence: number; leader: string; serving: number };
async function leadOf(onSaleId: OnSaleId): Promise<Lead> {
  const [row] = await cluster.rows<Lead>(
    "select leader, leader_fence::int as fence, serving from on_sales where on_sale_id = $1",
    [onSaleId],
  );
  if (row === undefined) throw new Error("the on-sale is there");
  return row;
}

async function knownLeader(): Promise<HeardReport> {
  let found: HeardReport | undefined;
  await until("somebody to lead", async () => {
    found = await cluster.leaderOf(onSale.onSaleId);
    return found !== undefined;
  });
  return found as HeardReport;
}

async function servingMoves(from: number): Promise<void> {
  await until("serving to move", async () => (await leadOf(onSale.onSaleId)).serving > from);
}

test("[Q7] a leader that is paused beyond its lease is replaced; woken, it changes nothing", async () => {
  const leader = await knownLeader();
  asked = own.find((role) => role.pid() !== leader.pid) as RoleProcess;
  await servingMoves(0);
  const before = await leadOf(onSale.onSaleId);
  process.kill(leader.pid, "SIGSTOP");
  await until("another to lead", async () => {
    const { fence } = await leadOf(onSale.onSaleId);
    return fence > before.fence;
  });
  const during = await leadOf(onSale.onSaleId);
  expect([during.fence, during.leader === before.leader]).toEqual([before.fence + 1, false]);
  await servingMoves(during.serving);

  process.kill(leader.pid, "SIGCONT");
  await until("the woken one to have spoken again", async () => {
    const reports = await cluster.records.processReports.heard();
    const woken = reports.find(({ instance }) => instance === leader.instance);
    return woken !== undefined && woken.silentMs < 2_500 && woken.measures.ticks !== undefined;
  });
  const woken = await leadOf(onSale.onSaleId);
  await servingMoves(woken.serving + ratePerSec);
  const after = await leadOf(onSale.onSaleId);
  expect([after.leader, after.fence]).toEqual([during.leader, during.fence]);
  // A report is up to two seconds old: the new leader's last one may be from before its first tick.
  let leading: HeardReport[] = [];
  await until("the new leader's report of its tick", async () => {
    const heard = await cluster.records.processReports.heard();
    leading = heard.filter(({ measures }) => measures.ticks?.[onSale.onSaleId] !== undefined);
    return leading.length > 0;
  });
  expect(leading.map(({ instance }) => instance)).not.toContain(leader.instance);
  expect(leading.length).toBe(1);
  expect(wentBack).toEqual([]);
  expect(steps).toBeGreaterThan(fanCount);
}, 60_000);

test("[Q4] [Q8] a leader that is killed is replaced within its lease and a tick, and the line goes on", async () => {
  const leader = await knownLeader();
  asked = own.find((role) => role.pid() !== leader.pid) as RoleProcess;
  const before = await leadOf(onSale.onSaleId);
  const killedAt = performance.now();
  process.kill(leader.pid, "SIGKILL");
  await until("another to lead", async () => {
    const { fence } = await leadOf(onSale.onSaleId);
    return fence > before.fence;
  });
  // A lease of 5 s, a tick of 1 s, and what a busy machine takes to look.
  const replacedMs = performance.now() - killedAt;
  expect(replacedMs).toBeLessThan(8_000);
  const { serving } = await leadOf(onSale.onSaleId);
  await servingMoves(serving);
  // No second period of grace: turns are given at once, and no more of them than the rate allows.
  const gave = (await leadOf(onSale.onSaleId)).serving - before.serving;
  const elapsedSec = (performance.now() - killedAt) / 1_000;
  expect(gave).toBeLessThanOrEqual(Math.ceil((elapsedSec + 2) * ratePerSec));
  expect(wentBack).toEqual([]);
}, 60_000);
