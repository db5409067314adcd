// Killed at every failpoint, with Stripe taking the money.

import { declareKills } from "./support/kills.ts";

declareKills("stripe", {
  "confirm-seats": { ends: "confirmed" },
  authorize: { ends: "confirmed" },
  capture: { ends: "confirmed" },
  "issue-tickets": { ends: "confirmed" },
  ask: { card: "4000000000006975", ends: "confirmed" },
  "look-for-proof": { card: "4000000000003220", ends: "confirmed" },
  void: { card: "4000000000000341", ends: "draft" },
  refund: { ends: "refunded", impossible: true },
  "let-go": { ends: "cancelled", holdMs: 300, unpaid: true },
});
