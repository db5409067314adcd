// Every conformance case, by the port that it is about.

import { noticeCases } from "./notices.ts";
import { queuePlacesCases } from "./queue-places.ts";
import { queueShoppingCases } from "./queue-shopping.ts";
import { queueTurnsCases } from "./queue-turns.ts";
import { seatHoldingCases } from "./seat-holding.ts";
import { seatTruthsCases } from "./seat-truths.ts";
import { type Case, declare, type Subject } from "./suite.ts";

export const casesOf: Record<"queue" | "seats" | "notices", readonly Case[]> = {
  queue: [...queuePlacesCases, ...queueTurnsCases, ...queueShoppingCases],
  seats: [...seatHoldingCases, ...seatTruthsCases],
  notices: noticeCases,
};

/** Declares all suites against one adapter. The floors rise when cases are added. */
export function declareAll(adapter: string, subject: Subject): void {
  declare(`${adapter} queue`, casesOf.queue, { subject, atLeast: 46 });
  declare(`${adapter} seats`, casesOf.seats, { subject, atLeast: 33 });
  declare(`${adapter} notices`, casesOf.notices, { subject, atLeast: 8 });
}
