// One simulated fan: a real client of the wire contract, and what every part of its life needs.
// Asks again where an answer says so or none came, always under the same key, and never otherwise.
// Read next: waiting.ts (the line), shopping.ts (seats), paying.ts (the order).

import { type EntryId, newId, type OnSaleId } from "../../../foundation/ids.ts";
import type { Random } from "../../../foundation/random.ts";
import type { CardBehaviour } from "../../../payments/sandbox/test-cards.ts";
import { pathTo, type Route } from "../../../wire/routes.ts";
import type { Answer, Ask, Browser } from "./browser.ts";
import type { Teller } from "./history.ts";
import type { Intentions } from "./intentions.ts";
import type { ShopMap } from "./shop-map.ts";
import { onStop } from "./stopping.ts";

/** What all fans of a crowd share. */
export type Town = {
  onSaleId: OnSaleId;
  map: ShopMap;
  /** A card's token at the provider. */
  cardToken(behaviour: CardBehaviour): Promise<string>;
  stop: AbortSignal;
};

export type Fan = {
  name: string;
  entryId: EntryId;
  town: Town;
  browser: Browser;
  random: Random;
  means: Intentions;
  tell: Teller;
  /** Where the fan is, for the status line. */
  at: Whereabouts;
};
export type Whereabouts = "not-here" | "waiting" | "shopping" | "paying" | "bought" | "gone";

export type NewFan = Omit<Fan, "entryId" | "tell" | "at"> & {
  tellerOf: (entryId: EntryId) => Teller;
};

export function makeFan({ tellerOf, ...fan }: NewFan): Fan {
  const entryId = newId("entry");
  return { ...fan, entryId, tell: tellerOf(entryId), at: "not-here" };
}

/** Ends early when the run is over. */
export function pause(fan: Pick<Fan, "town">, ms: number): Promise<void> {
  const { stop } = fan.town;
  if (ms <= 0 || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      stay();
      resolve();
    }, ms);
    const stay = onStop(stop, () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export const think = (fan: Fan) => pause(fan, fan.means.thinkMs * (0.5 + fan.random.next()));

/** A path of this on-sale. */
export function placeOf(fan: Fan, route: Route, more: Record<string, string> = {}): string {
  return pathTo(route, { onSaleId: fan.town.onSaleId, ...more });
}

const tries = 12;

/** Asks until there is an answer that asking again would not change. */
export async function insist(fan: Fan, path: string, ask: Ask): Promise<Answer> {
  for (let n = 0; ; n++) {
    const answer = await fan.browser.ask(path, ask);
    const again = answer.status === 0 || answer.status === 429 || answer.status === 503;
    if (!again || n >= tries || fan.town.stop.aborted) return answer;
    if (answer.status === 0) fan.tell({ kind: "unanswered", route: path }, answer);
    else tellRefused(fan, path, answer);
    const wait = answer.problem?.retryAfterMs ?? Math.min(8_000, 250 * 2 ** n);
    await pause(fan, wait * (0.5 + fan.random.next()));
  }
}

export function tellRefused(fan: Fan, route: string, answer: Answer): void {
  // No answer is no refusal; the run is over, or `insist` has said so.
  if (answer.status === 0) return;
  const code = answer.problem?.code ?? "no-code";
  fan.tell({ kind: "refused", route, code, status: answer.status }, answer);
}

/** Something that must not be let through: whoever answers it with a success has a hole. */
export async function intrude(fan: Fan, how: string, path: string, ask: Ask): Promise<void> {
  const answer = await fan.browser.ask(path, ask);
  if (answer.status > 0)
    fan.tell({ kind: "intrusion", route: path, how, status: answer.status }, answer);
}

export const newKey = () => crypto.randomUUID();
