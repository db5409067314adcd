// The crowd: all simulated fans, in a process of their own, so that they do not share a thread with the
// platform they hurry. Started by ../stage.ts with one JSON line on stdin, which stays open: when it
// closes the starter is gone, and the crowd goes too. Says how it goes once a second, as JSON lines on
// stdout; ends when every fan has gone home or its time is up.

import { once } from "node:events";
import { createInterface } from "node:readline";
import { type OnSaleId, parseId } from "../../../foundation/ids.ts";
import { seededRandom } from "../../../foundation/random.ts";
import { type CardBehaviour, testCards } from "../../../payments/sandbox/test-cards.ts";
import { Turnstile } from "../../../payments/turnstile.ts";
import { type ArrivalTimes, arrivalOf } from "./arrivals.ts";
import { openBrowser } from "./browser.ts";
import { type Fan, makeFan, pause, type Town } from "./fan.ts";
import { type History, openHistory } from "./history.ts";
import { intentionsOf } from "./intentions.ts";
import { loadShopMap } from "./shop-map.ts";
import { shop } from "./shopping.ts";
import { waitForTurn } from "./waiting.ts";

export type CrowdPlan = ArrivalTimes & {
  origin: string;
  paymentsOrigin: string;
  onSaleId: OnSaleId;
  fans: number;
  seed: number;
  /** Calls under way at once; live streams are extra. */
  sockets: number;
  /** Nobody goes on after this instant. */
  endsAt: number;
  historyPath: string;
};

export type CrowdReport = {
  where: Record<Fan["at"], number>;
  counts: Record<string, number>;
  leftOut: number;
  done: boolean;
};

export async function runCrowd(
  plan: CrowdPlan,
  say: (report: CrowdReport) => void,
  stop: AbortController,
): Promise<void> {
  const history = openHistory(plan.historyPath);
  const town = await townOf(plan, stop.signal);
  const fans = makeFans(plan, town, history);
  const ending = setTimeout(() => stop.abort(), Math.max(0, plan.endsAt - Date.now()));
  const timer = setInterval(() => {
    history.flush();
    say(reportOf(fans, history, false));
  }, 1_000);
  const lives = fans.map(({ fan, arrivesAt }) => live(fan, arrivesAt));
  const ends = await Promise.allSettled(lives);
  clearTimeout(ending);
  clearInterval(timer);
  history.close();
  say(reportOf(fans, history, true));
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

/** A fan's whole life, from the door to the ticket or home again. */
async function live(fan: Fan, arrivesAt: number): Promise<void> {
  await pause(fan, arrivesAt - Date.now());
  if (fan.town.stop.aborted) return;
  fan.at = "waiting";
  const queueToken = await waitForTurn(fan);
  if (queueToken !== undefined && (await shop(fan))) fan.at = "bought";
  else fan.at = "gone";
}

async function townOf(plan: CrowdPlan, stop: AbortSignal): Promise<Town> {
  const map = await loadShopMap(plan.origin, plan.onSaleId);
  return { onSaleId: plan.onSaleId, map, stop, cardToken: openWallet(plan.paymentsOrigin) };
}

type Expected = { fan: Fan; arrivesAt: number };

function makeFans(plan: CrowdPlan, town: Town, history: History): Expected[] {
  const gate = new Turnstile(plan.sockets, Number.POSITIVE_INFINITY);
  const standing = town.map.standing.length > 0;
  return Array.from({ length: plan.fans }, (_, number) => {
    const random = seededRandom(plan.seed * 1_000_003 + number);
    const arrivesAt = arrivalOf(plan, random);
    const fan = makeFan({
      name: `fan${number}`,
      town,
      random,
      means: intentionsOf(random, { standing }),
      browser: openBrowser(plan.origin, gate, town.stop),
      tellerOf: (entryId) => history.tellerOf(number, entryId),
    });
    return { fan, arrivesAt };
  });
}

/** How many orders one card is good for before its fan takes another out. */
const cardUses = 25;

/** Test cards' tokens at the provider. Fans share them: only their behaviour matters. */
function openWallet(paymentsOrigin: string): Town["cardToken"] {
  const cards = new Map<CardBehaviour, { uses: number; token: Promise<string> }>();
  const takeOut = async (behaviour: CardBehaviour): Promise<string> => {
    const number = testCards.find((card) => card.behaviour === behaviour)?.number;
    const response = await fetch(new URL("/v1/payment-methods", paymentsOrigin), {
      method: "POST",
      body: JSON.stringify({ number }),
    });
    return ((await response.json()) as { id: string }).id;
  };
  return async (behaviour) => {
    const card = cards.get(behaviour);
    if (card !== undefined && card.uses++ < cardUses) return await card.token;
    const token = takeOut(behaviour);
    cards.set(behaviour, { uses: 1, token });
    token.catch(() => cards.delete(behaviour));
    return await token;
  };
}

function reportOf(fans: readonly Expected[], history: History, done: boolean): CrowdReport {
  const where: CrowdReport["where"] = {
    "not-here": 0,
    waiting: 0,
    shopping: 0,
    paying: 0,
    bought: 0,
    gone: 0,
  };
  for (const { fan } of fans) where[fan.at] += 1;
  return { where, counts: Object.fromEntries(history.counts), leftOut: history.leftOut, done };
}

if (import.meta.main) {
  const lines = createInterface({ input: process.stdin });
  const [first] = (await once(lines, "line")) as [string];
  lines.once("close", () => process.exit(1));
  const plan = JSON.parse(first) as CrowdPlan;
  if (parseId("on-sale", plan.onSaleId) === undefined) throw new Error("a crowd needs its plan");
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  await runCrowd(plan, (report) => console.log(JSON.stringify(report)), stop);
  process.exit(0);
}
