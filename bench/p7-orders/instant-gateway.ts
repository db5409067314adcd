// A provider that says yes at once, in the process: what is left is our own part of an order.

import type { PaymentGateway } from "../../src/ports/payment-gateway.ts";

export const instantGateway: PaymentGateway = {
  provider: "instant",
  bounds: () => ({}),
  begunBy: "shop",
  proofPollMs: 5_000,
  authorize: async ({ idempotencyKey }) => ({
    kind: "authorized",
    providerRef: `pi_${idempotencyKey}`,
  }),
  capture: async () => ({ kind: "captured" }),
  void: async () => ({ kind: "voided" }),
  refund: async () => ({ kind: "refunded" }),
  findRefund: async () => ({ kind: "none" }),
  find: async () => ({ kind: "none" }),
  async *ledger() {
    yield [];
  },
  readWebhook: async () => undefined,
  readReturn: () => undefined,
};
