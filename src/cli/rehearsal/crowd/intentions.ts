// What one fan means to do, drawn once from the seed: the same run can be asked for again. Shares are
// those of an ordinary sale, with more mischief than usual, because the rehearsal is there to hurt.

import type { Random } from "../../../foundation/random.ts";
import type { CardBehaviour } from "../../../payments/sandbox/test-cards.ts";
import { basketOf } from "./arrivals.ts";

export type Intentions = {
  basket: number;
  /** How seats are chosen: by the house, one by one on the map, or in a standing area. */
  choice: "best-available" | "by-hand" | "standing";
  /** Holds a live stream while waiting, as the page does where it can; the others poll. */
  streams: boolean;
  /** Closes the tab while waiting, and comes back after so long. */
  strolls: number | undefined;
  /** Opens a second tab: joins again with the same entry. */
  secondTab: boolean;
  /** Tries doors that are closed. */
  intrudes: boolean;
  /** Sends unsafe requests twice under one key; `other`: the second time with another body. */
  repeats: "never" | "same" | "other";
  extends: boolean;
  /** Gives part of the hold back before buying. */
  drops: boolean;
  /** Gives it all back once, and chooses again. */
  changesMind: boolean;
  /** Holds seats and is never seen again. */
  abandons: boolean;
  /** Cards tried one after the other. */
  cards: CardBehaviour[];
  /** What becomes of a payment that must be proved. */
  proof: "approve" | "refuse-then-approve" | "walk-away" | "cancel";
  /** Time to think between two clicks, ms. */
  thinkMs: number;
};

/** Share per thousand of first cards that are not simply approved. */
const firstCards: [CardBehaviour, number][] = [
  ["decline", 40],
  ["insufficient-funds", 20],
  ["authenticate", 60],
  ["authenticate-then-decline", 10],
  ["slow", 10],
  ["silent-authorize", 3],
  ["silent-capture", 3],
  ["capture-refused", 6],
  ["error-once", 8],
];

export function intentionsOf(random: Random, { standing }: { standing: boolean }): Intentions {
  const chance = (share: number) => random.next() < share;
  const basket = basketOf(random);
  const stroll = chance(0.04);
  const first = cardOf(random);
  return {
    basket,
    choice: choiceOf(random, standing),
    streams: chance(0.75),
    strolls: stroll ? 3_000 + random.below(20_000) : undefined,
    secondTab: chance(0.05),
    intrudes: chance(0.03),
    repeats: chance(0.06) ? "same" : chance(0.04) ? "other" : "never",
    extends: chance(0.08),
    drops: basket > 1 && chance(0.05),
    changesMind: chance(0.05),
    abandons: chance(0.05),
    cards:
      first === "approve" ? ["approve"] : [first, chance(0.2) ? "decline" : "approve", "approve"],
    proof: proofOf(random),
    thinkMs: 150 + random.below(1_200),
  };
}

function choiceOf(random: Random, standing: boolean): Intentions["choice"] {
  const roll = random.next();
  if (standing && roll < 0.06) return "standing";
  return roll < 0.55 ? "best-available" : "by-hand";
}

function proofOf(random: Random): Intentions["proof"] {
  const roll = random.next();
  if (roll < 0.7) return "approve";
  if (roll < 0.85) return "refuse-then-approve";
  return roll < 0.93 ? "walk-away" : "cancel";
}

function cardOf(random: Random): CardBehaviour {
  let roll = random.below(1_000);
  for (const [card, share] of firstCards) {
    roll -= share;
    if (roll < 0) return card;
  }
  return "approve";
}
