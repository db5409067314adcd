// How the cases of the payment port are declared: each gets one adapter on the shared provider process,
// in calm weather, with orders of its own; the ledger is read back through the adapter itself.

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import type { OrderId } from "../../../src/foundation/ids.ts";
import type { PaymentGateway } from "../../../src/ports/payment-gateway.ts";
import type { Dialect } from "../../support/sandbox.ts";
import { openProvider, type ProviderUnderTest } from "./under-test.ts";

export type PaymentBench = ProviderUnderTest & {
  find(orderId: OrderId, providerRef?: string): ReturnType<PaymentGateway["find"]>;
  /** What the provider's ledger has for the order: taken and given back. */
  captured(orderId: OrderId): Promise<[number, number]>;
  eventually(what: string, holds: () => boolean): Promise<void>;
};
export type PaymentCase = { name: string; run(bench: PaymentBench): Promise<void> };

export function declarePayments(
  dialect: Dialect,
  cases: readonly PaymentCase[],
  { atLeast }: { atLeast: number },
): void {
  let provider: ProviderUnderTest;
  beforeAll(async () => {
    provider = await openProvider(dialect);
  }, 30_000);
  afterAll(() => provider?.close());
  beforeEach(() => provider.sandbox.calm());

  test(`${dialect}: at least ${atLeast} cases, each with a name of its own`, () => {
    expect(cases.length).toBeGreaterThanOrEqual(atLeast);
    expect(new Set(cases.map((one) => one.name)).size).toBe(cases.length);
  });
  for (const one of cases)
    test(`${dialect}: ${one.name}`, () => one.run(benchOf(provider)), 20_000);
}

function benchOf(provider: ProviderUnderTest): PaymentBench {
  const { gateway } = provider;
  return {
    ...provider,
    find: (orderId, providerRef) => gateway.find(orderId, 1, providerRef),
    async captured(orderId) {
      let sums: [number, number] = [0, 0];
      for await (const page of gateway.ledger(0))
        for (const payment of page)
          if (payment.orderId === orderId)
            sums = [sums[0] + payment.captured, sums[1] + payment.refunded];
      return sums;
    },
    async eventually(what, holds) {
      const giveUpAt = Date.now() + 5_000;
      while (!holds()) {
        if (Date.now() > giveUpAt) throw new Error(`never came true: ${what}`);
        await Bun.sleep(5);
      }
    },
  };
}
