// Comes to rest, then gathers every witness of the sale into one case file: the database, the
// provider's own ledger, the clients' history and the hot store.

import { readFile } from "node:fs/promises";
import type { CaseFile, HotSeat } from "../../checks/evidence/case-file.ts";
import { parseHistory, type ServingSample } from "../../checks/evidence/client-history.ts";
import { isEnd, orderStates } from "../../domain/ordering/order.ts";
import { Fault } from "../../foundation/fault.ts";
import type { OnSale } from "../../ports/catalog.ts";
import type { PaymentGateway, ProviderPayment } from "../../ports/payment-gateway.ts";
import { openEvidence } from "../../stores/open.ts";
import type { Platform } from "../platform/platform.ts";

export type Rest = { atRest: boolean; left: string };

const lookEveryMs = 250;

/** No unfinished order, no seat held or being paid for; or what is left when the patience is over. */
export async function comeToRest(
  platform: Platform,
  { performanceId }: OnSale,
  patienceMs: number,
): Promise<Rest> {
  const { postgres, epochs, hot } = platform.stores;
  const until = Date.now() + patienceMs;
  for (;;) {
    const backlog = await postgres.orders.backlog(performanceId);
    const seats = await epochs.seats(performanceId, (scope) => hot.seats.counts(scope));
    const open = orderStates.filter((state) => !isEnd(state) && backlog[state] > 0);
    const left = open.map((state) => `${backlog[state]} ${state}`);
    if (seats.held + seats.paying > 0) left.push(`${seats.held + seats.paying} seats held`);
    if (left.length === 0) return { atRest: true, left: "" };
    if (Date.now() > until) return { atRest: false, left: left.join(", ") };
    await Bun.sleep(lookEveryMs);
  }
}

export type Gathering = {
  rest: Rest;
  historyPath: string;
  servingSamples: ServingSample[];
};

export async function gather(
  platform: Platform,
  { performanceId }: OnSale,
  { rest, historyPath, servingSamples }: Gathering,
): Promise<CaseFile> {
  const reader = openEvidence(platform.connectionString);
  try {
    const evidence = await reader.read(performanceId);
    if (evidence === undefined)
      throw new Fault("performance-unknown", `there is no performance ${performanceId}`);
    return {
      ...evidence,
      atRest: rest.atRest,
      ledger: await wholeLedger(platform.shop.payments),
      clients: parseHistory(await readFile(historyPath, "utf8")),
      servingSamples,
      hotSeats: await hotSeatsOf(platform, performanceId),
    };
  } finally {
    await reader.close();
  }
}

async function wholeLedger(payments: PaymentGateway): Promise<ProviderPayment[]> {
  const all: ProviderPayment[] = [];
  for await (const page of payments.ledger(0)) all.push(...page);
  return all;
}

const byBits = ["free", "held", "sold", "withheld"] as const satisfies readonly HotSeat[];

async function hotSeatsOf(
  { stores: { epochs, hot } }: Platform,
  performanceId: OnSale["performanceId"],
): Promise<HotSeat[]> {
  const { bits, seatCount } = await epochs.seats(performanceId, (scope) =>
    hot.seats.availability(scope),
  );
  return Array.from(
    { length: seatCount },
    (_, seat) => byBits[((bits[seat >> 2] ?? 0) >> ((seat & 3) * 2)) & 3] ?? "free",
  );
}
