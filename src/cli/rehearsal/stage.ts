// Puts a rehearsal on: the whole platform as `npm start` runs it, on free ports and in a folder of its
// own, an on-sale of the given venue in its pre-queue, and the crowd in a process beside it.

import { join } from "node:path";
import type { VenuePlan } from "../../domain/seating/venue-plan.ts";
import { Fault } from "../../foundation/fault.ts";
import { newId } from "../../foundation/ids.ts";
import type { OnSale, OnSaleSettings } from "../../ports/catalog.ts";
import type { Platform } from "../platform/platform.ts";
import type { CrowdPlan, CrowdReport } from "./crowd/crowd.ts";

export type SaleToStage = {
  plan: VenuePlan;
  settings: OnSaleSettings;
  preQueueAt: number;
  opensAt: number;
};

/** ₩, dearest first, as a plan lists its categories. */
const pricesByRank = [187_000, 154_000, 132_000, 99_000];
const dayMs = 86_400_000;

export async function stageSale(platform: Platform, sale: SaleToStage): Promise<OnSale> {
  const { catalog } = platform.stores.postgres;
  const { plan, settings, preQueueAt, opensAt } = sale;
  const { hash } = await catalog.savePlan(plan);
  const performance = await catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "예행연습", en: "Rehearsal" },
    venue: plan.name,
    planHash: hash,
    startsAt: opensAt + 30 * dayMs,
    timeZone: "Asia/Seoul",
  });
  return await catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId: performance.performanceId,
    preQueueAt,
    opensAt,
    closesAt: opensAt + dayMs,
    currency: "KRW",
    prices: Object.fromEntries(
      plan.categories.map(({ key }, rank) => [key, pricesByRank[rank] ?? 77_000]),
    ),
    settings,
  });
}

export type Crowd = {
  /** The last word heard from it. */
  readonly latest: CrowdReport | undefined;
  /** Resolves when everyone has gone home; throws when the process failed. */
  ended: Promise<CrowdReport>;
  sendHome(): void;
};

export function sendCrowd(plan: CrowdPlan): Crowd {
  let latest: CrowdReport | undefined;
  const child = Bun.spawn([process.execPath, "run", join(import.meta.dir, "crowd", "crowd.ts")], {
    // Left open for as long as we live.
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
    // Live streams count as calls under way for as long as they last.
    env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "60000" },
  });
  void child.stdin.write(`${JSON.stringify(plan)}\n`);
  void child.stdin.flush();
  const listen = async (): Promise<CrowdReport> => {
    for await (const line of linesOf(child.stdout)) latest = JSON.parse(line) as CrowdReport;
    const code = await child.exited;
    if (latest?.done !== true)
      throw new Fault("crowd-failed", `the crowd's process ended early (exit ${code})`);
    return latest;
  };
  const ended = listen();
  return {
    get latest() {
      return latest;
    },
    ended,
    sendHome: () => child.kill("SIGTERM"),
  };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines.filter((line) => line !== "");
  }
}
